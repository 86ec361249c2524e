"""The same work in PyTorch, transformers and PEFT: rows for run-all.sh's table.

  reference.py lora|decode [--device cuda|cpu] [--shape 8b|tiny]
"""
import argparse
import time

import torch
import transformers

SHAPES = {
    # As GpuSetting has them: vocabulary, hidden, layers, heads, kv heads, feed forward, rows, columns
    "tiny": (512, 64, 2, 4, 2, 160, 2, 24),
    "8b": (128_256, 4096, 32, 32, 8, 14_336, 4, 1024),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["lora", "decode"])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--shape", default="8b", choices=SHAPES)
    args = parser.parse_args()
    vocabulary, hidden, layers, heads, kv, feed, rows, columns = SHAPES[args.shape]
    config = transformers.LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=kv,
        intermediate_size=feed,
        max_position_embeddings=2048,
        tie_word_embeddings=False,
    )
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(args.device):
        model = transformers.LlamaForCausalLM._from_config(config, attn_implementation="sdpa")
    if args.what == "lora":
        lora(model, vocabulary, rows, columns, args.device)
    else:
        decode(model, vocabulary, args.shape == "tiny", args.device)


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def row(what, measured):
    print(f"| {what} | {measured} | | yes |", flush=True)


def lora(model, vocabulary, rows, columns, device):
    import peft

    model = peft.get_peft_model(
        model, peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    )
    for p in model.parameters():
        if p.requires_grad:
            p.data = p.data.float()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    ids = torch.randint(vocabulary, (rows, columns), device=device)
    labels = ids.clone()
    labels[:, : columns // 2] = -100
    seconds = []
    for i in range(13):
        wait(device)
        before = time.perf_counter()
        with torch.autocast(device, torch.bfloat16):
            loss = model(input_ids=ids, labels=labels, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        wait(device)
        if i > 2:
            seconds.append(time.perf_counter() - before)
    median = sorted(seconds)[len(seconds) // 2]
    row(
        f"PEFT {peft.__version__}, PyTorch {torch.__version__}: LoRA training, tokens/s",
        f"{rows * columns / median:.0f}",
    )


def decode(model, vocabulary, tiny, device):
    prompt, added = (8, 8) if tiny else (128, 128)
    ids = torch.randint(vocabulary, (64, prompt), device=device)
    rates = []
    for i in range(3):
        wait(device)
        before = time.perf_counter()
        with torch.no_grad():
            model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                top_k=0,
                min_new_tokens=added,
                max_new_tokens=added,
                pad_token_id=0,
            )
        wait(device)
        if i > 0:
            rates.append(64 * added / (time.perf_counter() - before))
    row(
        f"transformers {transformers.__version__}: generate at batch 64, tokens/s",
        f"{sorted(rates)[len(rates) // 2]:.0f}",
    )


if __name__ == "__main__":
    main()
