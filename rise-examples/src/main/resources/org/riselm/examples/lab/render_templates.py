"""Renders chat templates with Jinja2 under the settings of Hugging Face transformers.

Reads one JSON object from stdin: "now" (ISO date and time), "templates" (name to source) and
"cases" (name to variables). Writes one JSON object: for every template and case either {"text"} or
{"error", "message"}, the error being "raised" for raise_exception and "failed" for all else.

Needs jinja2 3.1 or later and nothing else.
"""

import json
import sys
from datetime import datetime

import jinja2
import jinja2.ext
import jinja2.utils
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Raised(jinja2.exceptions.TemplateError):
    """The template called raise_exception."""


class Generation(jinja2.ext.Extension):
    """The generation tag, which writes its body."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        call = self.call_method("_write")
        return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _write(self, caller):
        return caller()


def environment(now):
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )

    def raise_exception(message):
        raise Raised(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
        )

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = now.strftime
    return env


def render(env, source, variables):
    try:
        return {"text": env.from_string(source).render(**variables)}
    except Raised as e:
        return {"error": "raised", "message": str(e)}
    except Exception as e:  # whatever Python says no with
        return {"error": "failed", "message": f"{type(e).__name__}: {e}"}


def main():
    request = json.load(sys.stdin)
    env = environment(datetime.fromisoformat(request["now"]))
    out = {
        name: {case: render(env, source, v) for case, v in request["cases"].items()}
        for name, source in request["templates"].items()
    }
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    main()
