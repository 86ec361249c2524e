package org.riselm.core;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.internal.rollout.Deadline;
import org.riselm.core.internal.run.ParameterSnapshots;
import org.riselm.core.internal.run.RunDirectory;
import org.riselm.core.internal.trainer.Cancellation;
import org.riselm.core.internal.trainer.EventPublisher;
import org.riselm.core.internal.trainer.RunFingerprint;
import org.riselm.core.internal.trainer.RunStore;
import org.riselm.core.internal.trainer.TrainerSettings;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.objective.Objective;
import org.riselm.core.objective.Objectives;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.policy.spi.Provenance;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.relabel.Retention;
import org.riselm.core.task.ProblemSet;

/** Collects the settings of a {@link RiseTrainer}. Not thread-safe. */
public final class RiseTrainerBuilder {
  /** The paper's longest response, in tokens. */
  private static final int DEFAULT_MAX_NEW_TOKENS = 1000;

  private static final int DEFAULT_CHECKPOINTS = 2;

  private final TrainablePolicy policy;
  private final ProblemSet problems;
  private final List<RiseListener> listeners = new ArrayList<>();
  private Relabeler relabeler = Relabelers.bestOf(16);
  private IntFunction<Objective> objective =
      always(Objectives.rewardWeighted(Objectives.DEFAULT_TAU));
  private Retention retention = Retention.all();
  private IterationPlan plan = IterationPlan.continuing();
  private @Nullable ProblemSet validationProblems;
  private Feedback feedback = Feedback.truthful();
  private HistoryWindow historyWindow = HistoryWindow.latest();
  private IntUnaryOperator turns = iteration -> iteration + 1;
  private boolean stopWhenCorrect;
  private int problemsPerIteration;
  private int episodesPerProblem = 1;
  private SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(DEFAULT_MAX_NEW_TOKENS);
  private TrainingOptions training = TrainingOptions.ofDefaults();
  private @Nullable ProblemSet evaluationProblems;
  private @Nullable Feedback evaluationFeedback;
  private int evaluationTurns = 5;
  private int evaluationSamples = 5;
  private int evaluationRollouts = 1;
  private VoteRules evaluationVote = VoteRules.DEFAULT;
  private long seed;
  private Ticker ticker = Ticker.systemTicker();
  private @Nullable Path runDirectory;
  private int checkpoints = DEFAULT_CHECKPOINTS;
  private Duration callDeadline = Duration.ofMinutes(1);
  private Duration checkpointInterval = Duration.ofMinutes(10);

  RiseTrainerBuilder(TrainablePolicy policy, ProblemSet problems) {
    this.policy = requireNonNull(policy, "policy");
    this.problems = requireNonNull(problems, "problems");
    this.problemsPerIteration = problems.size();
  }

  /** Where better responses come from; by default the best of 16 further draws of its own. */
  public RiseTrainerBuilder relabeler(Relabeler relabeler) {
    this.relabeler = requireNonNull(relabeler, "relabeler");
    return this;
  }

  /** Which of them are learned; by default all. */
  public RiseTrainerBuilder retention(Retention retention) {
    this.retention = requireNonNull(retention, "retention");
    return this;
  }

  /** How they are weighed; by default by reward, centered per problem, with τ = 0.4. */
  public RiseTrainerBuilder objective(Objective objective) {
    return objectives(always(requireNonNull(objective, "objective")));
  }

  /** How they are weighed by iteration, which counts from 1: for methods that have stages. */
  public RiseTrainerBuilder objectives(IntFunction<Objective> objectives) {
    this.objective = requireNonNull(objectives, "objectives");
    return this;
  }

  private static IntFunction<Objective> always(Objective objective) {
    return iteration -> objective;
  }

  /** How iterations build on one another; by default each goes on from the last. */
  public RiseTrainerBuilder plan(IterationPlan plan) {
    this.plan = requireNonNull(plan, "plan");
    return this;
  }

  /** What is said between turns; by default the truth. */
  public RiseTrainerBuilder feedback(Feedback feedback) {
    this.feedback = requireNonNull(feedback, "feedback");
    return this;
  }

  /** Which earlier turns the policy sees, in training and in evaluation; by default the latest. */
  public RiseTrainerBuilder historyWindow(HistoryWindow window) {
    this.historyWindow = requireNonNull(window, "window");
    return this;
  }

  /** Longest episode in every iteration. */
  public RiseTrainerBuilder turns(int turns) {
    requireAtLeastOne("turns", turns);
    return turns(iteration -> turns);
  }

  /** Longest episode by iteration, which counts from 1; by default the iteration + 1. */
  public RiseTrainerBuilder turns(IntUnaryOperator turns) {
    this.turns = requireNonNull(turns, "turns");
    return this;
  }

  /**
   * Whether a right answer ends an episode in training, as in the paper. By default it does not:
   * turns after a right answer teach the policy to keep it.
   */
  public RiseTrainerBuilder stopWhenCorrect(boolean stop) {
    this.stopWhenCorrect = stop;
    return this;
  }

  /**
   * How many problems an iteration takes; by default all. Fewer are drawn without replacement, over
   * the iterations too, until too few are left; then all are shuffled anew.
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

  /** How many episodes each problem gets in an iteration; by default 1. */
  public RiseTrainerBuilder episodesPerProblem(int count) {
    this.episodesPerProblem = requireAtLeastOne("episodesPerProblem", count);
    return this;
  }

  /** How the policy answers; by default at temperature 1, with at most 1000 tokens. */
  public RiseTrainerBuilder sampling(SamplingOptions sampling) {
    this.sampling = requireNonNull(sampling, "sampling");
    return this;
  }

  /** How it learns. The seed in it is replaced: each iteration derives one from the run's seed. */
  public RiseTrainerBuilder training(TrainingOptions training) {
    this.training = requireNonNull(training, "training");
    return this;
  }

  /**
   * The held-out problems; by default there are none, and no evaluation.
   *
   * @throws IllegalArgumentException if one of them is also trained on
   */
  public RiseTrainerBuilder evaluateOn(ProblemSet heldOut) {
    this.evaluationProblems = heldOut.requireDisjointFrom(problems);
    return this;
  }

  /**
   * The problems that iterations are compared on, to stop early or to keep the best; by default the
   * held-out ones, which then are no longer a fair test.
   *
   * @throws IllegalArgumentException if one of them is also trained on
   */
  public RiseTrainerBuilder validateOn(ProblemSet validation) {
    this.validationProblems = validation.requireDisjointFrom(problems);
    return this;
  }

  /** T, the turns of an evaluation; by default 5. */
  public RiseTrainerBuilder evaluationTurns(int turns) {
    this.evaluationTurns = requireAtLeastOne("evaluationTurns", turns);
    return this;
  }

  /** K, the parallel answers of an evaluation; by default 5. */
  public RiseTrainerBuilder evaluationSamples(int samples) {
    this.evaluationSamples = requireAtLeastOne("evaluationSamples", samples);
    return this;
  }

  /**
   * R, the sequential rollouts of an evaluation per problem; by default 1. More give the metrics
   * m<i>K</i>@t<i>T</i> with both above 1; no more than the {@link #evaluationSamples}.
   */
  public RiseTrainerBuilder evaluationRollouts(int rollouts) {
    this.evaluationRollouts = requireAtLeastOne("evaluationRollouts", rollouts);
    return this;
  }

  /** How an evaluation counts votes; by default ties go to the answer that was given first. */
  public RiseTrainerBuilder evaluationVote(VoteRules rules) {
    this.evaluationVote = requireNonNull(rules, "rules");
    return this;
  }

  /** What is said between the turns of an evaluation; by default what training says. */
  public RiseTrainerBuilder evaluationFeedback(Feedback feedback) {
    this.evaluationFeedback = requireNonNull(feedback, "feedback");
    return this;
  }

  /** Seed of the run; by default 0. */
  public RiseTrainerBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Adds a listener. */
  public RiseTrainerBuilder listener(RiseListener listener) {
    this.listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Where the run is kept, so that it survives its process; by default nowhere. A folder that is
   * new or empty begins a run there. A folder that holds one goes on with it: {@link #build} gives
   * the policy the parameters of the last checkpoint, and the trainer does not repeat what is done.
   * Then every setting but listeners, {@link #keepCheckpoints}, {@link #checkpointEvery} and {@link
   * #callDeadline} must be that of the run.
   *
   * <p>The trainer must be {@linkplain RiseTrainer#close closed} to let go of the folder.
   */
  public RiseTrainerBuilder runDirectory(Path folder) {
    this.runDirectory = requireNonNull(folder, "folder");
    return this;
  }

  /** How many of the latest checkpoints stay, besides the best and the base; by default 2. */
  public RiseTrainerBuilder keepCheckpoints(int count) {
    this.checkpoints = requireAtLeastOne("keepCheckpoints", count);
    return this;
  }

  /**
   * How long after a checkpoint within a training the next is due; by default 10 minutes. A process
   * that dies in a training loses at most the steps since the last. Zero has one after every step.
   */
  public RiseTrainerBuilder checkpointEvery(Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException("checkpointEvery is " + interval + "; 0 or more");
    }
    this.checkpointInterval = interval;
    return this;
  }

  /**
   * The longest that one call of a verifier, a feedback or a reference solution may take; by
   * default a minute. A call that takes longer is given up and counts as failed: it is recorded on
   * its turn, with reward 0. Calls are made on a thread of their own, one after the other; one that
   * is given up is interrupted, and may still be under way when the next is made.
   */
  public RiseTrainerBuilder callDeadline(Duration longest) {
    Deadline.of(longest);
    this.callDeadline = longest;
    return this;
  }

  /** What tells the time, which only reports show. For tests. */
  public RiseTrainerBuilder ticker(Ticker ticker) {
    this.ticker = requireNonNull(ticker, "ticker");
    return this;
  }

  /**
   * The trainer.
   *
   * @throws org.riselm.core.run.RunException if the run directory cannot be used; says why, and
   *     shows what differs if its run has another configuration
   */
  public RiseTrainer build() {
    policy.requireTrainable(training);
    EvaluationOptions evaluation =
        EvaluationOptions.builder()
            .turns(evaluationTurns)
            .samplesPerProblem(evaluationSamples)
            .episodesPerProblem(evaluationRollouts)
            .historyWindow(historyWindow)
            .sampling(sampling)
            .feedback(evaluationFeedback == null ? feedback : evaluationFeedback)
            .vote(evaluationVote)
            .build();
    TrainerSettings options =
        new TrainerSettings(
            Cancellation.cancellable(policy),
            problems,
            relabeler,
            objective,
            retention,
            plan,
            feedback,
            historyWindow,
            turns,
            stopWhenCorrect,
            problemsPerIteration,
            episodesPerProblem,
            sampling,
            training,
            Optional.ofNullable(validationProblems),
            Optional.ofNullable(evaluationProblems),
            evaluation,
            seed,
            Deadline.of(callDeadline));
    if (plan.replay() > 0 && objective.apply(1).onPolicy()) {
      throw new IllegalArgumentException(
          "the plan learns earlier examples again, but the weights of objective %s are right only for the policy that made them; use IterationPlan.continuing()"
              .formatted(objective.apply(1)));
    }
    EventPublisher announcer = new EventPublisher(listeners, ticker);
    if (runDirectory == null) {
      return trainer(options, null, announcer);
    }
    RunDirectory directory =
        RunDirectory.open(
            runDirectory, RunFingerprint.of(options), environment(policy), checkpointInterval);
    if (policy instanceof DeviceMemoryMeter work) {
      directory.meter(work);
    }
    try {
      return trainer(options, directory, announcer);
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private RiseTrainer trainer(
      TrainerSettings options, @Nullable RunDirectory directory, EventPublisher announcer) {
    TrainerSettings recorded =
        directory == null
            ? options.guarded()
            : options.guarded().with(directory.recorded(options.policy()));
    Phase scoring = options.scoring().orElse(Phase.EVALUATE);
    RunStore run = new RunStore(directory, options.policy(), checkpoints, scoring, announcer);
    return new RiseTrainer(
        recorded, announcer, run, new ParameterSnapshots(directory, options.policy()));
  }

  private static Map<String, String> environment(TrainablePolicy policy) {
    return policy instanceof Provenance known ? known.provenance() : Map.of();
  }

  private static int requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; 1 or more");
    }
    return value;
  }
}
