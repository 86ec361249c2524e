package org.riselm.core;

import com.google.common.base.Suppliers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.riselm.core.IterationPlan.Start;
import org.riselm.core.IterationReport.RelabelStats;
import org.riselm.core.IterationReport.RolloutStats;
import org.riselm.core.RiseListener.IterationFinished;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.internal.run.ParameterSnapshots;
import org.riselm.core.internal.run.StageCodec.Collected;
import org.riselm.core.internal.run.StageCodec.Targets;
import org.riselm.core.internal.run.StageCodec.Trained;
import org.riselm.core.internal.trainer.Cancellation;
import org.riselm.core.internal.trainer.Evaluations;
import org.riselm.core.internal.trainer.EventPublisher;
import org.riselm.core.internal.trainer.PhaseDurations;
import org.riselm.core.internal.trainer.RunStore;
import org.riselm.core.internal.trainer.StageRunner;
import org.riselm.core.internal.trainer.TrainerSettings;
import org.riselm.core.internal.trainer.TrainingSets;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Example;
import org.riselm.core.objective.WeightedExamples;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.task.ProblemSet;

/**
 * RISE: trains a policy to find and correct its own mistakes over several turns (Recursive
 * Introspection, arXiv 2407.18219).
 *
 * <p>Departures from the paper and its released code, each with a builder option where there is a
 * choice:
 *
 * <ul>
 *   <li>Each iteration goes on from the last parameters, on its own examples only. The paper
 *       restarts from the base model on the examples of all iterations: {@link
 *       IterationPlan#restarting}.
 *   <li>Weights are centered per problem, as the paper says and the released code does not.
 *   <li>An episode goes on after a right answer, so that the policy learns to keep it. The paper
 *       stops there, and never trains a turn after a right one.
 *   <li>Feedback is truthful. The paper says "incorrect" in evaluation even after a right answer.
 *   <li>A state shows the latest attempt only, in training and in evaluation. The paper shows as
 *       many as the policy was trained on, a number that grows with the iterations.
 *   <li>Every state that the learner reached is relabeled, the first turn's too, and a target that
 *       scores below the learner's own response is never taken. The paper relabels the last turn.
 *   <li>The loss sums over tokens and is normalized by the weights; the released code takes the
 *       mean per response and does not normalize.
 *   <li>Every draw has a seed of its own. Nothing in the released code is seeded.
 * </ul>
 *
 * <p>With a {@linkplain RiseTrainerBuilder#runDirectory run directory} a run survives its process:
 * the same program on the same directory goes on from the last complete stage, and ends with the
 * same parameters and episodes as if it had never stopped.
 *
 * <p>The caller owns the policy and closes it. One thread at a time may iterate, run or evaluate; a
 * second one, and a listener that does so, get an {@link IllegalStateException}. Any thread may
 * {@link #close}.
 */
public final class RiseTrainer implements AutoCloseable {
  private final TrainerSettings settings;
  private final IterationPlan plan;
  private final StageRunner stages;
  private final EventPublisher events;
  private final RunStore run;
  private final ParameterSnapshots snapshots;
  private final PhaseDurations durations;
  private final Evaluations evaluations;
  private final boolean evaluateBase;
  private final Cancellation cancellation = new Cancellation();
  private final List<IterationReport> reports = new ArrayList<>();
  private final SortedMap<Integer, List<Example>> learned = new TreeMap<>();
  private int iterations;
  // Whose parameters the policy has; another than the last after keeping the best.
  private int currentIteration;

  RiseTrainer(
      TrainerSettings settings,
      StageRunner stages,
      EventPublisher events,
      RunStore run,
      ParameterSnapshots snapshots,
      PhaseDurations durations,
      boolean evaluateBase) {
    this.settings = settings;
    this.plan = settings.plan();
    this.stages = stages;
    this.events = events;
    this.run = run;
    this.snapshots = snapshots;
    this.durations = durations;
    this.evaluateBase = evaluateBase;
    this.evaluations = new Evaluations(settings, stages, run, events);
    currentIteration = run.trained();
    while (run.contains(iterations + 1, settings.lastPhase())) {
      reports.add(iteration(iterations + 1));
    }
    run.prune(run.trained());
    if (plan.start() == Start.BASE || plan.keepBest()) {
      snapshots.save(0);
    }
  }

  /**
   * Starts a trainer of {@code policy} on {@code problems}; everything else has a default.
   *
   * @param policy the policy to train; it stays open
   * @param problems the problems to train on
   * @return a builder of the trainer
   */
  public static RiseTrainerBuilder builder(TrainablePolicy policy, ProblemSet problems) {
    return new RiseTrainerBuilder(policy, problems);
  }

  /** {@return how many iterations are done; those that a run directory holds count} */
  public int iterations() {
    return iterations;
  }

  /** {@return what each iteration did, in order; those that a run directory holds too} */
  public List<IterationReport> reports() {
    return List.copyOf(reports);
  }

  /** {@return what each evaluation found, by the iteration it came after; 0 is the base} */
  public SortedMap<Integer, Evaluation> evaluations() {
    return evaluations.byIteration();
  }

  /**
   * Does one iteration: collect, relabel, weigh, train, evaluate. Before the first, the base is
   * evaluated, unless {@link RiseTrainerBuilder#evaluateBase} says otherwise. With a run directory,
   * stages that an earlier process completed are not done again.
   *
   * <p>If it throws before the training is done, the same iteration can be tried again. If the
   * thread is interrupted, or the trainer closed, it stops at the next step of the policy.
   *
   * @return what the iteration did
   * @throws IllegalStateException if no attempt left anything to learn
   * @throws java.util.concurrent.CancellationException if it was stopped
   */
  public IterationReport iterate() {
    return cancellation.runExclusively(this::next);
  }

  private IterationReport next() {
    evaluateBase();
    IterationReport report = iteration(iterations + 1);
    reports.add(report);
    run.prune(iterations);
    events.publish(l -> l.iterationFinished(new IterationFinished(report)));
    return report;
  }

  /**
   * Iterates until {@code most} iterations are done, those of earlier processes counted, or the
   * {@linkplain IterationPlan#patience plan} stops. If the plan keeps the best, the policy then has
   * the parameters of the best score: m1@tT on the validation problems, or else the held-out ones.
   *
   * @param most the iterations in all; 1 or more
   * @return the iteration whose parameters the policy has; 0 is the base
   * @throws java.util.concurrent.CancellationException if it was stopped, as {@link #iterate} can
   *     be
   */
  public int run(int most) {
    return cancellation.runExclusively(
        () -> {
          evaluateBase();
          while (iterations < most && !outOfPatience()) {
            next();
          }
          if (plan.keepBest() && !run.scores().isEmpty()) {
            restoreIfNeeded(run.scores().best());
          }
          return currentIteration;
        });
  }

  private boolean outOfPatience() {
    return plan.patience() > 0 && run.scores().sinceBest() >= plan.patience();
  }

  private IterationReport iteration(int k) {
    durations.drain();
    if (run.trained() < k) {
      restoreIfNeeded(k - 1);
    }
    // Unroll the current policy on its own mistakes: K = k + 1 turns by default (section 4.2).
    Collected collected = run.loadOrRun(k, Phase.COLLECT, Collected.CODEC, () -> stages.collect(k));
    List<Episode> episodes = collected.episodes();
    // Find a better response for every state it reached, the first turn's too (section 4.2).
    List<Attempt> attempts = Attempt.in(episodes, settings.rollout().historyWindow());
    Targets targets =
        run.loadOrRun(k, Phase.RELABEL, Targets.codec(attempts), () -> stages.relabel(k, attempts));
    // Weigh by reward, centered per problem (section 3.2, equation 3.6).
    Supplier<WeightedExamples> weighted = Suppliers.memoize(() -> weigh(k, targets));
    // Learn, from the last parameters on, or from the base on everything so far (section 4.2).
    Supplier<WeightedExamples> trainingSet =
        Suppliers.memoize(
            () -> TrainingSets.of(plan, k, weighted.get(), learnedBefore(k), settings.seed()));
    Trained trained =
        run.loadOrRun(
            k,
            Phase.TRAIN,
            Trained.codec(trainingSet),
            () -> train(k, trainingSet.get(), episodes));
    currentIteration = Math.max(currentIteration, k);
    if (!run.onDisk()) {
      iterations = k; // The parameters have changed, and nothing could bring them back.
    }
    if (plan.replay() > 0) {
      learned.put(k, weighted.get().examples());
    }
    Optional<Evaluation> validation = evaluations.evaluate(Phase.VALIDATE, k);
    Optional<Evaluation> evaluation = evaluations.evaluate(Phase.EVALUATE, k);
    iterations = k;
    snapshot(k);
    return new IterationReport(
        k,
        RolloutStats.of(episodes, collected.divergence()),
        RelabelStats.of(targets.relabeled(), targets.tokens()),
        trained.weights(),
        trained.summary(),
        validation,
        evaluation,
        durations.drain());
  }

  private WeightedExamples weigh(int k, Targets targets) {
    WeightedExamples all =
        settings.isWarmStart(k)
            ? new WeightedExamples(plan.warmStart(), 0)
            : settings
                .objectiveOf(k)
                .weigh(settings.method().retention().keep(targets.relabeled()));
    return all.only(stages.learner()::fits);
  }

  private List<Example> learnedBefore(int k) {
    return learned.headMap(k).values().stream().flatMap(List::stream).toList();
  }

  private Trained train(int k, WeightedExamples trainingSet, List<Episode> episodes) {
    if (plan.start() == Start.BASE && !trainingSet.examples().isEmpty()) {
      snapshots.restore(0);
    }
    return stages.train(k, trainingSet, episodes);
  }

  /** Gives the policy the parameters of iteration {@code k}, if it has others. */
  private void restoreIfNeeded(int k) {
    if (currentIteration != k) {
      snapshots.restore(k);
      currentIteration = k;
    }
  }

  /** Keeps the best parameters and the last; a run directory has them anyway. */
  private void snapshot(int k) {
    if (plan.keepBest()) {
      snapshots.save(k);
      int best = run.scores().isEmpty() ? k : run.scores().best();
      snapshots.keepOnly(new TreeSet<>(List.of(0, best, k)));
    }
  }

  /**
   * Evaluates the policy as it is; before the first iteration, that is the base. An evaluation that
   * the run directory holds is not done again.
   *
   * @return the evaluation
   * @throws IllegalStateException if the trainer has no problems to evaluate on
   * @throws java.util.concurrent.CancellationException if it was stopped, as {@link #iterate} can
   *     be
   */
  public Evaluation evaluate() {
    if (settings.problemsOf(Phase.EVALUATE).isEmpty()) {
      throw new IllegalStateException(
          "there are no problems to evaluate on; give some to RiseTrainerBuilder.evaluateOn");
    }
    return cancellation.runExclusively(
        () -> evaluations.evaluate(Phase.EVALUATE, currentIteration).orElseThrow());
  }

  private void evaluateBase() {
    if (evaluateBase && iterations == 0 && currentIteration == 0) {
      evaluations.evaluateBase();
    }
  }

  /**
   * Releases the run directory. From another thread than the one at work, it first interrupts that
   * one, which stops at the next step, and waits for it. From a listener it returns at once: the
   * run stops at the next step, and then the run directory is released. The policy stays open.
   */
  @Override
  public void close() {
    cancellation.cancelAndClose(
        () -> {
          snapshots.close();
          run.close();
        });
  }
}
