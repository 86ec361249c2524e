"""Writes golden.json: the templates of templates.txt over conversations, as Jinja2 renders them.

Run it in any folder; it needs jinja2. The renderer and the conversations are those of the example
program TemplateCheck.
"""

import json
import runpy
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = next(p for p in HERE.parents if (p / "rise-examples").is_dir())
EXAMPLES = ROOT / "rise-examples/src/main/resources/org/riselm/examples/lab"
NOW = "2024-03-09T18:05:07"

renderer = runpy.run_path(str(EXAMPLES / "render_templates.py"))
env = renderer["environment"](datetime.fromisoformat(NOW))
cases = {
    name: {"tools": None, "documents": None, "bos_token": "<s>", "eos_token": "</s>", **case}
    for name, case in json.loads((EXAMPLES / "template_cases.json").read_text("utf-8")).items()
}
templates = {}
for part in (HERE / "templates.txt").read_text("utf-8").split("===== ")[1:]:
    name, source = part.split("\n", 1)
    templates[name] = source
golden = {
    "now": NOW,
    "cases": cases,
    "templates": {
        name: {"source": source, "texts": {c: renderer["render"](env, source, v) for c, v in cases.items()}}
        for name, source in templates.items()
    },
}
text = json.dumps(golden, ensure_ascii=True, indent=1)
(HERE / "golden.json").write_text(text + "\n", "utf-8")
