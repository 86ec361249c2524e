"""Holds what PythonRoundTripTest exported against Hugging Face transformers and PEFT: every folder
in FOLDER/* has a base, an adapter, the merged and the wholly trained model, and the logits that we
computed with each.

    pip install torch transformers peft
    ./mvnw -pl rise-onnx -am test -Dtest=PythonRoundTripTest -Drise.python=python \\
        -Dsurefire.failIfNoSpecifiedTests=false
"""

import json
import pathlib
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@torch.no_grad()
def compare(what, model, ids, expected):
    error = (model(input_ids=ids).logits[0] - torch.tensor(expected)).abs().max().item()
    print(f"{what}: {error:.1e}")
    assert error <= 1e-4, what


def check(folder):
    document = json.loads((folder / "logits.json").read_text())
    ids = torch.tensor([document["ids"]])
    compare(f"{folder.name} base", load(folder / "base"), ids, document["base"])
    compare(f"{folder.name} trained", load(folder / "trained"), ids, document["trained"])
    compare(f"{folder.name} merged", load(folder / "merged"), ids, document["adapted"])
    adapted = PeftModel.from_pretrained(load(folder / "base"), folder / "adapter").eval()
    compare(f"{folder.name} adapter", adapted, ids, document["adapted"])
    compare(f"{folder.name} PEFT's merge", adapted.merge_and_unload(), ids, document["adapted"])


for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    check(path)
