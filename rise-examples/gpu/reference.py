"""The same work in PyTorch, transformers and PEFT: rows for run-all.sh's table.

  reference.py lora|decode|decode-static [--device cuda|cpu] [--shape 8b|tiny]

lora           LoRA steps on the batch of GpuLora; where its rows do not fit at once, fewer, or with checkpoints
decode         generate at batch 64, with transformers' growing cache
decode-static  the same with a cache of fixed size, which transformers compiles for on a GPU
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
    parser.add_argument("what", choices=["lora", "decode", "decode-static"])
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
        decode(model, vocabulary, args.what == "decode-static", args.shape == "tiny", args.device)


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
    best = None
    for together, checkpoints in ((rows, False), (rows // 2, False), (rows, True)):
        try:
            rate = tokens_per_second(model, optimizer, vocabulary, rows, together, columns, checkpoints, device)
        except torch.OutOfMemoryError:
            optimizer.zero_grad(set_to_none=True)
            torch.cuda.empty_cache()
            row(f"PEFT: {together} rows at once" + (", checkpoints" if checkpoints else ""), "out of memory")
            continue
        if best is None or rate > best[0]:
            best = (rate, together, checkpoints)
        if not checkpoints and together == rows:
            break
    rate, together, checkpoints = best
    how = f"{together} rows at once" + (", gradient checkpoints" if checkpoints else "")
    row(
        f"PEFT {peft.__version__}, PyTorch {torch.__version__}, {how}: LoRA training, tokens/s",
        f"{rate:.0f}",
    )


def tokens_per_second(model, optimizer, vocabulary, rows, together, columns, checkpoints, device):
    if checkpoints:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable()
    ids = torch.randint(vocabulary, (rows, columns), device=device)
    labels = ids.clone()
    labels[:, : columns // 2] = -100
    seconds = []
    for i in range(13):
        wait(device)
        before = time.perf_counter()
        for first in range(0, rows, together):
            part = slice(first, first + together)
            with torch.autocast(device, torch.bfloat16):
                loss = model(input_ids=ids[part], labels=labels[part], use_cache=False).loss
            (loss * together / rows).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        wait(device)
        if i > 2:
            seconds.append(time.perf_counter() - before)
    return rows * columns / sorted(seconds)[len(seconds) // 2]


def decode(model, vocabulary, static, tiny, device):
    prompt, added = (8, 8) if tiny else (128, 128)
    ids = torch.randint(vocabulary, (64, prompt), device=device)
    settings = {"cache_implementation": "static"} if static else {}
    rates = []
    # The first, and with a compiled graph the second, are for warming up.
    for i in range(5):
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
                **settings,
            )
        wait(device)
        if i > 1:
            rates.append(64 * added / (time.perf_counter() - before))
    cache = "static cache" if static else "growing cache"
    row(
        f"transformers {transformers.__version__}, {cache}: generate at batch 64, tokens/s",
        f"{sorted(rates)[len(rates) // 2]:.0f}",
    )


if __name__ == "__main__":
    main()
