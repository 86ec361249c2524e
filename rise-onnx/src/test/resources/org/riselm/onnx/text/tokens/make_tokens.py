"""Makes cases.json: small tokenizers whose tokens stand in several files, and the ids that
transformers gives to texts with them.

    pip install transformers tokenizers
    python make_tokens.py

TokenFilesTest holds our tokenizer against them. Made with transformers 5.23 and tokenizers 0.23.
"""

import json
import pathlib
import tempfile

from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent
LETTERS = list("abcdefghijklmnopqrstuvwxyz<|>_ ▁")
BYTES = [f"<0x{i:02X}>" for i in range(256)]
TEXTS = ["a<|in|>b", "<|out|> a <|in|>", "<tool>a</tool>", " a b<|in|> a", "<s>a</s>", "ab<|in|>ab"]


def token(content, id=None, special=False, **flags):
    return dict(
        **({} if id is None else {"id": id}),
        content=content,
        single_word=False,
        lstrip=False,
        rstrip=False,
        normalized=not special,
        special=special,
    ) | flags


def plain(added=(), more=()):
    """One token per letter, and others whole, without merges."""
    vocab = {c: i for i, c in enumerate(LETTERS + list(more))}
    return dict(
        version="1.0",
        added_tokens=list(added),
        normalizer=None,
        pre_tokenizer=None,
        post_processor=None,
        decoder={"type": "Fuse"},
        model=dict(type="BPE", vocab=vocab, merges=[]),
    )


def llama(added):
    vocab = {c: i for i, c in enumerate(["<unk>", "<s>", "</s>"] + BYTES + LETTERS + ["▁a"])}
    return dict(
        version="1.0",
        added_tokens=added,
        normalizer={
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": "▁"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
            ],
        },
        pre_tokenizer=None,
        post_processor=None,
        decoder={
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        model=dict(
            type="BPE", vocab=vocab, merges=[["▁", "a"]], byte_fallback=True, unk_token="<unk>", fuse_unk=True
        ),
    )


FAST = {"tokenizer_class": "PreTrainedTokenizerFast"}
N = len(LETTERS)
IN = {str(N): token("<|in|>", special=True)}
LLAMA_TOKENS = [token(t, i, True) for i, t in enumerate(["<unk>", "<s>", "</s>"])]
LLAMA_CONFIG = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
MODEL = {"model_type": "llama"}

CASES = {
    "only in tokenizer.json": {"tokenizer.json": plain([token("<|in|>", N, True)]), "tokenizer_config.json": FAST},
    "only in added_tokens_decoder": {
        "tokenizer.json": plain(),
        "tokenizer_config.json": FAST | {"added_tokens_decoder": IN},
    },
    "only in added_tokens.json": {
        "tokenizer.json": plain(),
        "tokenizer_config.json": FAST,
        "added_tokens.json": {"<tool>": N, "</tool>": N + 1},
    },
    "special by special_tokens_map.json": {
        "tokenizer.json": plain(),
        "tokenizer_config.json": FAST,
        "added_tokens.json": {"<|out|>": N + 1, "<|in|>": N},
        "special_tokens_map.json": {"eos_token": "<|in|>", "additional_special_tokens": ["<|out|>"]},
    },
    "only named in special_tokens_map.json": {
        "tokenizer.json": plain(),
        "tokenizer_config.json": FAST,
        "special_tokens_map.json": {"eos_token": {"content": "<|in|>", "lstrip": True, "rstrip": False}},
    },
    "only named in tokenizer_config.json": {
        "tokenizer.json": plain([token("<tool>", N)]),
        "tokenizer_config.json": FAST | {"eos_token": "<|in|>", "additional_special_tokens": ["<|out|>"]},
    },
    "the list goes before the older files": {
        "tokenizer.json": plain(),
        "tokenizer_config.json": FAST | {"added_tokens_decoder": IN},
        "added_tokens.json": {"<tool>": N + 1},
    },
    "the list's flags go before those of tokenizer.json": {
        "tokenizer.json": plain([token("<|in|>", N, True)]),
        "tokenizer_config.json": FAST | {"added_tokens_decoder": {str(N): token("<|in|>", special=True, lstrip=True)}},
    },
    "a token of the model's own vocabulary": {
        "tokenizer.json": plain(more=["<|in|>", "<|out|>"]),
        "tokenizer_config.json": FAST | {"eos_token": "<|in|>", "added_tokens_decoder": {str(N + 1): token("<|out|>", special=True)}},
    },
    "LlamaTokenizer, not legacy": {
        "tokenizer.json": llama(LLAMA_TOKENS),
        "tokenizer_config.json": LLAMA_CONFIG | {"legacy": False},
        "config.json": MODEL,
    },
    "LlamaTokenizer, legacy": {
        "tokenizer.json": llama(LLAMA_TOKENS),
        "tokenizer_config.json": LLAMA_CONFIG | {"legacy": True},
        "config.json": MODEL,
    },
    "LlamaTokenizer without a prefix": {
        "tokenizer.json": llama(LLAMA_TOKENS),
        "tokenizer_config.json": LLAMA_CONFIG | {"legacy": False, "add_prefix_space": False},
        "config.json": MODEL,
    },
    "LlamaTokenizer of another family": {
        "tokenizer.json": llama(LLAMA_TOKENS),
        "tokenizer_config.json": LLAMA_CONFIG,
        "config.json": {"model_type": "phi3"},
    },
}


def ids(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (pathlib.Path(folder) / name).write_text(json.dumps(content))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        return [tokenizer(text, add_special_tokens=False)["input_ids"] for text in TEXTS]


def main():
    cases = [dict(name=name, files=files, texts=TEXTS, ids=ids(files)) for name, files in CASES.items()]
    (HERE / "cases.json").write_text(json.dumps(cases, ensure_ascii=False, indent=0) + "\n")
    for case in cases:
        print(case["name"], case["ids"])


main()
