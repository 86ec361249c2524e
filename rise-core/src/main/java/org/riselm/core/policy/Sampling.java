package org.riselm.core.policy;

/**
 * How tokens are drawn. A value; {@code with…} methods give changed copies.
 *
 * @param temperature divides the logits, at least 0; 0 is greedy
 * @param topK draws among the K most likely tokens; 0 is all
 * @param topP draws among the fewest tokens whose probabilities reach P, in (0, 1]; 1 is all
 * @param maxNewTokens the longest response, in tokens, the stop token included
 */
public record Sampling(double temperature, int topK, double topP, int maxNewTokens) {
  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature is " + temperature + "; 0 or more, finite");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("topK is " + topK + "; 0 (all) or more");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("topP is " + topP + "; above 0, at most 1");
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens + "; 1 or more");
    }
  }

  /** The paper's sampling: temperature 1, no truncation. */
  public static Sampling ofMaxNewTokens(int maxNewTokens) {
    return new Sampling(1, 0, 1, maxNewTokens);
  }

  /** Always the most likely token. */
  public static Sampling greedy(int maxNewTokens) {
    return new Sampling(0, 0, 1, maxNewTokens);
  }

  /** This, at another temperature. */
  public Sampling withTemperature(double temperature) {
    return new Sampling(temperature, topK, topP, maxNewTokens);
  }

  /** This, among the K most likely tokens. */
  public Sampling withTopK(int topK) {
    return new Sampling(temperature, topK, topP, maxNewTokens);
  }

  /** This, among the fewest tokens whose probabilities reach P. */
  public Sampling withTopP(double topP) {
    return new Sampling(temperature, topK, topP, maxNewTokens);
  }
}
