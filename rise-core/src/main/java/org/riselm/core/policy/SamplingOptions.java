package org.riselm.core.policy;

/**
 * How tokens are drawn. A value; {@code with…} methods give changed copies.
 *
 * @param temperature divides the logits, at least 0; 0 is greedy
 * @param topK draws among the K most likely tokens; 0 is all
 * @param topP draws among the fewest tokens whose probabilities reach P, in (0, 1]; 1 is all
 * @param maxNewTokens the longest response, in tokens, the stop token included
 * @param logProbabilities whether each token's is wanted too; RISE itself needs none
 */
public record SamplingOptions(
    double temperature, int topK, double topP, int maxNewTokens, boolean logProbabilities) {
  public SamplingOptions {
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

  /** Sampling without log-probabilities. */
  public SamplingOptions(double temperature, int topK, double topP, int maxNewTokens) {
    this(temperature, topK, topP, maxNewTokens, false);
  }

  /** The paper's sampling: temperature 1, no truncation. */
  public static SamplingOptions ofMaxNewTokens(int maxNewTokens) {
    return new SamplingOptions(1, 0, 1, maxNewTokens);
  }

  /** Always the most likely token. */
  public static SamplingOptions greedy(int maxNewTokens) {
    return new SamplingOptions(0, 0, 1, maxNewTokens);
  }

  /** This, at another temperature. */
  public SamplingOptions withTemperature(double temperature) {
    return new SamplingOptions(temperature, topK, topP, maxNewTokens, logProbabilities);
  }

  /** This, among the K most likely tokens. */
  public SamplingOptions withTopK(int topK) {
    return new SamplingOptions(temperature, topK, topP, maxNewTokens, logProbabilities);
  }

  /** This, among the fewest tokens whose probabilities reach P. */
  public SamplingOptions withTopP(double topP) {
    return new SamplingOptions(temperature, topK, topP, maxNewTokens, logProbabilities);
  }

  /** This, with or without each token's log-probability. */
  public SamplingOptions withLogProbabilities(boolean wanted) {
    return new SamplingOptions(temperature, topK, topP, maxNewTokens, wanted);
  }

  /** What is drawn: runs on disk know a sampling by it, and log-probabilities change no draw. */
  @Override
  public String toString() {
    return "Sampling[temperature=%s, topK=%d, topP=%s, maxNewTokens=%d]"
        .formatted(temperature, topK, topP, maxNewTokens);
  }
}
