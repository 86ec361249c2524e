package org.riselm.examples.lab.real;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.IterationPlan;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.evaluation.EvaluationTables;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.run.RunDigest;
import org.riselm.core.task.ProblemSet;

/**
 * The paper's recipe: a supervised first step, then iterations of one arm, and what they change.
 */
final class RealRun {
  private static final String BOOSTED = "boosted";

  private final RealTask task;
  private final RealRecipe recipe;
  private final RealArm arm;
  private final Feedback feedback;
  private final int iterations;
  private final long seed;
  private final Path folder;
  private final PrintStream out;

  RealRun(
      RealTask task,
      RealRecipe recipe,
      RealArm arm,
      boolean truthful,
      int iterations,
      long seed,
      Path folder,
      PrintStream out) {
    this.task = task;
    this.recipe = recipe;
    this.arm = arm;
    this.feedback = truthful ? Feedback.truthful() : Feedback.neutral(RealTask.FEEDBACK);
    this.iterations = iterations;
    this.seed = seed;
    this.folder = folder;
    this.out = out;
  }

  private long seed(String use) {
    return Seeds.derive(seed, Seeds.coordinate(use));
  }

  /** Runs what the folder does not hold yet, shows the whole, and returns its evaluations. */
  Map<String, Evaluation> run(TrainablePolicy policy) throws IOException {
    Map<String, Evaluation> stages;
    if (arm.trains()) {
      boost(policy);
    }
    ProblemSet train = task.train(seed("train"), recipe.problems() * RealRecipe.ITERATIONS);
    ProblemSet heldOut = task.heldOut(seed("held-out"), recipe.heldOut());
    Path run = folder.resolve(arm.label());
    try (RiseTrainer trainer =
        settings(arm.trainer(policy, train))
            .problemsPerIteration(Math.min(recipe.problems(), train.size()))
            .training(recipe.iteration())
            .evaluateOn(heldOut)
            .runDirectory(run)
            .listener(new ConsoleProgress(out, arm.label()))
            .build()) {
      if (trainer.iterations() == 0) {
        refuseNothingRight(trainer.evaluate());
      }
      if (arm.trains()) {
        trainer.run(iterations);
      }
      stages = stages(List.copyOf(trainer.evaluations().values()));
      show(stages, heldOut);
    }
    RunDigest digest = RunDigest.of(run);
    out.printf("final %s %s%n", digest.parameters(), digest.episodes());
    return stages;
  }

  /** The supervised first step; the paper's base needs one to have a second turn at all. */
  private void boost(TrainablePolicy policy) {
    ProblemSet unused = task.train(seed("boosting"), 16);
    RiseListener estimate =
        Files.exists(folder.resolve(BOOSTED)) ? new RiseListener() {} : estimate(policy, unused);
    IterationPlan plan =
        IterationPlan.builder()
            .warmStart(task.transcripts(seed("transcripts"), recipe.transcripts()))
            .build();
    try (RiseTrainer boosting =
        settings(RiseTrainer.builder(policy, unused))
            .plan(plan)
            .training(recipe.boosting())
            .runDirectory(folder.resolve(BOOSTED))
            .listener(new ConsoleProgress(out, "boosting"))
            .listener(estimate)
            .build()) {
      boosting.run(1);
    }
  }

  private RunEstimate estimate(TrainablePolicy policy, ProblemSet problems) {
    // Responses take about half of what they may.
    SamplingOptions half = SamplingOptions.ofMaxNewTokens(task.maxNewTokens() / 2);
    int evaluation = recipe.heldOut() * (2 * EvaluationOptions.ofDefaults().turns() - 1);
    int collection = recipe.problems() * arm.responsesPerProblem();
    return new RunEstimate(
        policy,
        problems,
        half,
        evaluation + iterations * (evaluation + collection),
        recipe.boostingSteps() + iterations * recipe.steps(),
        out);
  }

  private RiseTrainerBuilder settings(RiseTrainerBuilder builder) {
    return builder
        .feedback(feedback)
        .sampling(
            SamplingOptions.builder()
                .temperature(RealRecipe.TEMPERATURE)
                .maxNewTokens(task.maxNewTokens())
                .build())
        .seed(seed);
  }

  private static void refuseNothingRight(Evaluation base) {
    if (base.passAtSamples().estimate() == 0) {
      throw new IllegalStateException(
          "the base gets none of %d problems right in %d responses each, so there is nothing to choose from; boost it on more transcripts, or take easier problems or a larger model"
              .formatted(base.problems(), base.samplesPerProblem()));
    }
  }

  private Map<String, Evaluation> stages(List<Evaluation> evaluations) {
    Map<String, Evaluation> stages = new LinkedHashMap<>();
    for (int k = 0; k < evaluations.size(); k++) {
      String before = arm.trains() ? BOOSTED : arm.label();
      stages.put(k == 0 ? before : arm.label() + " " + k, evaluations.get(k));
    }
    return stages;
  }

  private void show(Map<String, Evaluation> stages, ProblemSet heldOut) {
    out.println();
    out.println(task.name() + "; " + arm.what());
    out.println(EvaluationTables.compare(stages));
    stages.forEach(
        (stage, e) ->
            out.printf(
                "%s: m1@t5 − m5@t1 %s; turn 1 to 2: %s%n",
                stage, e.gain(), Revisions.of(e.episodes(), heldOut.verifier())));
    List<Evaluation> evaluations = List.copyOf(stages.values());
    Evaluation after = evaluations.get(evaluations.size() - 1);
    out.printf("%nafter the last iteration:%n%s%n", EvaluationTables.details(after.log(), seed));
    fixed(after).ifPresent(id -> stages.forEach((stage, e) -> show(stage, id, e)));
  }

  /** A problem that the first turn got wrong and the second right. */
  private static Optional<String> fixed(Evaluation evaluation) {
    return evaluation.episodes().stream()
        .filter(e -> !e.turns().get(0).correct() && e.turns().get(1).correct())
        .map(e -> e.problem().id())
        .findFirst();
  }

  private void show(String stage, String id, Evaluation evaluation) {
    for (Episode episode : evaluation.episodes()) {
      if (episode.problem().id().equals(id)) {
        out.printf("%n%s: %s%n", stage, episode.problem().prompt());
        out.print(episode.turns().stream().map(RealRun::line).collect(Collectors.joining()));
        return;
      }
    }
  }

  private static String line(Turn turn) {
    return "  %-9s %s%n"
        .formatted(
            turn.correct() ? "correct" : "incorrect", turn.response().text().replace('\n', ' '));
  }
}
