package org.riselm.examples.lab.bench.parts;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.EvaluationLog.LoggedTurn;
import org.riselm.core.evaluation.Interval;
import org.riselm.core.evaluation.Metric;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.MathVerifier;

/** Answers that are verified one by one, and metrics of an evaluation on 500 problems. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TaskParts {
  private static final int PROBLEMS = 500;
  private static final int TURNS = 5;
  private static final int SAMPLES = 5;

  private final MathVerifier verifier = new MathVerifier();
  private final Problem problem =
      Problem.of("fraction", "What is a third of 2 1/4?", "It is $\\boxed{\\frac{3}{4}}$.");
  private final String plain = "A third of 9/4 is 9/12, so the answer is \\boxed{3/4}.";
  private final String hard =
      "First, 2 1/4 = \\frac{9}{4}. ".repeat(10) + "The answer is \\boxed{\\dfrac{6}{8}}.";
  private final Metric parallel = Metric.majority(SAMPLES, 1, VoteRules.DEFAULT);
  private final Metric sequential = Metric.majority(1, TURNS, VoteRules.DEFAULT);
  private EvaluationLog log;

  /** Answers one of four, of which the first is right. */
  @Setup
  public void log() {
    Random random = new Random(1);
    List<EvaluationLog.Entry> entries = new ArrayList<>();
    for (int i = 0; i < PROBLEMS; i++) {
      List<List<LoggedTurn>> rollouts = new ArrayList<>();
      for (int k = 0; k < SAMPLES; k++) {
        List<LoggedTurn> turns = new ArrayList<>();
        for (int t = 0; t < (k == 0 ? TURNS : 1); t++) {
          int answer = random.nextInt(4);
          turns.add(new LoggedTurn(answer, answer == 0, 100, 0.5, false));
        }
        rollouts.add(turns);
      }
      entries.add(new EvaluationLog.Entry("p" + i, rollouts));
    }
    log = new EvaluationLog(TURNS, /* rollouts= */ 1, SAMPLES, entries);
  }

  @Benchmark
  public boolean verifyShortAnswer() {
    return verifier.correct(problem, plain);
  }

  @Benchmark
  public boolean verifyLongAnswer() {
    return verifier.correct(problem, hard);
  }

  /** m5@t1 with its interval. */
  @Benchmark
  public Interval majorityOfSamples() {
    return parallel.over(log, 1);
  }

  /** m1@t5 with its interval. */
  @Benchmark
  public Interval majorityOfTurns() {
    return sequential.over(log, 1);
  }

  /** The gain of revising over voting, with a bootstrap interval. */
  @Benchmark
  public Interval gain() {
    return sequential.minus(parallel, log, 1);
  }
}
