"""Makes llama.safetensors and llama.json: a tiny Llama of Hugging Face transformers, its gradients
and its parameters after three AdamW steps, computed by PyTorch in fp32 on the CPU.

    pip install torch transformers safetensors
    python make_llama.py

LlamaGoldenTest holds our decoder against them. Made with torch 2.15 and transformers 5.23.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

HERE = pathlib.Path(__file__).parent
CONFIG = dict(
    vocab_size=11,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    intermediate_size=24,
    max_position_embeddings=12,
    rms_norm_eps=1e-5,
    tie_word_embeddings=True,
)
ADAMW = dict(lr=1e-3, betas=(0.9, 0.99), eps=1e-4, weight_decay=0.05)
MAX_NORM = 0.5


def batch(generator):
    """Three right-padded rows; targets with weights, one of them negative."""
    lengths = [10, 7, 4]
    ids = torch.zeros(3, 10, dtype=torch.long)
    positions, targets = [], []
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.randint(1, 11, (length,), generator=generator)
        for i in range(length // 2, length):
            positions.append(row * 10 + i)
            targets.append(int(torch.randint(0, 11, (1,), generator=generator)))
    weights = torch.rand(len(positions), generator=generator) * 0.3 - 0.02
    return ids, positions, targets, weights


def loss_of(model, ids, positions, targets, weights):
    logits = model(input_ids=ids).logits.reshape(-1, CONFIG["vocab_size"])
    picked = torch.log_softmax(logits[torch.tensor(positions)], -1)
    nll = -picked[torch.arange(len(targets)), torch.tensor(targets)]
    return (nll * weights).sum()


def main():
    torch.manual_seed(20260101)
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(7)
    model = LlamaForCausalLM(LlamaConfig(**CONFIG, attn_implementation="eager")).float().eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            scale = 0.3 if p.dim() == 2 else 0.1
            p.copy_(torch.randn(p.shape, generator=generator) * scale + (p.dim() == 1))
    tensors = {"start." + n: p.detach().clone() for n, p in model.named_parameters()}
    optimizer = torch.optim.AdamW(model.parameters(), **ADAMW)
    steps = []
    for step in range(3):
        ids, positions, targets, weights = batch(generator)
        optimizer.zero_grad()
        loss = loss_of(model, ids, positions, targets, weights)
        loss.backward()
        if step == 0:
            for n, p in model.named_parameters():
                tensors["gradient." + n] = p.grad.clone()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()
        steps.append(
            dict(
                rows=3,
                columns=10,
                inputIds=ids.flatten().tolist(),
                targetPositions=positions,
                targetIds=targets,
                targetWeights=[float(w) for w in weights],
                loss=loss.item(),
                gradientNorm=norm.item(),
            )
        )
    for n, p in model.named_parameters():
        tensors["end." + n] = p.detach().clone()
    save_file(tensors, HERE / "llama.safetensors")
    adamw = dict(ADAMW, betas=list(ADAMW["betas"]), max_norm=MAX_NORM)
    document = dict(
        config=dict(CONFIG, model_type="llama", rope_theta=10000.0), adamw=adamw, steps=steps
    )
    (HERE / "llama.json").write_text(json.dumps(document, indent=1) + "\n")


main()
