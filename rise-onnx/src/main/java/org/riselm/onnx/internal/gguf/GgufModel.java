package org.riselm.onnx.internal.gguf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A file's model as a Hugging Face folder would have it: configuration and tensors by name. */
record GgufModel(Metadata metadata) {
  /** The architectures that are read and written; their model_type has the same name. */
  static final Map<String, String> ARCHITECTURES =
      Map.of("llama", "LlamaForCausalLM", "qwen2", "Qwen2ForCausalLM", "qwen3", "Qwen3ForCausalLM");

  static final String ARCHITECTURE = "general.architecture";
  static final String LLAMA = "llama";
  static final String ROTARY_FACTORS = "rope_freqs.weight";

  private static final Set<String> KEYS =
      Set.of(
          "block_count",
          "context_length",
          "embedding_length",
          "feed_forward_length",
          "attention.head_count",
          "attention.head_count_kv",
          "attention.layer_norm_rms_epsilon",
          "attention.key_length",
          "attention.value_length",
          "rope.freq_base",
          "rope.dimension_count",
          "rope.scaling.type",
          "rope.scaling.factor",
          "rope.scaling.original_context_length",
          "rope.scaling.finetuned",
          "vocab_size");

  private static final ObjectMapper JSON = new ObjectMapper();

  static GgufModel read(Path file) throws IOException {
    return new GgufModel(new Metadata(GgufHeader.read(file)));
  }

  private String architecture() throws IOException {
    String name = metadata.text(ARCHITECTURE);
    if (!ARCHITECTURES.containsKey(name)) {
      throw metadata.refusal(
          ARCHITECTURE,
          new TreeSet<>(ARCHITECTURES.keySet()) + "; other models are read from their folders");
    }
    return name;
  }

  private String key(String name) throws IOException {
    return architecture() + "." + name;
  }

  private int headSize() throws IOException {
    int hidden = metadata.integer(key("embedding_length"));
    int heads = metadata.integer(key("attention.head_count"));
    if (heads == 0) {
      throw metadata.refusal(key("attention.head_count"), "a whole number above 0");
    }
    int size = metadata.integer(key("attention.key_length"), hidden / heads);
    for (String same : List.of("attention.value_length", "rope.dimension_count")) {
      if (metadata.integer(key(same), size) != size) {
        throw metadata.refusal(key(same), "the size of a head, " + size);
      }
    }
    return size;
  }

  /** Returns the tensors by Hugging Face's names, with Hugging Face's shapes. */
  Map<String, GgufTensor> tensors() throws IOException {
    architecture();
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (GgufTensor t : metadata.header().tensors().values()) {
      if (!t.name().equals(ROTARY_FACTORS)) {
        tensors.put(TensorNames.ours(t.name()).orElse(t.name()), t);
      }
    }
    return tensors;
  }

  /** Returns the order of every tensor's rows. */
  Map<String, RowOrder> orders() throws IOException {
    boolean interleaves = architecture().equals(LLAMA);
    int headSize = headSize();
    Map<String, RowOrder> orders = new LinkedHashMap<>();
    for (Map.Entry<String, GgufTensor> t : tensors().entrySet()) {
      boolean rotates = interleaves && TensorNames.rotates(t.getKey());
      if (rotates && (headSize % 2 != 0 || t.getValue().shape().get(0) % headSize != 0)) {
        throw new IOException(
            "%s: %s has %d rows, which are not whole heads of %d"
                .formatted(
                    metadata.header().file(),
                    t.getValue().name(),
                    t.getValue().shape().get(0),
                    headSize));
      }
      orders.put(t.getKey(), rotates ? new RowOrder(headSize) : RowOrder.PLAIN);
    }
    return orders;
  }

  /** Returns what {@code config.json} would say. */
  ObjectNode config() throws IOException {
    String architecture = architecture();
    for (String key : new TreeSet<>(metadata.under(architecture + "."))) {
      if (!KEYS.contains(key.substring(architecture.length() + 1))) {
        throw metadata.refusal(
            key, "a model without this key; read the model from its Hugging Face folder");
      }
    }
    Map<String, GgufTensor> tensors = tensors();
    GgufTensor embedding = tensors.get("model.embed_tokens.weight");
    if (embedding == null || embedding.shape().size() != 2) {
      throw new IOException(
          "%s: it has no matrix token_embd.weight, which every model needs"
              .formatted(metadata.header().file()));
    }
    int heads = metadata.integer(key("attention.head_count"));
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(ARCHITECTURES.get(architecture));
    json.put("model_type", architecture)
        .put("vocab_size", embedding.shape().get(0))
        .put("hidden_size", metadata.integer(key("embedding_length")))
        .put("num_hidden_layers", metadata.integer(key("block_count")))
        .put("num_attention_heads", heads)
        .put("num_key_value_heads", metadata.integer(key("attention.head_count_kv"), heads))
        .put("head_dim", headSize())
        .put("intermediate_size", metadata.integer(key("feed_forward_length")))
        .put("max_position_embeddings", metadata.integer(key("context_length")))
        .put("rms_norm_eps", metadata.number(key("attention.layer_norm_rms_epsilon")))
        .put("tie_word_embeddings", !tensors.containsKey("lm_head.weight"))
        .put("hidden_act", "silu")
        .put("torch_dtype", "float32");
    json.put("rope_theta", metadata.has(key("rope.freq_base")) ? theta() : 10_000);
    if (architecture.equals(LLAMA)) {
      json.put("attention_bias", tensors.containsKey("model.layers.0.self_attn.q_proj.bias"))
          .put("mlp_bias", tensors.containsKey("model.layers.0.mlp.up_proj.bias"));
    }
    addScaling(json);
    for (String role : List.of("bos", "eos")) {
      String id = "tokenizer.ggml." + role + "_token_id";
      if (metadata.has(id)) {
        json.put(role + "_token_id", metadata.integer(id));
      }
    }
    return json;
  }

  private double theta() throws IOException {
    return metadata.number(key("rope.freq_base"));
  }

  private void addScaling(ObjectNode json) throws IOException {
    String kind = key("rope.scaling.type");
    String type = metadata.has(kind) ? metadata.text(kind) : "none";
    GgufTensor factors = metadata.header().tensors().get(ROTARY_FACTORS);
    if (factors != null) {
      if (!type.equals("none")) {
        throw metadata.refusal(kind, "none, since there is a tensor " + ROTARY_FACTORS);
      }
      json.set("rope_scaling", RotaryFactors.scaling(metadata.header().file(), factors, theta()));
    } else if (!type.equals("none")) {
      ObjectNode scaling = json.putObject("rope_scaling").put("rope_type", type);
      scaling.put("factor", metadata.number(key("rope.scaling.factor")));
      if (type.equals("yarn")) {
        String original = "rope.scaling.original_context_length";
        scaling.put("original_max_position_embeddings", metadata.integer(key(original)));
      } else if (!type.equals("linear")) {
        throw metadata.refusal(kind, "none, linear or yarn");
      }
    }
  }
}
