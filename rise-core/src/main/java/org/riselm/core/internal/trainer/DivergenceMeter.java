package org.riselm.core.internal.trainer;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.internal.rollout.ForwardingLearner;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.ScoringPolicy.Divergence;
import org.riselm.core.policy.TrainablePolicy;

/**
 * A policy that remembers what it answered, and how likely that was where it was drawn, to compare
 * some of it with what a scorer computes. Which responses are compared is a matter of their number
 * only.
 */
final class DivergenceMeter extends ForwardingLearner {
  /** Scoring so many takes little beside sampling all. */
  private static final int COMPARED = 64;

  private final List<Example> responses = new ArrayList<>();
  private final List<LogProbabilities> sampler = new ArrayList<>();

  DivergenceMeter(TrainablePolicy policy) {
    super(policy);
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    List<Completion> completions =
        super.complete(queries, sampling.toBuilder().logProbabilities(true).build(), progress);
    for (int i = 0; i < queries.size(); i++) {
      Completion c = completions.get(i);
      Example given = new Example(queries.get(i).state(), c.response(), 1);
      if (!c.logProbabilities().isEmpty() && fits(given)) {
        responses.add(given);
        sampler.add(c.logProbabilities());
      }
    }
    return completions;
  }

  /** Returns how far {@code scorer} is from what the responses were drawn from. */
  Divergence divergence(ScoringPolicy scorer) {
    int count = Math.min(COMPARED, responses.size());
    List<Example> some = new ArrayList<>(count);
    List<LogProbabilities> drawn = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int place = (int) ((long) i * responses.size() / count);
      some.add(responses.get(place));
      drawn.add(sampler.get(place));
    }
    return Divergence.of(drawn, some.isEmpty() ? List.of() : scorer.logProbabilities(some));
  }
}
