"""Holds an exported ONNX model against the Hugging Face model it was made from: runs both, the
export in plain ONNX Runtime, on two rows of which one is padded on the left, for a prompt and 64
cached steps, and prints the largest difference of the logits. Ends with 1 if it is above 1e-4.

    pip install torch transformers onnxruntime
    python check_export.py MODEL_FOLDER ONNX_FOLDER

MODEL_FOLDER is what OnnxPolicy.save wrote, ONNX_FOLDER what OnnxPolicy.exportOnnx wrote.
"""

import pathlib
import sys

import numpy as np
import onnxruntime
import torch
from transformers import AutoModelForCausalLM

PROMPT, STEPS, PAD = 5, 64, 2


@torch.no_grad()
def main(model_folder, onnx_folder):
    model = AutoModelForCausalLM.from_pretrained(
        model_folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    session = onnxruntime.InferenceSession(
        pathlib.Path(onnx_folder) / "model.onnx", providers=["CPUExecutionProvider"]
    )
    config = model.config
    generator = np.random.default_rng(7)
    ids = generator.integers(0, config.vocab_size, (2, PROMPT + STEPS))
    outputs = [o.name for o in session.get_outputs()]
    pasts = {i.name: i.shape for i in session.get_inputs() if i.name.startswith("past_")}
    cache = {n: np.zeros((2, s[1], 0, s[3]), np.float32) for n, s in pasts.items()}
    worst, hf_cache, end = 0.0, None, 0
    for chunk in [ids[:, :PROMPT]] + [ids[:, i : i + 1] for i in range(PROMPT, PROMPT + STEPS)]:
        start, end = end, end + chunk.shape[1]
        mask = np.ones((2, end), np.int64)
        mask[1, :PAD] = 0
        positions = np.stack([np.arange(start, end), np.arange(start, end) - PAD]).clip(0)
        feeds = dict(cache, input_ids=chunk, attention_mask=mask, position_ids=positions)
        found = dict(zip(outputs, session.run(outputs, feeds)))
        cache = {n: found[n.replace("past_key_values", "present")] for n in pasts}
        expected = model(
            input_ids=torch.tensor(chunk),
            attention_mask=torch.tensor(mask),
            position_ids=torch.tensor(positions),
            past_key_values=hf_cache,
            use_cache=True,
        )
        hf_cache = expected.past_key_values
        seen = mask[:, start:end].astype(bool)
        difference = np.abs(expected.logits.numpy() - found["logits"])[seen]
        worst = max(worst, float(difference.max()))
    print(f"largest difference of {ids.shape[1]} positions' logits: {worst:.2e}")
    return 0 if worst <= 1e-4 else 1


sys.exit(main(*sys.argv[1:]))
