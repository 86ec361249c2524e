package org.riselm.core;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.internal.run.Branch;
import org.riselm.core.internal.run.ParameterSnapshots;
import org.riselm.core.internal.run.RunDirectory;
import org.riselm.core.internal.trainer.Cancellation;
import org.riselm.core.internal.trainer.EventPublisher;
import org.riselm.core.internal.trainer.PhaseDurations;
import org.riselm.core.internal.trainer.RunFingerprint;
import org.riselm.core.internal.trainer.RunStore;
import org.riselm.core.internal.trainer.StageRunner;
import org.riselm.core.internal.trainer.TrainerSettings;
import org.riselm.core.internal.util.Checks;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.objective.Objective;
import org.riselm.core.objective.Objectives;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.policy.spi.Provenance;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.relabel.Retention;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.run.RunOptions;
import org.riselm.core.task.ProblemSet;

/** Collects the settings of a {@link RiseTrainer}. Not thread-safe. */
public final class RiseTrainerBuilder {
  private final TrainablePolicy policy;
  private final ProblemSet problems;
  private RolloutOptions.Builder rollout;
  private final List<RiseListener> listeners = new ArrayList<>();
  private Relabeler relabeler = Relabelers.bestOf(16);
  private IntFunction<Objective> objectives =
      always(Objectives.rewardWeighted(Objectives.DEFAULT_TAU));
  private Retention retention = Retention.all();
  private IterationPlan plan = IterationPlan.continuing();
  private IntUnaryOperator turns = iteration -> iteration + 1;
  private int problemsPerIteration;
  private TrainingOptions training = TrainingOptions.ofDefaults();
  private Optional<ProblemSet> validationProblems = Optional.empty();
  private Optional<ProblemSet> evaluationProblems = Optional.empty();
  private UnaryOperator<EvaluationOptions.Builder> evaluation = UnaryOperator.identity();
  private boolean evaluateBase = true;
  private long seed;
  private @Nullable Path runDirectory;
  private @Nullable Branch branch;
  private RunOptions runOptions = RunOptions.ofDefaults();
  private LongSupplier nanoTime = System::nanoTime;

  RiseTrainerBuilder(TrainablePolicy policy, ProblemSet problems) {
    this.policy = requireNonNull(policy, "policy");
    this.problems = requireNonNull(problems, "problems");
    this.rollout = RolloutOptions.builder(problems.verifier());
    this.problemsPerIteration = problems.size();
  }

  /**
   * Sets where better responses come from; by default the best of 16 more of the policy's own.
   *
   * @param relabeler where better responses come from
   * @return this builder
   */
  public RiseTrainerBuilder relabeler(Relabeler relabeler) {
    this.relabeler = requireNonNull(relabeler, "relabeler");
    return this;
  }

  /**
   * Sets which relabeled attempts are learned; all by default.
   *
   * @param retention which relabeled attempts are learned
   * @return this builder
   */
  public RiseTrainerBuilder retention(Retention retention) {
    this.retention = requireNonNull(retention, "retention");
    return this;
  }

  /**
   * Sets what weights them; by default their reward, centered per problem, with τ = 0.4.
   *
   * @param objective what weights them
   * @return this builder
   */
  public RiseTrainerBuilder objective(Objective objective) {
    return objectives(always(requireNonNull(objective, "objective")));
  }

  /**
   * Sets what weights them in each iteration, from 1 on: for methods that have stages.
   *
   * @param objectives what weights them in each iteration
   * @return this builder
   */
  public RiseTrainerBuilder objectives(IntFunction<Objective> objectives) {
    this.objectives = requireNonNull(objectives, "objectives");
    return this;
  }

  private static IntFunction<Objective> always(Objective objective) {
    return iteration -> objective;
  }

  /**
   * Sets how iterations build on one another; by default each goes on from the last.
   *
   * @param plan how iterations build on one another
   * @return this builder
   */
  public RiseTrainerBuilder plan(IterationPlan plan) {
    this.plan = requireNonNull(plan, "plan");
    return this;
  }

  /**
   * Changes how episodes are unrolled: the history window, or whether they stop at a correct
   * response. The turns are set by {@link #turns(IntUnaryOperator)}.
   *
   * @param change what to change
   * @return this builder
   */
  public RiseTrainerBuilder rollout(UnaryOperator<RolloutOptions.Builder> change) {
    this.rollout = requireNonNull(change.apply(rollout), "rollout");
    return this;
  }

  /**
   * Sets the turns of the longest episode, at least 1, in every iteration.
   *
   * @param turns the turns of the longest episode
   * @return this builder
   */
  public RiseTrainerBuilder turns(int turns) {
    Checks.atLeastOne("turns", turns);
    return turns(iteration -> turns);
  }

  /**
   * Sets the turns of the longest episode by iteration, from 1 on; by default iteration + 1.
   *
   * @param turns the turns of the longest episode by iteration
   * @return this builder
   */
  public RiseTrainerBuilder turns(IntUnaryOperator turns) {
    this.turns = requireNonNull(turns, "turns");
    return this;
  }

  /**
   * Sets what is said between turns; by default {@link Feedback#truthful()}.
   *
   * @param feedback what is said between turns
   * @return this builder
   */
  public RiseTrainerBuilder feedback(Feedback feedback) {
    rollout.feedback(feedback);
    return this;
  }

  /**
   * Sets how responses are sampled; by default at temperature 1, up to 1000 tokens.
   *
   * @param sampling how responses are sampled
   * @return this builder
   */
  public RiseTrainerBuilder sampling(SamplingOptions sampling) {
    rollout.sampling(sampling);
    return this;
  }

  /**
   * Sets the episodes of each problem in an iteration, at least 1; 1 by default.
   *
   * @param episodes the episodes of each problem in an iteration
   * @return this builder
   */
  public RiseTrainerBuilder episodesPerProblem(int episodes) {
    rollout.episodesPerProblem(episodes);
    return this;
  }

  /**
   * Sets how many problems an iteration takes; all by default. Fewer are drawn without replacement,
   * over the iterations too, until too few are left; then all are shuffled again.
   *
   * @param count how many problems an iteration takes
   * @return this builder
   */
  public RiseTrainerBuilder problemsPerIteration(int count) {
    if (count < 1 || count > problems.size()) {
      throw new IllegalArgumentException(
          "problemsPerIteration is %d; 1 to %d, the size of problem set %s"
              .formatted(count, problems.size(), problems.name()));
    }
    this.problemsPerIteration = count;
    return this;
  }

  /**
   * Sets how the policy learns.
   *
   * @param training how the policy learns
   * @return this builder
   */
  public RiseTrainerBuilder training(TrainingOptions training) {
    this.training = requireNonNull(training, "training");
    return this;
  }

  /**
   * Sets the held-out problems, on which the base and the policy after each iteration are
   * evaluated; none by default.
   *
   * @param heldOut the held-out problems
   * @return this builder
   * @throws IllegalArgumentException if one of them is also trained on
   */
  public RiseTrainerBuilder evaluateOn(ProblemSet heldOut) {
    this.evaluationProblems = Optional.of(heldOut.requireDisjointFrom(problems));
    return this;
  }

  /**
   * Sets the problems that iterations are compared on, to stop early or to keep the best; by
   * default the held-out ones, which then are no longer a fair test.
   *
   * @param validation the problems that iterations are compared on
   * @return this builder
   * @throws IllegalArgumentException if one of them is also trained on
   */
  public RiseTrainerBuilder validateOn(ProblemSet validation) {
    this.validationProblems = Optional.of(validation.requireDisjointFrom(problems));
    return this;
  }

  /**
   * Changes how the policy is evaluated, such as the turns and the samples per problem. The history
   * window, the sampling and the feedback are those of training unless they are changed here.
   *
   * @param change what to change
   * @return this builder
   */
  public RiseTrainerBuilder evaluation(UnaryOperator<EvaluationOptions.Builder> change) {
    // Values out of range are refused here.
    requireNonNull(change.apply(EvaluationOptions.builder()), "evaluation");
    UnaryOperator<EvaluationOptions.Builder> before = evaluation;
    this.evaluation = builder -> change.apply(before.apply(builder));
    return this;
  }

  /**
   * Sets whether the base is evaluated before the first iteration; it is by default.
   *
   * @param evaluateBase whether the base is evaluated before the first iteration
   * @return this builder
   */
  public RiseTrainerBuilder evaluateBase(boolean evaluateBase) {
    this.evaluateBase = evaluateBase;
    return this;
  }

  /**
   * Sets the seed of the run; 0 by default.
   *
   * @param seed the seed of the run
   * @return this builder
   */
  public RiseTrainerBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Adds a listener.
   *
   * @param listener told about what happens
   * @return this builder
   */
  public RiseTrainerBuilder listener(RiseListener listener) {
    this.listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets where the run is kept, so that it survives its process; nowhere by default. A folder that
   * is new or empty begins a run there. A folder that holds one goes on with it: {@link #build}
   * gives the policy the parameters of the last checkpoint, and the trainer does not repeat what is
   * done. Then every setting but listeners, {@link #evaluateBase} and {@link #runOptions} must be
   * that of the run; {@link #branchFrom} begins another run with other settings.
   *
   * <p>The trainer must be {@linkplain RiseTrainer#close closed} to release the folder.
   *
   * @param folder where the run is kept
   * @return this builder
   */
  public RiseTrainerBuilder runDirectory(Path folder) {
    this.runDirectory = requireNonNull(folder, "folder");
    return this;
  }

  /**
   * Sets how the run directory is used, and how long user code may take.
   *
   * @param options how the run directory is used
   * @return this builder
   */
  public RiseTrainerBuilder runOptions(RunOptions options) {
    this.runOptions = requireNonNull(options, "options");
    return this;
  }

  /**
   * Begins this run with the parameters that another run had after an iteration: {@link #build}
   * gives them to the policy, and they are this run's base. Any setting may differ from that run's.
   * Once this run is on disk, it goes on from its own checkpoints and needs the other no longer.
   *
   * @param otherRun the other run's directory, which is only read; not {@link #runDirectory}
   * @param iteration whose checkpoint the other run must keep; 0 is its base
   * @return this builder
   */
  public RiseTrainerBuilder branchFrom(Path otherRun, int iteration) {
    this.branch = new Branch(otherRun, iteration);
    return this;
  }

  /** Sets what tells the time, which only reports show; for tests. */
  RiseTrainerBuilder nanoTime(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    return this;
  }

  /**
   * Builds the trainer.
   *
   * @return the trainer, which the caller closes
   * @throws org.riselm.core.run.RunException if the run directory cannot be used; says why, and
   *     shows what differs if its run has other settings
   * @throws IllegalArgumentException if two settings exclude each other
   */
  public RiseTrainer build() {
    policy.requireTrainable(training);
    TrainerSettings settings = settings();
    settings.requireValidFor(policy);
    RunDirectory directory = runDirectory == null ? null : open(runDirectory, settings);
    try {
      if (branch != null && (directory == null || directory.isNew())) {
        branch.restore(policy);
      }
      return trainer(settings, directory);
    } catch (RuntimeException e) {
      if (directory != null) {
        directory.close();
      }
      throw e;
    }
  }

  private TrainerSettings settings() {
    RolloutOptions unrolled = rollout.build();
    EvaluationOptions.Builder evaluated =
        EvaluationOptions.builder()
            .historyWindow(unrolled.historyWindow())
            .sampling(unrolled.sampling())
            .feedback(unrolled.feedback());
    return new TrainerSettings(
        new TrainerSettings.Problems(
            problems, problemsPerIteration, validationProblems, evaluationProblems),
        new TrainerSettings.Method(relabeler, objectives, retention, plan),
        unrolled,
        turns,
        training,
        evaluation.apply(evaluated).build(),
        seed);
  }

  private RunDirectory open(Path folder, TrainerSettings settings) {
    Map<String, String> configuration =
        new TreeMap<>(RunFingerprint.of(settings, policy.defaultLearningRate()));
    if (branch != null) {
      configuration.put("branchFrom", branch.toString());
    }
    RunDirectory directory =
        RunDirectory.open(
            folder,
            configuration,
            policy instanceof Provenance known ? known.provenance() : Map.of(),
            runOptions.checkpointInterval());
    if (policy instanceof DeviceMemoryMeter meter) {
      directory.meter(meter);
    }
    return directory;
  }

  private RiseTrainer trainer(TrainerSettings settings, @Nullable RunDirectory directory) {
    TrainablePolicy cancellable = Cancellation.cancellable(policy);
    PhaseDurations durations = new PhaseDurations();
    EventPublisher events = new EventPublisher(listeners, nanoTime, durations);
    RunStore store =
        new RunStore(
            directory,
            cancellable,
            runOptions.keepCheckpoints(),
            settings.scoring().orElse(Phase.EVALUATE),
            durations);
    StageRunner stages =
        new StageRunner(
            settings,
            store.caching(cancellable),
            policy instanceof ScoringPolicy scorer && !policy.samplesExactly()
                ? Optional.of(scorer)
                : Optional.empty(),
            events,
            store.responseCache(),
            runOptions);
    return new RiseTrainer(
        settings,
        stages,
        events,
        store,
        new ParameterSnapshots(directory, cancellable),
        durations,
        evaluateBase);
  }
}
