package org.riselm.onnx.model;

import static java.util.Objects.requireNonNull;

/**
 * A family of checkpoints. All families share one decoder, feature by feature; what a family's
 * configuration says is read by a class of its own.
 *
 * @param modelType Hugging Face's name of the family, {@code model_type} in {@code config.json}
 * @param architecture the name of the model's class, which {@code config.json} lists
 */
public record Family(String modelType, String architecture) {
  /** Llama 2, 3, 3.1 and 3.2, and what copies them. */
  public static final Family LLAMA = new Family("llama", "LlamaForCausalLM");

  /** Mistral 7B: every layer attends within a sliding window, if the configuration has one. */
  public static final Family MISTRAL = new Family("mistral", "MistralForCausalLM");

  /** Qwen2 and Qwen2.5: biases on queries, keys and values. */
  public static final Family QWEN2 = new Family("qwen2", "Qwen2ForCausalLM");

  /** Qwen3, the dense models: an RMSNorm over every query and key head. */
  public static final Family QWEN3 = new Family("qwen3", "Qwen3ForCausalLM");

  /** Checks that both are there. */
  public Family {
    requireNonNull(modelType, "modelType");
    requireNonNull(architecture, "architecture");
  }

  @Override
  public String toString() {
    return modelType;
  }
}
