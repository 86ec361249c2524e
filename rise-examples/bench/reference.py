"""The same work in PyTorch; prints one line of JSON with the same keys.

  reference.py generate [--shape tiny] [--batch 1,16,64] [--prompt 32] [--response 128]
                        [--top-k K] [--threads N] [--seconds 1.5]
"""
import argparse
import json
import resource
import time

import torch
import torch.nn.functional as F

SHAPES = {
    # As Shape has them: vocabulary, hidden, layers, heads, kv heads, feed forward, bias of q, k, v
    "toy": (55, 48, 2, 3, 3, 128, False),
    "tiny": (128, 128, 4, 4, 4, 344, False),
    "small": (512, 256, 6, 8, 8, 688, False),
    "medium": (8192, 512, 8, 8, 8, 1376, False),
    "0.5B": (151_936, 896, 24, 14, 2, 4864, True),
}


class Decoder:
    """A decoder of random weights with a preallocated key-value cache, and as few calls per layer as
    PyTorch's fused operators allow: q, k and v are one product, and so are gate and up."""

    def __init__(self, shape, rows, capacity):
        vocabulary, hidden, layers, self.heads, self.kv, feed, biased = SHAPES[shape]
        self.size = hidden // self.heads

        def matrix(out, inner):
            return torch.randn(out, inner) / inner**0.5

        widths = [self.heads * self.size, self.kv * self.size, self.kv * self.size]
        self.widths = widths
        self.embedding = torch.randn(vocabulary, hidden) * 0.05
        self.norm = torch.ones(hidden)
        self.layers = []
        for _ in range(layers):
            qkv = matrix(sum(widths), hidden)
            bias = torch.zeros(sum(widths)) if biased else None
            gate_up = matrix(2 * feed, hidden)
            self.layers.append((qkv, bias, matrix(hidden, widths[0]), gate_up, matrix(hidden, feed)))
        self.cache = [
            [torch.zeros(rows, self.kv, capacity, self.size) for _ in range(2)] for _ in range(layers)
        ]
        half = self.size // 2
        angles = torch.outer(torch.arange(capacity).float(), 10_000.0 ** (-torch.arange(half) / half))
        self.cos = torch.cat([angles.cos(), angles.cos()], -1)
        self.sin = torch.cat([-angles.sin(), angles.sin()], -1)

    def normed(self, x):
        return F.rms_norm(x, self.norm.shape, self.norm, 1e-5)

    def turned(self, x, cos, sin):
        a, b = x.chunk(2, -1)
        return x * cos + torch.cat([b, a], -1) * sin

    def logits(self, ids, start):
        """ids [rows, n] at positions from start on; the last position's logits [rows, vocabulary]."""
        rows, n = ids.shape
        end = start + n
        cos, sin = self.cos[start:end], self.sin[start:end]
        x = F.embedding(ids, self.embedding)
        for (qkv, bias, out, gate_up, down), (keys, values) in zip(self.layers, self.cache):
            q, k, v = F.linear(self.normed(x), qkv, bias).split(self.widths, -1)
            q = q.view(rows, n, self.heads, self.size).transpose(1, 2)
            k = k.view(rows, n, self.kv, self.size).transpose(1, 2)
            v = v.view(rows, n, self.kv, self.size).transpose(1, 2)
            q = self.turned(q, cos, sin)
            keys[:, :, start:end] = self.turned(k, cos, sin)
            values[:, :, start:end] = v
            seen = F.scaled_dot_product_attention(
                q,
                keys[:, :, :end],
                values[:, :, :end],
                is_causal=n > 1,
                enable_gqa=self.heads != self.kv,
            )
            x = x + F.linear(seen.transpose(1, 2).reshape(rows, n, -1), out)
            gate, up = F.linear(self.normed(x), gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, down)
        return F.linear(self.normed(x[:, -1]), self.embedding)


def draw(logits, top_k):
    """A token per row at temperature 1, and its log-probability without truncation."""
    log_probabilities = F.log_softmax(logits, -1)
    if top_k > 0:
        top, at = logits.topk(top_k, -1)
        tokens = at.gather(1, torch.multinomial(F.softmax(top, -1), 1))
    else:
        tokens = torch.multinomial(log_probabilities.exp(), 1)
    return tokens, log_probabilities.gather(1, tokens)


@torch.inference_mode()
def generate(args, out):
    for rows in map(int, args.batch.split(",")):
        decoder = Decoder(args.shape, rows, args.prompt + args.response)
        prompts = torch.randint(SHAPES[args.shape][0], (rows, args.prompt))

        def work():
            tokens = torch.empty(rows, args.response, dtype=torch.long)
            said = torch.empty(rows, args.response)
            ids, at = prompts, 0
            for t in range(args.response):
                logits = decoder.logits(ids, at)
                at += ids.shape[1]
                ids, logs = draw(logits, args.top_k)
                tokens[:, t : t + 1] = ids
                said[:, t : t + 1] = logs
            return tokens.numel()

        measure(args.seconds, work, out, f"_batch{rows}")


def measure(seconds, work, out, suffix):
    """As Measured does: a warm-up, then the median of the calls."""
    start = time.perf_counter()
    while True:
        work()
        if time.perf_counter() - start >= seconds:
            break
    rates, tokens = [], 0
    cpu, start = time.process_time(), time.perf_counter()
    while len(rates) < 3 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        made = work()
        rates.append(made / (time.perf_counter() - before))
        tokens += made
    rates.sort()
    n = len(rates)
    out["tokensPerSecond" + suffix] = (rates[(n - 1) // 2] + rates[n // 2]) / 2
    out["cpuMicrosPerToken" + suffix] = (time.process_time() - cpu) / tokens * 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["generate"])
    parser.add_argument("--shape", default="tiny", choices=SHAPES)
    parser.add_argument("--batch", default="1,16,64")
    parser.add_argument("--prompt", type=int, default=32)
    parser.add_argument("--response", type=int, default=128)
    parser.add_argument("--top-k", type=int, default=0)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=1.5)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    out = {"bench": args.what, "shape": args.shape, "threads": args.threads, "torch": torch.__version__}
    generate(args, out)
    out["peakMiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps(out))


if __name__ == "__main__":
    main()
