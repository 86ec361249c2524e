package org.riselm.core.internal.trainer;

import com.google.common.hash.Hashing;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.riselm.core.IterationPlan;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.task.ProblemSet;

/** The settings of a trainer that must not change while a run goes on, by name. */
public final class RunFingerprint {
  /** Some settings are functions of the iteration; as many of their values tell them apart. */
  public static final int ITERATIONS = 8;

  private RunFingerprint() {}

  /**
   * Returns the settings as texts, by name.
   *
   * @param defaultLearningRate the policy's, for where the settings name none
   */
  public static Map<String, String> of(TrainerSettings settings, double defaultLearningRate) {
    Map<String, String> texts = new TreeMap<>();
    texts.put("problems", describe(settings.problems().training()));
    texts.put("problemsPerIteration", String.valueOf(settings.problems().perIteration()));
    texts.put("relabeler", settings.method().relabeler().description());
    texts.put("objective", objectives(settings));
    texts.put("retention", settings.method().retention().description());
    texts.put("plan", describe(settings.plan()));
    texts.put("turns", turns(settings));
    texts.put("training", describe(settings.training(), defaultLearningRate));
    texts.put("seed", String.valueOf(settings.seed()));
    putRollout(texts, settings.rollout());
    settings
        .problems()
        .validation()
        .ifPresent(problems -> texts.put("validationProblems", describe(problems)));
    settings
        .problems()
        .evaluation()
        .ifPresent(problems -> texts.put("evaluationProblems", describe(problems)));
    if (settings.scoring().isPresent()) {
      putEvaluation(texts, settings.evaluation());
    }
    return texts;
  }

  private static void putRollout(Map<String, String> texts, RolloutOptions rollout) {
    texts.put("feedback", rollout.feedback().description());
    texts.put("historyWindow", rollout.historyWindow().toString());
    texts.put("stopWhenCorrect", String.valueOf(rollout.stopWhenCorrect()));
    texts.put("episodesPerProblem", String.valueOf(rollout.episodesPerProblem()));
    texts.put("tokensPerProblem", String.valueOf(rollout.tokensPerProblem()));
    texts.put("sampling", rollout.sampling().toString());
  }

  private static void putEvaluation(Map<String, String> texts, EvaluationOptions evaluation) {
    texts.put("evaluation.turns", String.valueOf(evaluation.turns()));
    texts.put("evaluation.samplesPerProblem", String.valueOf(evaluation.samplesPerProblem()));
    texts.put("evaluation.episodesPerProblem", String.valueOf(evaluation.episodesPerProblem()));
    texts.put("evaluation.historyWindow", evaluation.historyWindow().toString());
    texts.put("evaluation.sampling", evaluation.sampling().toString());
    texts.put("evaluation.feedback", evaluation.feedback().description());
    texts.put("evaluation.vote", evaluation.vote().toString());
  }

  /** The objective, or those of the first iterations where they differ. */
  private static String objectives(TrainerSettings settings) {
    return IntStream.rangeClosed(1, ITERATIONS)
        .mapToObj(k -> settings.method().objectives().apply(k).description())
        .distinct()
        .collect(Collectors.joining("; then "));
  }

  private static String turns(TrainerSettings settings) {
    return IntStream.rangeClosed(1, ITERATIONS)
        .mapToObj(k -> String.valueOf(settings.turns().applyAsInt(k)))
        .collect(Collectors.joining(" ", "", " ..."));
  }

  private static String describe(IterationPlan plan) {
    return plan.warmStart().isEmpty() && plan.mixed().isEmpty()
        ? plan.toString()
        : "%s; warmStart %s, mixed %s"
            .formatted(plan, sha256(plan.warmStart()), sha256(plan.mixed()));
  }

  private static String describe(TrainingOptions training, double defaultLearningRate) {
    return training.toBuilder()
        .learningRate(training.learningRate().orElse(defaultLearningRate))
        .build()
        .toString();
  }

  private static String describe(ProblemSet set) {
    return "%s: %d problems, sha-256 %s, %s"
        .formatted(set.name(), set.size(), sha256(set.problems()), set.verifier().description());
  }

  private static String sha256(List<?> values) {
    return Hashing.sha256().hashBytes(RunJson.bytes(RunJson.array(values))).toString();
  }
}
