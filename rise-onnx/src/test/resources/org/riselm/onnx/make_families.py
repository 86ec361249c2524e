"""Makes NAME.safetensors and NAME.json for a tiny model of every family, from Hugging Face
transformers: its configuration and random weights, the logits of a sequence, those of 64 cached
steps after a prompt, its gradients, and its parameters after three AdamW steps, computed by PyTorch
in fp32 on the CPU.

    pip install torch transformers safetensors
    python make_families.py [NAME ...]

FamilyGoldenTest and CachedDecodeTest hold our decoders against them. Made with torch 2.15 and
transformers 5.23.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    Gemma3TextConfig,
    GraniteConfig,
    GraniteMoeHybridConfig,
    LlamaConfig,
    Ministral3Config,
    MistralConfig,
    Olmo2Config,
    Olmo3Config,
    Phi3Config,
    Qwen2Config,
    Qwen3Config,
    SmolLM3Config,
)

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
# Every special token is outside the tiny vocabulary otherwise.
TOKENS = dict(pad_token_id=None, bos_token_id=None, eos_token_id=None)
MIXED = ["sliding_attention", "full_attention"]
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=20)
GEMMA = SMALL | TOKENS | dict(
    head_dim=16, query_pre_attn_scalar=9, sliding_window=6, layer_types=MIXED, rms_norm_eps=1e-6
)
GRANITE = SMALL | TOKENS | dict(
    embedding_multiplier=3.0, residual_multiplier=0.3, attention_multiplier=0.2, logits_scaling=2.0
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
    "smollm3": SmolLM3Config(**SMALL | TOKENS, no_rope_layer_interval=2, tie_word_embeddings=True),
    "gemma2": Gemma2Config(**GEMMA, attn_logit_softcapping=2.0, final_logit_softcapping=3.0),
    "gemma3": Gemma3TextConfig(
        **GEMMA,
        rope_parameters=dict(
            sliding_attention=dict(rope_type="default", rope_theta=10000.0),
            full_attention=dict(rope_type="linear", rope_theta=1000000.0, factor=8.0),
        ),
    ),
    "phi3": Phi3Config(
        **SMALL | TOKENS | dict(hidden_size=32, sliding_window=50),
        original_max_position_embeddings=32,
        rope_parameters=dict(
            rope_type="longrope",
            rope_theta=10000.0,
            partial_rotary_factor=0.75,
            short_factor=[1.0, 1.1, 1.2, 1.3, 1.4, 1.5],
            long_factor=[1.0, 1.5, 2.0, 3.0, 4.0, 5.0],
        ),
    ),
    "olmo2": Olmo2Config(**SMALL | TOKENS | dict(hidden_size=32), attention_bias=True),
    "olmo3": Olmo3Config(
        **SMALL | TOKENS | dict(hidden_size=32),
        sliding_window=6,
        layer_types=MIXED,
        rope_parameters=dict(
            sliding_attention=dict(rope_type="default", rope_theta=10000.0), full_attention=YARN
        ),
    ),
    "granite": GraniteConfig(
        **GRANITE, rope_parameters=dict(rope_type="dynamic", rope_theta=10000.0, factor=2.0)
    ),
    "granite4": GraniteMoeHybridConfig(
        **GRANITE,
        num_local_experts=0,
        num_experts_per_tok=0,
        mamba_n_heads=1,
        shared_intermediate_size=24,
        position_embedding_type="rope",
        layer_types=["attention", "attention"],
    ),
    "ministral3": Ministral3Config(
        **SMALL | TOKENS,
        head_dim=16,
        rope_parameters=YARN | dict(llama_4_scaling_beta=0.3, mscale=1.0, mscale_all_dim=0.5),
    ),
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
    for name in sys.argv[1:] or CASES:
        make(name, CASES[name])


main()
