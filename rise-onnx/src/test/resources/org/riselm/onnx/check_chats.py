"""Loads what PythonChatTest wrote with transformers: prompts, ids and answers must be what they were there.

    python check_chats.py FOLDER        # transformers 5.23
"""

import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    expected = json.loads((folder / "expected.json").read_text())
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder / "trained")
    model = AutoModelForCausalLM.from_pretrained(folder / "trained")
    messages = expected["messages"]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    assert text == expected["text"], (folder.name, text, expected["text"])
    ids = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False)
    assert ids == expected["ids"], (folder.name, ids, expected["ids"])
    prompt = tokenizer.apply_chat_template(
        messages[:-1], tokenize=True, return_dict=False, add_generation_prompt=True)
    said = model.generate(
        torch.tensor([prompt]), max_new_tokens=12, do_sample=False, eos_token_id=expected["stops"], pad_token_id=0)
    said = said[0][len(prompt):].tolist()
    assert said == expected["said"], (folder.name, said, expected["said"])
    print(folder.name, "the same text, ids and answer:", repr(tokenizer.decode(said)))
