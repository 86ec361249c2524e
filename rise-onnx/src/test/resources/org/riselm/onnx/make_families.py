"""Makes NAME.safetensors and NAME.json for a tiny model of every family, from Hugging Face
transformers: its configuration and random weights, the logits of a sequence, those of 64 cached
steps after a prompt, its gradients, and its parameters after three AdamW steps, computed by PyTorch
in fp32 on the CPU.

    pip install torch transformers safetensors
    python make_families.py

FamilyGoldenTest and CachedDecodeTest hold our decoders against them. Made with torch 2.15 and
transformers 5.23.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config

HERE = pathlib.Path(__file__).parent
SMALL = dict(
    vocab_size=11,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    num_key_value_heads=1,
    intermediate_size=24,
    max_position_embeddings=80,
    rms_norm_eps=1e-5,
)
LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=500000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=32,
)
CASES = {
    "llama2": LlamaConfig(**SMALL | dict(num_key_value_heads=2, head_dim=16)),
    "llama3": LlamaConfig(**SMALL, head_dim=16, rope_parameters=LLAMA3, tie_word_embeddings=True),
    "llama-biased": LlamaConfig(
        **SMALL | dict(num_attention_heads=4), head_dim=4, attention_bias=True, mlp_bias=True
    ),
    "mistral": MistralConfig(**SMALL, head_dim=16, sliding_window=8),
    "qwen2": Qwen2Config(**SMALL, use_sliding_window=True, sliding_window=6, max_window_layers=1),
    "qwen3": Qwen3Config(**SMALL, head_dim=24, tie_word_embeddings=True),
}
ADAMW = dict(lr=1e-3, betas=(0.9, 0.99), eps=1e-4, weight_decay=0.05)
MAX_NORM = 0.5
PROMPT = 5
STEPS = 64


def batch(generator):
    """Three right-padded rows; targets with weights, one of them negative."""
    lengths = [12, 7, 4]
    columns = max(lengths)
    ids = torch.zeros(3, columns, dtype=torch.long)
    positions, targets = [], []
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.randint(1, 11, (length,), generator=generator)
        for i in range(length // 2, length):
            positions.append(row * columns + i)
            targets.append(int(torch.randint(0, 11, (1,), generator=generator)))
    weights = torch.rand(len(positions), generator=generator) * 0.3 - 0.02
    return ids, positions, targets, weights


def loss_of(model, ids, positions, targets, weights):
    logits = model(input_ids=ids).logits.reshape(-1, SMALL["vocab_size"])
    picked = torch.log_softmax(logits[torch.tensor(positions)], -1)
    nll = -picked[torch.arange(len(targets)), torch.tensor(targets)]
    return (nll * weights).sum()


@torch.no_grad()
def decode(model, ids):
    """The logits after a prompt and after each of 64 further tokens, fed one by one."""
    out = model(input_ids=ids[:, :PROMPT], use_cache=True)
    logits = [out.logits[0, -1]]
    for i in range(PROMPT, PROMPT + STEPS):
        out = model(input_ids=ids[:, i : i + 1], past_key_values=out.past_key_values)
        logits.append(out.logits[0, -1])
    return torch.stack(logits)


def make(name, config):
    torch.manual_seed(20260101)
    generator = torch.Generator().manual_seed(7)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for n, p in model.named_parameters():
            scale = 0.3 if p.dim() == 2 else 0.1
            is_norm = p.dim() == 1 and not n.endswith(".bias")
            p.copy_(torch.randn(p.shape, generator=generator) * scale + is_norm)
    tensors = {"start." + n: p.detach().clone() for n, p in model.named_parameters()}
    ids = torch.randint(0, 11, (1, PROMPT + STEPS), generator=generator)
    with torch.no_grad():
        tensors["logits"] = model(input_ids=ids).logits[0]
    tensors["decodedLogits"] = decode(model, ids)
    optimizer = torch.optim.AdamW(model.parameters(), **ADAMW)
    steps = []
    for step in range(3):
        batch_ids, positions, targets, weights = batch(generator)
        optimizer.zero_grad()
        loss = loss_of(model, batch_ids, positions, targets, weights)
        loss.backward()
        if step == 0:
            for n, p in model.named_parameters():
                tensors["gradient." + n] = p.grad.clone()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()
        steps.append(
            dict(
                rows=batch_ids.shape[0],
                columns=batch_ids.shape[1],
                inputIds=batch_ids.flatten().tolist(),
                targetPositions=positions,
                targetIds=targets,
                targetWeights=[float(w) for w in weights],
                loss=loss.item(),
                gradientNorm=norm.item(),
            )
        )
    for n, p in model.named_parameters():
        tensors["end." + n] = p.detach().clone()
    save_file(tensors, HERE / f"{name}.safetensors")
    document = dict(
        config=json.loads(config.to_json_string()),
        adamw=dict(ADAMW, betas=list(ADAMW["betas"]), max_norm=MAX_NORM),
        ids=ids[0].tolist(),
        promptLength=PROMPT,
        steps=steps,
    )
    (HERE / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")


def main():
    torch.use_deterministic_algorithms(True)
    for name, config in CASES.items():
        make(name, config)


main()
