package org.riselm.examples.lab.real;

import com.google.common.base.Stopwatch;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.riselm.core.RiseListener;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.task.ProblemSet;

/** Says how long a run will take, from the speed of its first seconds. */
final class RunEstimate implements RiseListener {
  private static final int MEASURED_STEPS = 3;

  private final Duration sampling;
  private final int steps;
  private final PrintStream out;
  private final Stopwatch clock = Stopwatch.createUnstarted();
  private int seen;

  /**
   * Samples a batch, and waits for the first steps.
   *
   * @param responses that the run samples in all
   * @param steps that it trains in all
   */
  RunEstimate(
      Policy policy,
      ProblemSet problems,
      SamplingOptions sampling,
      int responses,
      int steps,
      PrintStream out) {
    this.steps = steps;
    this.out = out;
    List<Query> queries =
        IntStream.range(0, Math.min(16, problems.size()))
            .mapToObj(i -> new Query(State.initial(problems.problems().get(i)), i))
            .toList();
    Stopwatch measured = Stopwatch.createStarted();
    policy.complete(queries, sampling);
    this.sampling = measured.elapsed().multipliedBy(responses).dividedBy(queries.size());
  }

  @Override
  public void stepped(Stepped event) {
    if (seen == 0) {
      clock.start();
    }
    if (seen == MEASURED_STEPS) {
      Duration training = clock.elapsed().multipliedBy(steps).dividedBy(MEASURED_STEPS);
      out.printf(
          "the whole run will take about %d minutes: %d of training, %d of sampling%n",
          training.plus(sampling).toMinutes() + 1,
          training.toMinutes() + 1,
          sampling.toMinutes() + 1);
    }
    seen++;
  }
}
