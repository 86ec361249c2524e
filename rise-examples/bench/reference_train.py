"""The training steps of BenchTrain in PyTorch: the same shapes, threads, precision and optimizer.

  reference_train.py [--shape tiny] [--attention sdpa|plain] [--compile] [--steps 8] [--threads N]
                     [--dialogues GSM8K_FILE [--buckets]]

Prints one line of JSON with the same keys. Dialogues go through the model as one right-padded batch, or with --buckets as micro-batches of
like lengths; their logits are of all positions, as transformers computes them.
"""
import argparse
import json
import resource
import statistics
import time

import torch
import torch.nn.functional as F

# As Shape has them: vocabulary, hidden, layers, heads, key-value heads, head size, feed forward, rows, columns
SHAPES = {
    "tiny": (128, 128, 4, 4, 4, 32, 344, 32, 160),
    "small": (512, 256, 6, 8, 8, 32, 688, 16, 256),
    "medium": (8192, 512, 8, 8, 8, 64, 1376, 4, 256),
    "0.5B": (151_936, 896, 24, 14, 2, 64, 4864, 1, 256),
}
LORA, EXAMPLES, FEEDBACK, LONGEST, MICRO_BATCH_TOKENS, WARM_UP = 16, 16, 12, 1024, 4096, 3


class Layer(torch.nn.Module):
    def __init__(self, hidden, heads, kv, size, feed, attention):
        super().__init__()
        self.heads, self.kv, self.size, self.attention = heads, kv, size, attention
        linear = lambda i, o: torch.nn.Linear(i, o, bias=False)
        self.norm1, self.norm2 = torch.nn.RMSNorm(hidden, 1e-6), torch.nn.RMSNorm(hidden, 1e-6)
        self.q, self.k, self.v = linear(hidden, heads * size), linear(hidden, kv * size), linear(hidden, kv * size)
        self.o = linear(heads * size, hidden)
        self.gate, self.up, self.down = linear(hidden, feed), linear(hidden, feed), linear(feed, hidden)

    def forward(self, x, cos, sin, mask):
        b, s, _ = x.shape
        h = self.norm1(x)
        split = lambda y, n: y.view(b, s, n, self.size).transpose(1, 2)
        q, k, v = split(self.q(h), self.heads), split(self.k(h), self.kv), split(self.v(h), self.kv)
        q, k = turned(q, cos, sin), turned(k, cos, sin)
        if self.attention == "sdpa":
            seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = q @ k.transpose(-1, -2) * self.size**-0.5 + mask
            seen = torch.softmax(scores, -1) @ v
        x = x + self.o(seen.transpose(1, 2).reshape(b, s, -1))
        h = self.norm2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


def turned(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Decoder(torch.nn.Module):
    def __init__(self, shape, attention, context):
        super().__init__()
        vocabulary, hidden, layers, heads, kv, size, feed, _, _ = shape
        self.embed = torch.nn.Embedding(vocabulary, hidden)
        self.layers = torch.nn.ModuleList(Layer(hidden, heads, kv, size, feed, attention) for _ in range(layers))
        self.norm = torch.nn.RMSNorm(hidden, 1e-6)
        angles = torch.outer(torch.arange(context).float(), 10_000.0 ** (-torch.arange(0, size, 2) / size))
        angles = torch.cat((angles, angles), -1)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        self.register_buffer("mask", torch.full((context, context), -1e9).triu(1))

    def forward(self, ids, targets, weights):
        s = ids.shape[1]
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x, self.cos[:s], self.sin[:s], self.mask[:s, :s])
        logits = F.linear(self.norm(x).flatten(0, 1), self.embed.weight)
        return (F.cross_entropy(logits, targets, reduction="none") * weights).sum()


def adapted(shape, attention):
    """The 0.5 B shape with adapters by PEFT, and its loss over a dense batch."""
    import peft
    import transformers

    vocabulary, hidden, layers, heads, kv, _, feed, _, _ = shape
    config = transformers.Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=kv,
        intermediate_size=feed,
        tie_word_embeddings=True,
    )
    model = transformers.Qwen2ForCausalLM._from_config(
        config, attn_implementation="sdpa" if attention == "sdpa" else "eager"
    )
    lora = peft.LoraConfig(r=LORA, lora_alpha=2 * LORA, target_modules="all-linear", task_type="CAUSAL_LM")
    model = peft.get_peft_model(model, lora)

    def loss(ids, targets, weights):
        logits = model(input_ids=ids, use_cache=False).logits.flatten(0, 1)
        return (F.cross_entropy(logits, targets, reduction="none") * weights).sum()

    return model, loss


def dialogues(file):
    """As Dialogues: for every step, of every example its tokens and how many at its end are learned."""
    lengths = []
    for i, line in enumerate(open(file, encoding="utf-8")):
        problem = json.loads(line)
        question, answer = max(1, len(problem["question"]) // 4), max(1, len(problem["answer"]) // 4)
        prompt = question + i % 3 * (answer + FEEDBACK)
        if prompt + answer <= LONGEST:
            lengths.append((prompt + answer, answer))
    return [lengths[i : i + EXAMPLES] for i in range(0, len(lengths), EXAMPLES)]


def padded(examples, vocabulary, total):
    """A right-padded batch: ids, targets, weights. A row's last token is learned and not an input."""
    columns = max(n for n, _ in examples) - 1
    weights = torch.zeros(len(examples), columns)
    for row, (n, learned) in enumerate(examples):
        weights[row, n - 1 - learned : n - 1] = 1 / total
    shape = (len(examples), columns)
    return torch.randint(vocabulary, shape), torch.randint(vocabulary, shape).flatten(), weights.flatten()


def buckets(examples):
    """Like lengths together, filled up to the tokens of a micro-batch."""
    group, groups = [], []
    for example in sorted(examples):
        if group and (len(group) + 1) * example[0] > MICRO_BATCH_TOKENS:
            groups.append(group)
            group = []
        group.append(example)
    return groups + [group]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shape", default="tiny", choices=SHAPES)
    parser.add_argument("--attention", default="sdpa", choices=["plain", "sdpa"])
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--dialogues")
    parser.add_argument("--buckets", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    shape = SHAPES[args.shape]
    vocabulary, rows, columns = shape[0], shape[-2], shape[-1]
    if args.shape == "0.5B":
        model, loss = adapted(shape, args.attention)
    else:
        model = Decoder(shape, args.attention, LONGEST if args.dialogues else columns)
        loss = model
    if args.compile:
        loss = torch.compile(loss)
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=1e-4, weight_decay=0.01, fused=True)
    dense = (
        torch.randint(vocabulary, (rows, columns)),
        torch.randint(vocabulary, (rows * columns,)),
        torch.full((rows * columns,), 1 / (rows * columns)),
    )
    steps = dialogues(args.dialogues) if args.dialogues else []

    def step(i):
        batches, tokens = [dense], rows * columns
        if steps:
            total = sum(answer for _, answer in steps[i])
            groups = buckets(steps[i]) if args.buckets else [steps[i]]
            batches = [padded(group, vocabulary, total) for group in groups]
            tokens = sum(n for n, _ in steps[i])
        for batch in batches:
            loss(*batch).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return tokens

    for i in range(WARM_UP):
        step(i)
    rates, seconds = [], []
    cpu = time.process_time()
    for i in range(args.steps):
        before = time.perf_counter()
        tokens = step(WARM_UP + i)
        seconds.append(time.perf_counter() - before)
        rates.append(tokens / seconds[-1])
    out = {
        "bench": "train",
        "engine": f"torch {torch.__version__} {args.attention}" + (" compiled" if args.compile else ""),
        "shape": args.shape,
        "threads": args.threads,
        "tokensPerSecond": statistics.median(rates),
        "stepSeconds": statistics.median(seconds),
        "cpuSecondsPerStep": (time.process_time() - cpu) / args.steps,
        "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }
    print(json.dumps(out))


if __name__ == "__main__":
    main()
