"""Makes the model folders beside this file (tokenizer and chat template, no weights) and golden.json:
what transformers renders and tokenizes. The templates are ours, in the manner of the families.

    python make_chat.py        # transformers 5.23, tokenizers 0.23
"""

import json
import pathlib
import shutil

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent
CORPUS = [
    "Tom has 8 apples and buys 4 more. How many apples does he have now?",
    "The answer is incorrect. Find the mistake and try again. The answer is 12, because 8 + 4 = 12.",
    "You are a helpful assistant. system user assistant",
    "def f(x):\n    return x * 2\n\nprint(f(21))",
]

CHATML = """\
{%- if messages[0].role != 'system' -%}
<|im_start|>system
You are helpful.<|im_end|>
{% endif -%}
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% endif -%}
"""

MARKED = """\
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.role == 'assistant' -%}
{% generation %}{{ message.content }}<|im_end|>
{% endgeneration %}
{%- else -%}
{{ message.content }}<|im_end|>
{% endif -%}
{% endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% endif -%}
"""

# Leaves the thoughts of earlier turns out, and shows those of the last even if there are none.
THINKING = """\
{%- set ns = namespace(last=-1) -%}
{%- for message in messages -%}
{%- if message.role == 'user' %}{% set ns.last = loop.index0 %}{% endif -%}
{%- endfor -%}
{%- for message in messages -%}
{%- if message.role == 'assistant' -%}
{%- set thought, answer = '', message.content -%}
{%- if '</think>' in message.content -%}
{%- set thought = message.content.split('</think>')[0].split('<think>')[-1].strip('\\n') -%}
{%- set answer = message.content.split('</think>')[-1].lstrip('\\n') -%}
{%- endif -%}
{{- '<|im_start|>assistant\\n' -}}
{%- if loop.index0 > ns.last -%}
{{- '<think>\\n' ~ thought ~ '\\n</think>\\n\\n' -}}
{%- endif -%}
{{- answer + '<|im_end|>\\n' -}}
{%- else -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif -%}
"""

HEADER = """\
{{- bos_token -}}
{%- for message in messages -%}
{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
{%- endif -%}
"""

INST = """\
{%- set system = '' -%}
{%- if messages[0]['role'] == 'system' -%}
{%- set system = '<<SYS>>\\n' + messages[0]['content'] + '\\n<</SYS>>\\n\\n' -%}
{%- set messages = messages[1:] -%}
{%- endif -%}
{%- for message in messages -%}
{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
{{- raise_exception('Roles must alternate user/assistant/user/assistant/...') -}}
{%- endif -%}
{%- if message['role'] == 'user' -%}
{{- bos_token + '[INST] ' + (system if loop.first else '') + message['content'] | trim + ' [/INST]' -}}
{%- else -%}
{{- ' ' + message['content'] | trim + ' ' + eos_token -}}
{%- endif -%}
{%- endfor -%}
"""

# As the newer of them: the brackets are special tokens, and the answer follows without a space.
BRACKETS = """\
{{- bos_token -}}
{%- for message in messages -%}
{%- if message['role'] == 'user' -%}
[INST] {{ message['content'] }}[/INST]
{%- elif message['role'] == 'assistant' -%}
{{ ' ' + message['content'] + eos_token }}
{%- else -%}
{{ raise_exception('Only user and assistant roles are supported!') }}
{%- endif -%}
{%- endfor -%}
"""


def special(*names):
    return [AddedToken(n, special=True, normalized=False) for n in names]


def byte_level(*names, plain=()):
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\p{N}|[^\r\n\p{L}\p{N}]?\p{L}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=320, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    t.add_special_tokens(special(*names))
    t.add_tokens([AddedToken(n, special=False, normalized=False) for n in plain])
    return t


def sentence_piece(normalizer, pre_tokenizer, *names):
    t = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizer
    t.decoder = decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=390, show_progress=False,
        special_tokens=["<unk>", "<s>", "</s>"] + ["<0x%02X>" % b for b in range(256)]))
    # The bytes are ordinary tokens of the model.
    spec = json.loads(t.to_str())
    spec["added_tokens"] = [a for a in spec["added_tokens"] if a["id"] < 3]
    t = Tokenizer.from_str(json.dumps(spec))
    t.add_special_tokens(special(*names))
    return t


def prepend():
    return normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])


IM = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LLAMA3 = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
MODELS = {
    "chatml": (byte_level(*IM), CHATML, {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}),
    "marked": (byte_level(*IM), MARKED, {"eos_token": "<|im_end|>"}),
    "thinking": (byte_level(*IM, plain=("<think>", "</think>")), THINKING, {"eos_token": "<|im_end|>"}),
    "header": (byte_level(*LLAMA3), HEADER, {"bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>"}),
    "inst": (sentence_piece(prepend(), None), INST, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}),
    "brackets": (
        sentence_piece(None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), "[INST]", "[/INST]"),
        BRACKETS, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}),
}


def u(text):
    return {"role": "user", "content": text}


def a(text):
    return {"role": "assistant", "content": text}


CASES = {
    "question": [u("Tom has 8 apples and buys 4 more. How many?")],
    "answer": [u("Tom has 8 apples."), a("The answer is 12.")],
    "turns": [u("8 + 4?"), a("11"), u("The answer is incorrect. Try again."), a("12"), u("Again."), a("12, as before.")],
    "system": [{"role": "system", "content": "Be brief."}, u("8 + 4?"), a("12")],
    "unicode": [u("Wie viele \u00c4pfel? \U0001f34e e\u0301 \u4f60\u597d"), a("zw\u00f6lf \U0001f409"), u("\u00a0 noch einmal\n"), a("\n 12 \n")],
    "thoughts": [u("8 + 4?"), a("<think>\n8 and 4\n</think>\n\n12"), u("Again."), a("<think>\nstill\n</think>\n\n12")],
    "code": [u("def f(x):\n    return x\n"), a("```\nf(1)\n```\n\n")],
    "empty": [u("8?"), a(""), u("Say something."), a("12")],
}


def save(name, tokenizer, template, tokens):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = dict(tokens)
    if name == "header":
        # As older folders have it: tokens as objects, several templates.
        config = {k: {"__type": "AddedToken", "content": v, "lstrip": False, "rstrip": False} for k, v in tokens.items()}
        config["chat_template"] = [
            {"name": "tool_use", "template": "{{ raise_exception('not this one') }}"},
            {"name": "default", "template": template}]
    elif name == "inst":
        (folder / "chat_template.json").write_text(json.dumps({"chat_template": template}, indent=1) + "\n")
        (folder / "special_tokens_map.json").write_text(json.dumps(tokens, indent=1) + "\n")
        config = {}
    elif name in ("thinking", "marked"):
        (folder / "chat_template.jinja").write_text(template)
        config["chat_template"] = "{{ raise_exception('the file of its own goes first') }}"
    else:
        config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


def golden(tokenizer, template, tokens):
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=template, **tokens)
    out = {}
    for name, messages in CASES.items():
        for answering in (False, True):
            try:
                text = fast.apply_chat_template(messages, tokenize=False, add_generation_prompt=answering)
            except Exception as e:  # the template's own refusal
                out[f"{name}, {answering}"] = {"refused": str(e)}
                continue
            made = {"text": text, "ids": fast.apply_chat_template(
                messages, tokenize=True, return_dict=False, add_generation_prompt=answering)}
            if "generation" in template:
                made["mask"] = fast.apply_chat_template(
                    messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True,
                    add_generation_prompt=answering)["assistant_masks"]
            out[f"{name}, {answering}"] = made
    return out


def main():
    models_out = {}
    for name, (tokenizer, template, tokens) in MODELS.items():
        save(name, tokenizer, template, tokens)
        models_out[name] = golden(tokenizer, template, tokens)
    text = json.dumps({"cases": CASES, "models": models_out}, ensure_ascii=True)
    (HERE / "golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
