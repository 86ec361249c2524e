"""Makes llama-torchscript.onnx, a tiny decoder with random weights, and prints the names of the
initializers that hold its parameters: the exporter gives transposed weights names of its own.

    pip install torch transformers onnx
    python make_decoder.py

make_artifacts.py makes training artifacts of it. Made with torch 2.15 and transformers 5.23.
"""

import pathlib

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import AutoModelForCausalLM, LlamaConfig

HERE = pathlib.Path(__file__).parent
LLAMA = LlamaConfig(
    vocab_size=11, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=1, head_dim=8, intermediate_size=24, max_position_embeddings=48,
    rms_norm_eps=1e-5,
)
NAMES = ["input_ids", "attention_mask", "position_ids"]


class Whole(torch.nn.Module):
    """Token ids, a mask and positions in; logits out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, position_ids):
        return self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            use_cache=False,
        ).logits


torch.manual_seed(20260101)
generator = torch.Generator().manual_seed(7)
model = AutoModelForCausalLM.from_config(LLAMA, attn_implementation="eager").float().eval()
with torch.no_grad():
    for n, p in model.named_parameters():
        scale = 0.3 if p.dim() == 2 else 0.1
        p.copy_(torch.randn(p.shape, generator=generator) * scale + (p.dim() == 1))
ids = torch.randint(0, 11, (2, 7))
positions = torch.arange(7).expand(2, 7).contiguous()
path = HERE / "llama-torchscript.onnx"
torch.onnx.export(
    Whole(model), (ids, torch.ones_like(ids), positions), path, input_names=NAMES,
    output_names=["logits"], opset_version=17, dynamo=False,
    dynamic_axes={n: {0: "batch", 1: "sequence"} for n in [*NAMES, "logits"]},
)
parameters = [p.detach().numpy() for p in model.parameters()]
for initializer in onnx.load(path).graph.initializer:
    value = numpy_helper.to_array(initializer)
    if any(np.array_equal(value, x) for p in parameters for x in (p, p.T)):
        print(initializer.name)
