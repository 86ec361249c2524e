"""A peer of BenchModel: a model in another library, which does the work that lines of JSON on its input ask for.

  model_peers.py transformers DIR [--dtype float32|bfloat16] [--threads N]    samples, and trains adapters of rank 16 with PEFT
  model_peers.py llama FILE.gguf --tokenizer DIR [--threads N]                samples one prompt at a time with llama.cpp
  model_peers.py quantize FILE.gguf FOLDER                                    writes BF16.gguf, Q8_0.gguf and Q4_0.gguf, and ends

Work is {"work": "sample", "prompts": [text...], "newTokens": N}, answered with {"tokens", "cpuSeconds"}, or
{"work": "train", "examples": [[prompt, response]...], "steps": N}, answered with {"seconds", "cpuSeconds", "tokens"} of each step.
Sampling is greedy and ends at the model's end of turn; the prompt is the chat template's.
"""
import argparse
import ctypes
import json
import os
import sys
import time


class Transformers:
    def __init__(self, folder, dtype, threads):
        import torch
        import transformers

        torch.set_num_threads(threads)
        self.torch = torch
        self.dtype = getattr(torch, dtype)
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder, padding_side="left")
        self.model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=self.dtype).eval()
        self.trained = None

    def prompt(self, text):
        turns = [{"role": "user", "content": text}]
        return self.tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)

    def sample(self, prompts, new_tokens):
        batch = self.tokenizer([self.prompt(p) for p in prompts], return_tensors="pt", padding=True, add_special_tokens=False)
        stop = self.tokenizer.eos_token_id
        with self.torch.inference_mode():
            out = self.model.generate(**batch, do_sample=False, max_new_tokens=new_tokens, eos_token_id=stop, pad_token_id=stop)
        tokens = 0
        for row in out[:, batch["input_ids"].shape[1] :].tolist():
            tokens += row.index(stop) + 1 if stop in row else len(row)
        return tokens

    def train(self, examples, steps):
        import peft

        torch = self.torch
        if self.trained is None:
            lora = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
            self.trained = peft.get_peft_model(self.model, lora).train()
        parameters = [p for p in self.trained.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(parameters, lr=2e-4)
        ids, starts = [], []
        for prompt, response in examples:
            before = self.tokenizer(self.prompt(prompt), add_special_tokens=False)["input_ids"]
            after = self.tokenizer(response, add_special_tokens=False)["input_ids"] + [self.tokenizer.eos_token_id]
            ids.append(before + after)
            starts.append(len(before))
        longest = max(map(len, ids))
        inputs = torch.full((len(ids), longest), self.tokenizer.eos_token_id)
        labels = torch.full((len(ids), longest), -100)
        mask = torch.zeros((len(ids), longest), dtype=torch.long)
        for i, row in enumerate(ids):
            inputs[i, : len(row)] = torch.tensor(row)
            labels[i, starts[i] : len(row)] = torch.tensor(row[starts[i] :])
            mask[i, : len(row)] = 1
        seconds, cpu = [], []
        for _ in range(steps):
            start, used = time.perf_counter(), time.process_time()
            with torch.autocast("cpu", self.dtype, enabled=self.dtype != torch.float32):
                loss = self.trained(input_ids=inputs, attention_mask=mask, labels=labels).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            seconds.append(time.perf_counter() - start)
            cpu.append(time.process_time() - used)
        return seconds, cpu, sum(map(len, ids))


class LlamaCpp:
    def __init__(self, file, tokenizer, threads):
        import llama_cpp
        import transformers

        self.tokenizer = transformers.AutoTokenizer.from_pretrained(tokenizer)
        self.llama = llama_cpp.Llama(file, n_ctx=1024, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False)

    def sample(self, prompts, new_tokens):
        tokens = 0
        for text in prompts:
            turns = [{"role": "user", "content": text}]
            prompt = self.tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
            ids = self.tokenizer(prompt, add_special_tokens=False)["input_ids"]
            made = 0
            for token in self.llama.generate(ids, temp=0.0, repeat_penalty=1.0):
                made += 1
                if token == self.tokenizer.eos_token_id or made == new_tokens:
                    break
            tokens += made
        return tokens


def quantize(source, folder):
    import llama_cpp

    os.makedirs(folder, exist_ok=True)
    for name, ftype in (("BF16", 32), ("Q8_0", 7), ("Q4_0", 2)):
        how = llama_cpp.llama_model_quantize_default_params()
        how.ftype, how.allow_requantize = ftype, True
        target = os.path.join(folder, name + ".gguf")
        if llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(how)) != 0:
            sys.exit("llama.cpp could not write " + target)
        source = os.path.join(folder, "BF16.gguf")


def serve(model):
    for line in sys.stdin:
        work = json.loads(line)
        if work["work"] == "sample":
            used = time.process_time()
            tokens = model.sample(work["prompts"], work["newTokens"])
            answer = {"tokens": tokens, "cpuSeconds": time.process_time() - used}
        else:
            seconds, cpu, tokens = model.train(work["examples"], work["steps"])
            answer = {"seconds": seconds, "cpuSeconds": cpu, "tokens": tokens}
        print(json.dumps(answer), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library", choices=["transformers", "llama", "quantize"])
    parser.add_argument("model")
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--tokenizer")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    given = parser.parse_args()
    if given.library == "quantize":
        quantize(given.model, given.folder)
    elif given.library == "llama":
        serve(LlamaCpp(given.model, given.tokenizer, given.threads))
    else:
        serve(Transformers(given.model, given.dtype, given.threads))


if __name__ == "__main__":
    main()
