"""Makes tiny decoders in ONNX with the common exporters, and what PyTorch computes with them:
NAME.onnx, and NAME-golden.json with ids, logits, a weighted loss, the gradient of every initializer
that holds a parameter, and what six steps of AdamW make of loss and parameters. Parameters are
under the initializers' names and in their layout; numbers are little-endian floats in base64.

    pip install torch transformers onnx onnxscript
    python make_decoders.py

OnnxDecoderTest holds ours against them. Made with torch 2.15 and transformers 5.23.
"""

import base64
import json
import pathlib
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, Qwen3Config

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
VOCAB, CONTEXT = 11, 48
STEPS, RATE, EPSILON, DECAY = 6, 1e-2, 1e-4, 0.01
LLAMA = LlamaConfig(
    vocab_size=VOCAB, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=1, head_dim=8, intermediate_size=24, max_position_embeddings=CONTEXT,
    rms_norm_eps=1e-5,
)
QWEN3 = Qwen3Config(
    vocab_size=VOCAB, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=1, head_dim=8, intermediate_size=24, max_position_embeddings=CONTEXT,
)
GPT2 = GPT2Config(
    vocab_size=VOCAB, n_embd=16, n_layer=2, n_head=2, n_positions=CONTEXT, n_inner=24,
    resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, tie_word_embeddings=False,
)


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


class Cached(torch.nn.Module):
    """As Whole, with a cache of keys and values in and out, flattened."""

    def __init__(self, model, layers):
        super().__init__()
        self.model = model
        self.layers = layers

    def forward(self, input_ids, attention_mask, position_ids, *past):
        from transformers.cache_utils import DynamicCache

        cache = DynamicCache()
        for i in range(self.layers):
            cache.update(past[2 * i], past[2 * i + 1], i)
        out = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=cache,
            use_cache=True,
        )
        flat = []
        for layer in out.past_key_values.layers:
            flat += [layer.keys, layer.values]
        return (out.logits, *flat)


def model_of(config, attention="eager"):
    torch.manual_seed(20260101)
    generator = torch.Generator().manual_seed(7)
    model = AutoModelForCausalLM.from_config(config, attn_implementation=attention).float().eval()
    with torch.no_grad():
        for n, p in model.named_parameters():
            scale = 0.3 if p.dim() == 2 else 0.1
            is_norm = p.dim() == 1 and not n.endswith(".bias")
            p.copy_(torch.randn(p.shape, generator=generator) * scale + is_norm)
    return model


def inputs(rows=2, columns=7, past=0):
    ids = torch.randint(0, VOCAB, (rows, columns))
    mask = torch.ones(rows, past + columns, dtype=torch.long)
    positions = torch.arange(past, past + columns).expand(rows, columns).contiguous()
    return ids, mask, positions


NAMES = ["input_ids", "attention_mask", "position_ids"]
AXES = {
    "input_ids": {0: "batch", 1: "sequence"},
    "attention_mask": {0: "batch", 1: "sequence"},
    "position_ids": {0: "batch", 1: "sequence"},
    "logits": {0: "batch", 1: "sequence"},
}


def torchscript(model, path):
    torch.onnx.export(
        Whole(model), inputs(), path, input_names=NAMES, output_names=["logits"],
        dynamic_axes=AXES, opset_version=17, dynamo=False,
    )


def dynamo(model, path):
    batch, sequence = torch.export.Dim("batch"), torch.export.Dim("sequence")
    torch.onnx.export(
        Whole(model), inputs(), path, input_names=NAMES, output_names=["logits"],
        dynamic_shapes=[{0: batch, 1: sequence}] * 3, dynamo=True, external_data=False,
    )


def beside(model, path):
    """As dynamo, with every number in a file beside the model."""
    dynamo(model, path)
    data = path.name + ".data"
    path.with_name(data).unlink(missing_ok=True)
    onnx.save(
        onnx.load(path), path, save_as_external_data=True, location=data, size_threshold=0
    )


def cached(model, path):
    layers = model.config.num_hidden_layers
    shape = (2, model.config.num_key_value_heads, 3, model.config.head_dim)
    past = [torch.randn(shape) for _ in range(2 * layers)]
    past_names = [f"past_key_values.{i}.{k}" for i in range(layers) for k in ("key", "value")]
    present_names = [n.replace("past_key_values", "present") for n in past_names]
    axes = dict(AXES, attention_mask={0: "batch", 1: "total"})
    axes |= {n: {0: "batch", 2: "past"} for n in past_names}
    axes |= {n: {0: "batch", 2: "total"} for n in present_names}
    torch.onnx.export(
        Cached(model, layers), (*inputs(past=3), *past), path,
        input_names=NAMES + past_names, output_names=["logits"] + present_names,
        dynamic_axes=axes, opset_version=18, dynamo=False,
    )


def strip(path):
    """Leaves out what only says where in the Python source a node comes from."""
    model = onnx.load(path, load_external_data=False)
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.value_info, *model.graph.initializer]:
        del value.metadata_props[:]
        value.doc_string = ""
    onnx.save(model, path)


def golden(model, path):
    generator = torch.Generator().manual_seed(3)
    rows, columns = 3, 9
    ids = torch.randint(0, VOCAB, (rows, columns), generator=generator)
    positions = sorted(torch.randperm(rows * columns, generator=generator)[:10].tolist())
    targets = torch.randint(0, VOCAB, (len(positions),), generator=generator)
    weights = torch.rand(len(positions), generator=generator) * 0.3 - 0.02

    def loss_of():
        logits = model(input_ids=ids, use_cache=False).logits.reshape(-1, VOCAB)
        picked = torch.log_softmax(logits[positions], -1)[torch.arange(len(positions)), targets]
        return -(picked * weights).sum(), logits

    loss, logits = loss_of()
    loss.backward()
    places = places_of(model, path)
    gradients = {i: layout(p.grad.numpy()).copy() for i, (p, layout) in places.items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, eps=EPSILON, weight_decay=DECAY)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        step_loss, _ = loss_of()
        step_loss.backward()
        optimizer.step()
        losses.append(step_loss.item())
    updated = {i: layout(p.detach().numpy()) for i, (p, layout) in places.items()}
    document = dict(
        rows=rows, columns=columns, inputIds=ids.flatten().tolist(), targetPositions=positions,
        targetIds=targets.tolist(), targetWeights=weights.tolist(), loss=loss.item(),
        logits=text(logits.detach().numpy()), rate=RATE, epsilon=EPSILON, decay=DECAY,
        losses=losses, gradients={n: text(g) for n, g in sorted(gradients.items())},
        updated={n: text(v) for n, v in sorted(updated.items())},
    )
    path.with_name(path.stem + "-golden.json").write_text(json.dumps(document, indent=0) + "\n")


def places_of(model, path):
    """By initializer: the parameter that it holds, and how it lies there."""
    places = {}
    for initializer in onnx.load(path).graph.initializer:
        value = numpy_helper.to_array(initializer)
        for p in model.parameters():
            own = p.detach().numpy()
            for layout in [lambda x: x] + ([np.transpose] if own.ndim == 2 else []):
                if value.shape == layout(own).shape and np.array_equal(value, layout(own)):
                    places[initializer.name] = (p, layout)
    missing = len({id(p) for p in model.parameters()} - {id(p) for p, _ in places.values()})
    assert not missing, missing
    return places


def text(array):
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


def make(name, export, config, **options):
    model = model_of(config, **options)
    path = HERE / f"{name}.onnx"
    export(model, path)
    strip(path)
    onnx.checker.check_model(path)
    golden(model, path)
    print(name, path.stat().st_size)


if __name__ == "__main__":
    make("gpt2-torchscript", torchscript, GPT2)
    make("llama-torchscript", torchscript, LLAMA)
    make("llama-dynamo", beside, LLAMA, attention="sdpa")
    make("gpt2-dynamo", dynamo, GPT2, attention="sdpa")
    make("qwen3-cached", cached, QWEN3)
