package org.riselm.core.policy;

import java.util.List;
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
}
