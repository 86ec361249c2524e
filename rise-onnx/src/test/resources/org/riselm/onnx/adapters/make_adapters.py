"""Makes NAME/adapter_config.json, NAME/adapter_model.safetensors and NAME.json for adapters beside
the tiny models of make_families.py, with Hugging Face PEFT: the adapters at random, and the logits
of a sequence, computed by PyTorch in fp32 on the CPU.

    pip install torch transformers peft safetensors
    python make_adapters.py

PeftAdapterTest holds our adapters against them. Made with torch 2.15, transformers 5.23 and peft
0.21.
"""

import json
import pathlib
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
CASES = {
    "attention": ("llama3", dict(r=4, lora_alpha=10, target_modules=["q_proj", "v_proj"])),
    "all-linear": (
        "llama2",
        dict(r=3, lora_alpha=5, target_modules="all-linear", use_rslora=True, lora_dropout=0.25),
    ),
    "regex": (
        "qwen2",
        dict(
            r=4,
            lora_alpha=7.5,
            target_modules=r".*\.(self_attn\.[qk]|mlp\.up|mlp\.down)_proj",
            rank_pattern={"q_proj": 2, r"layers\.1\.mlp\..*": 5},
            alpha_pattern={"layers.0.self_attn.q_proj": 3},
        ),
    ),
    "layers": (
        "mistral",
        dict(
            r=2,
            lora_alpha=2,
            target_modules=["o_proj", "mlp.gate_proj", "model.layers.0.mlp.up_proj"],
            layers_to_transform=[1],
            exclude_modules=["gate_proj"],
        ),
    ),
}


def base(name):
    document = json.loads((HERE.parent / f"{name}.json").read_text())
    folder = HERE / "base"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(document["config"]))
    config = AutoConfig.from_pretrained(folder)
    shutil.rmtree(folder)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    tensors = load_file(HERE.parent / f"{name}.safetensors")
    state = {k[len("start.") :]: v for k, v in tensors.items() if k.startswith("start.")}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model


def make(name, family, settings):
    torch.manual_seed(20260102)
    adapted = get_peft_model(base(family), LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for n, p in adapted.named_parameters():
            if "lora_" in n:
                p.copy_(torch.randn(p.shape, generator=generator) * 0.4)
    folder = HERE / name
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink()
    ids = torch.randint(0, 11, (1, 14), generator=generator)
    with torch.no_grad():
        logits = adapted(input_ids=ids).logits[0]
        plain = base(family)(input_ids=ids).logits[0]
    assert (logits - plain).abs().max() > 0.1
    document = dict(base=family, ids=ids[0].tolist(), logits=logits.tolist())
    (HERE / f"{name}.json").write_text(json.dumps(document) + "\n")


for name, (family, settings) in CASES.items():
    make(name, family, settings)
