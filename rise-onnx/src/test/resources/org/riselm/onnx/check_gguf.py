"""Holds a GGUF file that OnnxPolicy.exportGguf wrote against llama.cpp: continues every prompt
greedily and compares with what the policy answered. Where the two part, prints how far the two
tokens are apart in llama.cpp's logits, in two runs: the prompt read at once and token by token,
which differ by rounding alone.

    pip install llama-cpp-python numpy
    ./mvnw verify -pl rise-onnx -am -Dtest=RealGgufTest -Dsurefire.failIfNoSpecifiedTests=false \\
        -Drise.model=MODEL_FOLDER -Drise.gguf.out=DIR
    python check_gguf.py DIR
"""

import json
import pathlib
import sys

import llama_cpp
import numpy as np


def main(folder):
    model = llama_cpp.Llama(
        str(folder / "bfloat16.gguf"), n_ctx=512, logits_all=True, verbose=False, n_threads=2,
        type_k=llama_cpp.GGML_TYPE_F32, type_v=llama_cpp.GGML_TYPE_F32,
    )
    equal, lines = 0, (folder / "answers.jsonl").read_text().splitlines()
    for n, line in enumerate(lines):
        answer = json.loads(line)
        prompt, response = answer["prompt"], answer["response"]
        model.reset()
        model.eval(prompt)
        for i, token in enumerate(response):
            logits = np.array(model.scores[model.n_tokens - 1])
            best = int(logits.argmax())
            if best != token:
                model.reset()
                for one in prompt + response[:i]:
                    model.eval([one])
                again = np.array(model.scores[model.n_tokens - 1])
                print(
                    f"answer {n} parts at token {i} of {len(response)}: {best} leads {token} by "
                    f"{logits[best] - logits[token]:.4f}, read token by token by "
                    f"{again[best] - again[token]:.4f}; the largest difference of a logit between "
                    f"these two is {abs(logits - again).max():.4f}"
                )
                break
            model.eval([token])
        else:
            equal += 1
    print(f"{equal} of {len(lines)} are equal")


main(pathlib.Path(sys.argv[1]))
