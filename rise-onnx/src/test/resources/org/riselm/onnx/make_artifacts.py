"""Makes training artifacts of a tiny decoder with ONNX Runtime's own Python tooling, and the losses
of its own training on them: artifacts-mean/ (labels, the mean loss of those that are not ignored)
and artifacts-weighted/ (labels and a weight for each), each with golden.json.

    pip install onnxruntime-training-cpu==1.19.2 "numpy<2" onnx==1.16.2     # Python 3.11 at most
    python make_artifacts.py

The decoder is decoders/llama-torchscript.onnx, of make_decoders.py there. ForeignArtifactsTest trains on the
artifacts. That release of the tooling is the last one.
"""

import json
import pathlib
import shutil

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnxruntime.training import artifacts, onnxblock
from onnxruntime.training.api import CheckpointState, Module, Optimizer

HERE = pathlib.Path(__file__).parent
VOCAB, ROWS, COLUMNS, STEPS, RATE = 11, 4, 8, 12, 1e-2
IGNORED = -100


def decoder():
    """The decoder with its logits as a matrix, and the names of its parameters."""
    model = onnx.load(HERE / "decoders" / "llama-torchscript.onnx")
    graph = model.graph
    graph.initializer.append(helper.make_tensor("flat", TensorProto.INT64, [2], [-1, VOCAB]))
    graph.node.append(helper.make_node("Reshape", ["logits", "flat"], ["flat_logits"]))
    del graph.output[:]
    shape = ["tokens", VOCAB]
    graph.output.append(helper.make_tensor_value_info("flat_logits", TensorProto.FLOAT, shape))
    # Its parameters are the floats with names of layers, and what was transposed for a product.
    return model, sorted(
        i.name
        for i in graph.initializer
        if i.name.startswith(("model.", "onnx::MatMul")) and i.data_type == TensorProto.FLOAT
    )


def mean(folder):
    model, parameters = decoder()
    artifacts.generate_artifacts(
        model, requires_grad=parameters,
        loss=onnxblock.loss.CrossEntropyLoss(ignore_index=IGNORED),
        optimizer=artifacts.OptimType.AdamW, artifact_directory=folder,
    )


def weighted(folder):
    model, parameters = decoder()
    graph = model.graph
    graph.node.extend(
        [
            helper.make_node(
                "SoftmaxCrossEntropyLoss", ["flat_logits", "labels"], ["token_losses"],
                reduction="none", ignore_index=IGNORED,
            ),
            helper.make_node("Mul", ["token_losses", "token_weights"], ["weighted"]),
            helper.make_node("ReduceSum", ["weighted"], ["loss"], keepdims=0),
        ]
    )
    graph.input.append(helper.make_tensor_value_info("labels", TensorProto.INT64, ["tokens"]))
    graph.input.append(
        helper.make_tensor_value_info("token_weights", TensorProto.FLOAT, ["tokens"])
    )
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("loss", TensorProto.FLOAT, []))
    artifacts.generate_artifacts(
        model, requires_grad=parameters, optimizer=artifacts.OptimType.AdamW,
        artifact_directory=folder, additional_output_names=["flat_logits"],
    )


def train(folder, with_weights):
    """Their training: the same batches again and again, so that the loss falls."""
    generator = np.random.default_rng(5)
    state = CheckpointState.load_checkpoint(folder / "checkpoint")
    module = Module(folder / "training_model.onnx", state, folder / "eval_model.onnx")
    optimizer = Optimizer(folder / "optimizer_model.onnx", module)
    optimizer.set_learning_rate(RATE)
    rows = []
    for _ in range(ROWS):
        length = int(generator.integers(5, COLUMNS + 2))
        prompt = int(generator.integers(1, length - 1))
        ids = generator.integers(0, VOCAB, length).tolist()
        weight = float(np.float32(generator.random() + 0.5)) if with_weights else 1.0
        rows.append(dict(prompt=ids[:prompt], target=ids[prompt:], weight=weight))
    columns = max(len(r["prompt"]) + len(r["target"]) for r in rows) - 1
    ids = np.zeros((ROWS, columns), np.int64)
    labels = np.full((ROWS, columns), IGNORED, np.int64)
    weights = np.zeros((ROWS, columns), np.float32)
    total = sum(abs(r["weight"]) * len(r["target"]) for r in rows)
    for i, r in enumerate(rows):
        tokens = r["prompt"] + r["target"]
        ids[i, : len(tokens) - 1] = tokens[:-1]
        first = len(r["prompt"]) - 1
        labels[i, first : len(tokens) - 1] = r["target"]
        weights[i, first : len(tokens) - 1] = r["weight"] / total
    mask = np.ones_like(ids)
    positions = np.broadcast_to(np.arange(columns), ids.shape).copy()
    feeds = [ids, mask, positions, labels.flatten()]
    if with_weights:
        feeds.append(weights.flatten())
    losses = []
    module.train()
    for _ in range(STEPS):
        loss = module(*feeds)
        losses.append(float(loss[0] if isinstance(loss, (list, tuple)) else loss))
        optimizer.step()
        module.lazy_reset_grad()
    print(folder.name, losses[0], losses[-1], module.input_names())
    document = dict(examples=rows, learningRate=RATE, losses=losses)
    (folder / "golden.json").write_text(json.dumps(document) + "\n")


for name, make in {"artifacts-mean": mean, "artifacts-weighted": weighted}.items():
    target = HERE / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    make(target)
    train(target, name == "artifacts-weighted")
