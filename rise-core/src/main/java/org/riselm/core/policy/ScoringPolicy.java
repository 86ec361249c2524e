package org.riselm.core.policy;

import java.util.List;
import java.util.Locale;
import org.riselm.core.mdp.Example;

/** A policy that computes how likely given responses are. */
public interface ScoringPolicy extends Policy {
  /**
   * Returns the natural logarithm of the probability of every token of each example's response in
   * its state, at temperature 1 and without truncation, with the parameters as they are. Weights
   * play no part.
   *
   * @param examples what to score
   * @return one array per example, in their order, as long as the tokens that training would learn
   * @throws IllegalArgumentException if an example does not fit the context; names the problem and
   *     the turn
   */
  List<LogProbabilities> logProbabilities(List<Example> examples);

  /**
   * How far what tokens were drawn from is from what a policy computes of them.
   *
   * @param nats an estimate of the Kullback–Leibler divergence of the policy's distribution of the
   *     next token from the sampler's, the mean over the tokens; unbiased where they were drawn at
   *     temperature 1 and without truncation
   * @param tokens that it was estimated on
   */
  record Divergence(double nats, long tokens) {
    /**
     * {@return the divergence that the same tokens' probabilities show: the mean of r − 1 − ln r
     * over the tokens, where r is the policy's probability divided by the sampler's (Schulman
     * 2020)}
     *
     * @param sampler the log-probabilities of the responses' tokens where they were drawn
     * @param policy those that the policy computes, in the same order and as many
     */
    public static Divergence of(List<LogProbabilities> sampler, List<LogProbabilities> policy) {
      double sum = 0;
      long tokens = 0;
      for (int i = 0; i < sampler.size(); i++) {
        for (int t = 0; t < sampler.get(i).size(); t++) {
          double logRatio = policy.get(i).get(t) - sampler.get(i).get(t);
          sum += Math.expm1(logRatio) - logRatio;
          tokens++;
        }
      }
      return new Divergence(tokens == 0 ? 0 : sum / tokens, tokens);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.3g nats a token, of %,d", nats, tokens);
    }
  }
}
