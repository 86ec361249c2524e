package org.riselm.examples.lab;

import com.google.common.base.Stopwatch;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationTables;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.objective.Objectives;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.run.RunDigest;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.Arguments;
import org.riselm.examples.Quickstart;
import org.riselm.examples.lab.toy.Exercise;
import org.riselm.examples.lab.toy.ShuffledReward;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.examples.lab.toy.ToyRecipe;
import org.riselm.onnx.OnnxPolicy;

/**
 * The main job from nothing, in minutes: trains a small language model from random weights to a
 * middling accuracy, lets RISE teach it to revise its own answers, and shows the difference on
 * held-out problems, at an equal number of sampled answers.
 */
public final class Showcase {
  private static final String RUN = "run";

  private final Exercise exercise;
  private final ShowcaseOptions options;
  private final ToyRecipe recipe;
  private final PrintStream out;
  private final ProblemSet heldOut;
  private final Map<String, Evaluation> stages = new LinkedHashMap<>();

  public Showcase(Exercise exercise, ShowcaseOptions options, ToyRecipe recipe, PrintStream out) {
    this.exercise = exercise;
    this.options = options;
    this.recipe = recipe;
    this.out = out;
    heldOut =
        new ProblemSet(
            "held-out word problems",
            exercise.heldOut(seed("held-out"), options.problems()),
            Quickstart.VERIFIER);
  }

  /** Runs the quickstart's task with controls and a summary. */
  public static void main(String[] args) {
    main(Showcase.class, new ToyExercise(), args);
  }

  /**
   * Runs a showcase, or says which options there are.
   *
   * @param program by whose name it is started
   * @param args its options
   */
  public static void main(Class<?> program, Exercise exercise, String... args) {
    Arguments.run(
        ShowcaseOptions.usage(program),
        args,
        given -> ShowcaseOptions.parse(program, given),
        options -> {
          ToyRecipe recipe =
              switch (options.scale()) {
                case STANDARD -> exercise.standard();
                case TINY -> ToyRecipe.tiny();
              };
          new Showcase(exercise, options, recipe, System.out).run();
        });
  }

  /** Everything, from random weights to the table and {@code summary.json}. */
  public void run() throws IOException {
    Stopwatch clock = Stopwatch.createStarted();
    if (!options.resume()) {
      emptied("base");
      emptied(RUN);
    }
    Path base = options.out().resolve("base");
    try (OnnxPolicy policy = ToyModel.create(exercise, options.out(), seed("weights"))) {
      trainOrRestoreBase(policy, base);
      Rise rise = rise(policy);
      policy.save(emptied("revised"));
      if (options.controls()) {
        policy.restore(base);
        controlSingleTurn(policy, rise.tokens());
        policy.restore(base);
        controlShuffledRewards(policy, rise.before().firstTurn().estimate());
      }
      report(rise.after(), clock.elapsed(TimeUnit.MILLISECONDS) / 1000.0);
    }
    RunDigest digest = RunDigest.of(options.out().resolve(RUN));
    out.printf("final %s %s%n", digest.parameters(), digest.episodes());
  }

  /** The base is saved in one step, so if it is there, it is whole. */
  void trainOrRestoreBase(TrainablePolicy policy, Path base) throws IOException {
    Path madeBy = options.out().resolve("base.txt");
    String recipeAndSeed = "%s, seed %d%n".formatted(recipe, options.seed());
    if (Files.exists(base)) {
      String found = Files.exists(madeBy) ? Files.readString(madeBy) : "unknown\n";
      if (!found.equals(recipeAndSeed)) {
        throw new IOException(
            "%s was trained by %sand this run is of %sgo on with the old options, or name another folder"
                .formatted(base, found, recipeAndSeed));
      }
      policy.restore(base);
      return;
    }
    Files.writeString(madeBy, recipeAndSeed);
    policy.train(
        exercise.corpus(seed("corpus"), recipe.baseExamples()),
        recipe.base(seed("base")),
        new ConsoleProgress(out, "base").training("train"));
    policy.save(base);
  }

  /**
   * What RISE did.
   *
   * @param before the base
   * @param after the last iteration
   * @param tokens that the iterations trained on
   */
  private record Rise(Evaluation before, Evaluation after, long tokens) {}

  /** The method: evaluate, then iterate. */
  private Rise rise(TrainablePolicy policy) {
    Relabeler relabeler =
        switch (options.relabel()) {
          case TEACHER -> exercise.teacher();
          case SELF -> Relabelers.bestOf(ToyRecipe.MORE_ANSWERS);
        };
    try (RiseTrainer trainer =
        trainer(policy, relabeler, Quickstart.VERIFIER)
            .listener(new ConsoleProgress(out, ""))
            .runDirectory(options.out().resolve(RUN))
            .build()) {
      if (trainer.iterations() == 0) {
        trainer.evaluate();
      }
      while (trainer.iterations() < options.iterations()) {
        trainer.iterate();
      }
      trainer
          .evaluations()
          .forEach((k, evaluation) -> stages.put(k == 0 ? "base" : "iteration " + k, evaluation));
      List<Evaluation> found = List.copyOf(trainer.evaluations().values());
      return new Rise(
          found.get(0),
          found.get(found.size() - 1),
          trainer.reports().stream().mapToLong(r -> r.training().tokens()).sum());
    }
  }

  /** A trainer as the showcase has it, that nobody listens to and whose run is not kept. */
  RiseTrainerBuilder trainer(TrainablePolicy policy, Relabeler relabeler, Verifier reward) {
    ProblemSet problems =
        new ProblemSet(
            "training word problems",
            exercise.train(seed("problems"), recipe.iterationProblems() * options.iterations()),
            reward);
    return RiseTrainer.builder(policy, problems)
        .relabeler(relabeler)
        .objective(Objectives.rewardWeighted(ToyRecipe.TAU))
        .feedback(Feedback.neutral(exercise.feedback()))
        // A right answer is followed by a second turn too, so that the model learns to keep it.
        .problemsPerIteration(recipe.iterationProblems())
        .sampling(exercise.sampling())
        .turns(exercise::turns)
        .training(recipe.iteration())
        .evaluateOn(heldOut)
        .seed(options.seed());
  }

  /** Do more true answers help as much, without a second turn? */
  private void controlSingleTurn(TrainablePolicy policy, long tokens) {
    String name = "single-turn SFT";
    SingleTurnData data =
        SingleTurnData.of(exercise, seed("single-turn"), tokens, recipe.batchSize());
    policy.train(
        data.examples(),
        recipe.iteration(data.steps(), seed("single-turn training")),
        new ConsoleProgress(out, name).training("train"));
    stages.put(
        "control: " + name,
        trainer(policy, Relabelers.reference(), Quickstart.VERIFIER)
            .listener(new ConsoleProgress(out, name))
            .build()
            .evaluate());
  }

  /** Does the reward matter? Self-distillation, with as many rewards as the base earned. */
  private void controlShuffledRewards(TrainablePolicy policy, double share) {
    String name = "shuffled rewards";
    Verifier reward = new ShuffledReward(Quickstart.VERIFIER, share, seed(name));
    RiseTrainer trainer =
        trainer(policy, Relabelers.bestOf(ToyRecipe.MORE_ANSWERS), reward)
            .listener(new ConsoleProgress(out, name))
            .build();
    for (int k = 1; k <= options.iterations(); k++) {
      stages.put("control: " + name, trainer.iterate().evaluation().orElseThrow());
    }
  }

  private void report(Evaluation revised, double wallSeconds) throws IOException {
    out.println();
    out.println(EvaluationTables.compare(stages));
    Transcript.pick(revised.episodes())
        .ifPresent(
            episode ->
                out.printf("A held-out problem, after RISE:%n%n%s%n", Transcript.of(episode)));
    out.print(exercise.lesson());
    Path summary = options.out().resolve("summary.json");
    Summary.write(summary, options.problems(), options.seed(), wallSeconds, stages);
    out.printf(
        Locale.ROOT,
        "%n%.0f seconds. Models and summary.json are in %s%n",
        wallSeconds,
        options.out());
  }

  private long seed(String use) {
    return Seeds.derive(options.seed(), Seeds.coordinate(use));
  }

  /** A folder of this program's own from an earlier run, deleted. */
  private Path emptied(String name) throws IOException {
    Path folder = options.out().resolve(name);
    if (Files.exists(folder)) {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    return folder;
  }
}
