"""Makes the GGUF files of this folder, with the gguf package of llama.cpp:

    pip install gguf numpy safetensors
    python make_gguf.py

blocks.gguf has random blocks in every format that is read, and beside each NAME a tensor
NAME.expected of 32-bit floats, which is what the package makes of it. llama2.gguf,
llama-biased.gguf and qwen3.gguf are the tiny models of the folder above, with the rows of queries
and keys permuted as llama.cpp's converter does. encoded.gguf has numbers and what the package
encodes them as. Made with gguf 0.19.
"""

import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as Q
from gguf import GGUFWriter, dequantize, quantize
from gguf.constants import GGML_QUANT_SIZES
from safetensors.numpy import load_file

HERE = pathlib.Path(__file__).parent
MODELS = HERE.parents[1]


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def keys(writer, arch, config, tokens):
    heads = config["num_attention_heads"]
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * (len(tokens) - 1) + [3])
    writer.add_token_merges(["a b", "ab c"])
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_chat_template("{% for m in messages %}{{ m.content }}{% endfor %}")


def blocks():
    rng = np.random.default_rng(1)
    config = json.loads((MODELS / "llama2.json").read_text())["config"]
    writer = GGUFWriter(HERE / "blocks.gguf", "llama")
    keys(writer, "llama", config, list("abcdefgh") + ["ab", "abc", "<e>"])
    for q in (Q.F16, Q.BF16, Q.Q8_0, Q.Q4_0, Q.Q4_1, Q.Q5_0, Q.Q5_1, Q.Q4_K, Q.Q5_K, Q.Q6_K):
        size, width = GGML_QUANT_SIZES[q]
        raw = rng.integers(0, 256, (3, 512 // size * width), dtype=np.uint8)
        # Scales that are finite: no exponent of ones only.
        halves = {Q.Q6_K: [208], Q.Q8_0: [0], Q.Q4_0: [0], Q.Q5_0: [0]}.get(q, [0, 2])
        if q in (Q.F16, Q.BF16):
            halves = [0]
        view = raw.reshape(-1, width)
        for at in halves:
            view[:, at + 1] &= 0xBF
        writer.add_tensor(q.name, raw, raw_dtype=q)
        writer.add_tensor(q.name + ".expected", dequantize(raw, q).astype(np.float32))
    finish(writer)


def encoded():
    rng = np.random.default_rng(2)
    numbers = (rng.standard_normal((8, 64)) * np.exp(rng.standard_normal((8, 1)))).astype(np.float32)
    numbers[3, :32] = 0
    numbers[4, 5] = -numbers[4, 6]
    writer = GGUFWriter(HERE / "encoded.gguf", "llama")
    config = json.loads((MODELS / "llama2.json").read_text())["config"]
    keys(writer, "llama", config, list("abcdefgh") + ["ab", "abc", "<e>"])
    writer.add_tensor("numbers", numbers)
    for q in (Q.Q8_0, Q.Q4_0):
        writer.add_tensor(q.name, quantize(numbers, q), raw_dtype=q)
    finish(writer)


def permute(w, heads):
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
}


def model(name, arch):
    config = json.loads((MODELS / f"{name}.json").read_text())["config"]
    writer = GGUFWriter(HERE / f"{name}.gguf", arch)
    keys(writer, arch, config, list("abcdefgh") + ["ab", "abc", "<e>"])
    for full, w in load_file(MODELS / f"{name}.safetensors").items():
        if not full.startswith("start."):
            continue
        layer, _, kind = full.removeprefix("start.").rpartition(".")
        block = ""
        if layer.startswith("model.layers."):
            _, _, number, layer = layer.split(".", 3)
            block = f"blk.{number}."
        if arch == "llama" and layer == "self_attn.q_proj":
            w = permute(w, config["num_attention_heads"])
        if arch == "llama" and layer == "self_attn.k_proj":
            w = permute(w, config["num_key_value_heads"])
        writer.add_tensor(f"{block}{NAMES[layer]}.{kind}", np.ascontiguousarray(w))
    finish(writer)


blocks()
encoded()
model("llama2", "llama")
model("llama-biased", "llama")
model("qwen3", "qwen3")
