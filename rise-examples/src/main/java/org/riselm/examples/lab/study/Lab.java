package org.riselm.examples.lab.study;

import com.google.common.base.Stopwatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.objective.Objectives;
import org.riselm.core.objective.PolicyGradient;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.Quickstart;
import org.riselm.examples.lab.toy.Exercise;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyExercise.Size;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.examples.lab.toy.ToyRecipe;
import org.riselm.onnx.OnnxPolicy;

/**
 * What all arms of one seed and size share: the base, which is trained once, the problems, the
 * budget and the evaluation. An arm begins with the base's parameters.
 */
public final class Lab implements AutoCloseable {
  /** Iterations that the pool of training problems is made for. */
  static final int ITERATIONS = 2;

  static final Exercise EXERCISE = new ToyExercise();
  static final Feedback NEUTRAL = Feedback.neutral(EXERCISE.feedback());

  private final Path folder;
  private final Scale scale;
  private final Size size;
  private final long seed;
  private final OnnxPolicy policy;
  private final ProblemSet problems;
  private final ProblemSet heldOut;
  private final List<Line> lines = new ArrayList<>();
  private String arm = "";
  private Stopwatch clock = Stopwatch.createUnstarted();
  private long trained;
  private long sampled;

  /**
   * How much is done.
   *
   * @param recipe of training
   * @param heldOut problems of an evaluation
   * @param samples K of an evaluation
   */
  public record Scale(ToyRecipe recipe, int heldOut, int samples) {
    /** The study's. */
    public static Scale standard() {
      return new Scale(EXERCISE.standard(), 500, 25);
    }

    /** Every step of it, in seconds. Learns nothing. */
    public static Scale tiny() {
      return new Scale(ToyRecipe.tiny(), 20, 25);
    }
  }

  /**
   * Trains the base, or takes the one that is there.
   *
   * @param folder of bases
   */
  public Lab(Path folder, Scale scale, Size size, long seed) throws IOException {
    this.folder = folder;
    this.scale = scale;
    this.size = size;
    this.seed = seed;
    ToyRecipe recipe = scale.recipe();
    problems =
        new ProblemSet(
            "training word problems",
            EXERCISE.train(seed("problems"), recipe.iterationProblems() * ITERATIONS),
            Quickstart.VERIFIER);
    heldOut =
        new ProblemSet(
            "held-out word problems",
            EXERCISE.heldOut(seed("held-out"), scale.heldOut()),
            Quickstart.VERIFIER);
    policy = ToyModel.create(new ToyExercise(size), folder, seed("weights"));
    Path base = base(folder);
    if (!Files.exists(base)) {
      policy.train(
          EXERCISE.corpus(seed("corpus"), recipe.baseExamples()),
          recipe.base(seed("base")),
          ProgressListener.NONE);
      policy.save(base);
    }
  }

  private Path base(Path folder) {
    return folder.resolve("%s-seed-%d".formatted(size, seed));
  }

  /** Runs {@code arm} from the base on, and gives its lines. */
  public List<Line> run(Path folder, Arm arm) throws IOException {
    policy.restore(base(folder));
    this.arm = arm.label();
    lines.clear();
    trained = 0;
    sampled = 0;
    clock = Stopwatch.createStarted();
    arm.run(this);
    return List.copyOf(lines);
  }

  OnnxPolicy policy() {
    return policy;
  }

  /** The problems of one iteration. */
  ProblemSet problems() {
    return new ProblemSet(
        problems.name(),
        problems.problems().subList(0, scale.recipe().iterationProblems()),
        problems.verifier());
  }

  ToyRecipe recipe() {
    return scale.recipe();
  }

  long seed(String use) {
    return Seeds.derive(seed, Seeds.coordinate(use));
  }

  /** RISE as the quickstart has it, self-distilled; an arm changes one thing. */
  RiseTrainerBuilder rise() {
    return settings(RiseTrainer.builder(policy, problems))
        .relabeler(Relabelers.bestOf(ToyRecipe.MORE_ANSWERS))
        .objective(Objectives.rewardWeighted(ToyRecipe.TAU))
        .turns(2);
  }

  /** {@code builder} with what all arms have in common. */
  RiseTrainerBuilder settings(RiseTrainerBuilder builder) {
    return builder
        .feedback(NEUTRAL)
        .problemsPerIteration(scale.recipe().iterationProblems())
        .sampling(EXERCISE.sampling())
        .training(scale.recipe().iteration())
        .seed(seed);
  }

  /** Trains for {@code iterations} iterations, and evaluates after each. */
  void iterate(RiseTrainerBuilder builder, int iterations, Feedback evaluationFeedback) {
    try (RiseTrainer trainer = builder.build()) {
      for (int k = 1; k <= iterations; k++) {
        var report = trainer.iterate();
        trained += report.training().tokens();
        sampled += report.collected().tokens() + report.relabeled().tokens();
        evaluate(k, evaluationFeedback);
      }
    }
  }

  /** Which gradient an iteration follows. */
  interface Gradients {
    /**
     * Returns the objective.
     *
     * @param base what the policy was at the start
     * @param share of the iterations that are done, in [0, 1)
     */
    PolicyGradient of(ScoringPolicy base, double share);
  }

  /** Follows gradients of the reward, each iteration on fresh episodes; evaluates at the end. */
  void followGradient(Gradients gradients) {
    ToyRecipe recipe = scale.recipe();
    int iterations = recipe.gradientIterations();
    try (OnnxPolicy base = copyOfBase();
        RiseTrainer trainer =
            settings(RiseTrainer.builder(policy, problems))
                .relabeler(Relabelers.none())
                .objectives(k -> gradients.of(base, (k - 1.0) / iterations))
                .turns(2)
                .episodesPerProblem(ToyRecipe.GRADIENT_GROUP)
                .problemsPerIteration(recipe.gradientAttempts() / (2 * ToyRecipe.GRADIENT_GROUP))
                .training(recipe.gradientIteration())
                .build()) {
      for (int k = 1; k <= iterations; k++) {
        var report = trainer.iterate();
        trained += report.training().tokens();
        sampled += report.collected().tokens();
      }
    }
    evaluate(1, NEUTRAL);
  }

  private OnnxPolicy copyOfBase() {
    try {
      OnnxPolicy copy = ToyModel.create(new ToyExercise(size), folder, seed("weights"));
      copy.restore(base(folder));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Trains on {@code examples} for as many steps as an iteration has, and evaluates. */
  void train(List<Example> examples, long sampledTokens) {
    TrainingSummary summary =
        policy.train(
            examples,
            TrainingRequest.of(scale.recipe().iteration(), policy).withSeed(seed("arm")),
            ProgressListener.NONE);
    trained += summary.tokens();
    sampled += sampledTokens;
    evaluate(1, NEUTRAL);
  }

  /** The same problems and seeds of draws for every arm. */
  void evaluate(int iteration, Feedback feedback) {
    EvaluationOptions options =
        EvaluationOptions.builder()
            .samplesPerProblem(scale.samples())
            .sampling(EXERCISE.sampling())
            .feedback(feedback)
            .build();
    Evaluation evaluation =
        new Evaluator(heldOut, options).evaluate(policy, seed, ProgressListener.NONE);
    lines.add(
        new Line(
            arm,
            size,
            seed,
            iteration,
            feedback.revealsOutcome(),
            trained,
            sampled,
            clock.elapsed(TimeUnit.MILLISECONDS) / 1000.0,
            evaluation.log()));
  }

  @Override
  public void close() {
    policy.close();
  }
}
