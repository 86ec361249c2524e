package org.riselm.spark.internal;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainablePolicy.DataParallel;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Gradient;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;

/**
 * What executors do with a slice of inputs.
 *
 * @param <I> the inputs
 * @param <O> the outputs, one for each input, in their order
 */
interface Work<I extends Serializable, O extends Serializable> extends Serializable {
  /** Does it. */
  List<O> of(TrainablePolicy policy, List<I> inputs);

  /** The tokens that went into an output; 0 if they are not counted. */
  long tokens(O output);

  /** The output of an input that ends every process that works on it. */
  O lost(I input, String why);

  /** Samples a completion for each query. */
  record Sampling(SamplingOptions options) implements Work<Query, Completion> {
    @Override
    public List<Completion> of(TrainablePolicy policy, List<Query> queries) {
      return policy.complete(queries, options);
    }

    @Override
    public long tokens(Completion completion) {
      return completion.response().tokens().size();
    }

    @Override
    public Completion lost(Query query, String why) {
      return Completion.failed(why);
    }
  }

  /** Computes the gradient of each share of a training step. */
  record Gradients(Broadcast<float[]> parameters) implements Work<Share, Gradient> {
    @Override
    public List<Gradient> of(TrainablePolicy policy, List<Share> shares) {
      if (policy instanceof DataParallel parallel) {
        return shares.stream().map(s -> parallel.gradient(parameters.value(), s)).toList();
      }
      throw new UnsupportedOperationException(
          policy.getClass().getName() + " does not compute gradients");
    }

    @Override
    public long tokens(Gradient output) {
      return 0;
    }

    @Override
    public Gradient lost(Share share, String why) {
      throw new IllegalStateException("the gradients of a step cannot be computed: " + why);
    }
  }

  /** Computes the log-probabilities of each example's response. */
  record Scoring() implements Work<Example, LogProbabilities> {
    @Override
    public List<LogProbabilities> of(TrainablePolicy policy, List<Example> examples) {
      if (policy instanceof ScoringPolicy scoring) {
        return scoring.logProbabilities(examples);
      }
      throw new UnsupportedOperationException(
          policy.getClass().getName() + " does not compute log-probabilities");
    }

    @Override
    public long tokens(LogProbabilities output) {
      return 0;
    }

    @Override
    public LogProbabilities lost(Example example, String why) {
      throw new IllegalStateException(
          "problem %s, turn %d cannot be scored: %s"
              .formatted(example.state().problem().id(), example.state().turn(), why));
    }
  }
}
