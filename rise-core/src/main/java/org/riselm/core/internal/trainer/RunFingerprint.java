package org.riselm.core.internal.trainer;

import com.google.common.hash.Hashing;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.riselm.core.IterationPlan;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Retention;
import org.riselm.core.task.ProblemSet;

/** The settings of a trainer that must not change while a run goes on, by name. */
public final class RunFingerprint {
  /** Some settings are functions; so many of their values tell one from another. */
  private static final int SHOWN = 8;

  private RunFingerprint() {}

  public static Map<String, String> of(TrainerSettings options) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("problems", describe(options.problems()));
    settings.put("relabeler", describe(options.relabeler()));
    settings.put("objective", objectives(options));
    // What a run of format 1 did not know is written only where it is not as it was then.
    putUnless(settings, "retention", options.retention().toString(), Retention.all().toString());
    putUnless(settings, "plan", describe(options.plan()), describe(IterationPlan.continuing()));
    settings.put("feedback", describe(options.feedback()));
    settings.put("historyWindow", String.valueOf(options.historyWindow().size()));
    settings.put(
        "turns",
        IntStream.rangeClosed(1, SHOWN)
            .mapToObj(k -> String.valueOf(options.turns().applyAsInt(k)))
            .collect(Collectors.joining(" ", "", " ...")));
    settings.put("stopWhenCorrect", String.valueOf(options.stopWhenCorrect()));
    settings.put("problemsPerIteration", String.valueOf(options.problemsPerIteration()));
    settings.put("episodesPerProblem", String.valueOf(options.episodesPerProblem()));
    settings.put("sampling", options.sampling().toString());
    settings.put("training", describe(options.training()));
    settings.put("seed", String.valueOf(options.seed()));
    options
        .validationProblems()
        .ifPresent(problems -> settings.put("validationProblems", describe(problems)));
    options
        .evaluationProblems()
        .ifPresent(
            problems -> {
              settings.put("evaluationProblems", describe(problems));
              settings.put("evaluationTurns", String.valueOf(options.evaluation().turns()));
              settings.put(
                  "evaluationSamples", String.valueOf(options.evaluation().samplesPerProblem()));
              settings.put("evaluationFeedback", describe(options.evaluation().feedback()));
              putUnless(
                  settings,
                  "evaluationRollouts",
                  String.valueOf(options.evaluation().episodesPerProblem()),
                  "1");
              putUnless(
                  settings,
                  "evaluationVote",
                  options.evaluation().vote().toString(),
                  VoteRules.DEFAULT.toString());
            });
    return settings;
  }

  private static void putUnless(
      Map<String, String> settings, String name, String value, String usual) {
    if (!value.equals(usual)) {
      settings.put(name, value);
    }
  }

  /** The objective, or those of the first iterations where they differ. */
  private static String objectives(TrainerSettings options) {
    return IntStream.rangeClosed(1, SHOWN)
        .mapToObj(k -> describe(options.objective().apply(k)))
        .distinct()
        .collect(Collectors.joining("; then "));
  }

  private static String describe(IterationPlan plan) {
    return "start %s, replay %s, boost %s, mixed %s of %s, patience %d, keepBest %s"
        .formatted(
            plan.start(),
            plan.replay(),
            describe(plan.warmStart()),
            plan.mixedShare(),
            describe(plan.mixed()),
            plan.patience(),
            plan.keepBest());
  }

  private static String describe(List<Example> examples) {
    return examples.isEmpty()
        ? "none"
        : "%d examples, sha-256 %s".formatted(examples.size(), sha256(examples));
  }

  private static String sha256(List<?> values) {
    return Hashing.sha256().hashBytes(RunJson.bytes(RunJson.array(values))).toString();
  }

  /** Without what each iteration sets anew: the seed, and what the objective decides. */
  private static String describe(TrainingOptions training) {
    String text = training.toBuilder().seed(0).build().toString();
    // Runs that were begun before nonFinite was a setting do not name its default.
    return text.replaceFirst(", normalization=\\w+", "").replaceFirst(", nonFinite=STOP", "");
  }

  private static String describe(ProblemSet set) {
    return "%s: %d problems, sha-256 %s, %s"
        .formatted(set.name(), set.size(), sha256(set.problems()), describe(set.verifier()));
  }

  /** What {@code setting} says of itself, or its class, without what changes between processes. */
  private static String describe(Object setting) {
    String name = setting.getClass().getName();
    String text = setting.toString();
    if (!text.startsWith(name + "@")) {
      return text;
    }
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : name.substring(0, lambda) + " (lambda)";
  }
}
