package org.riselm.onnx.model;

/** The families of checkpoints that are understood. They share one decoder, feature by feature. */
public enum Family {
  /** Llama 2, 3, 3.1 and 3.2, and what copies them. */
  LLAMA("llama", "LlamaForCausalLM"),
  /** Mistral 7B: every layer attends within a sliding window, if the configuration has one. */
  MISTRAL("mistral", "MistralForCausalLM"),
  /** Qwen2 and Qwen2.5: biases on queries, keys and values. */
  QWEN2("qwen2", "Qwen2ForCausalLM"),
  /** Qwen3, the dense models: an RMSNorm over every query and key head. */
  QWEN3("qwen3", "Qwen3ForCausalLM");

  private final String modelType;
  private final String architecture;

  Family(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  /** {@return Hugging Face's name of the family: {@code model_type} in {@code config.json}} */
  public String modelType() {
    return modelType;
  }

  /** {@return the name of the model's class: {@code architectures} in {@code config.json}} */
  public String architecture() {
    return architecture;
  }
}
