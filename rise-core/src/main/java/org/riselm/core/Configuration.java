package org.riselm.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.common.hash.Hashing;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.riselm.core.policy.Training;
import org.riselm.core.run.RunJson;
import org.riselm.core.task.ProblemSet;

/** The settings of a trainer that must not change while a run goes on, by name. */
final class Configuration {
  /** Turns are a function; so many of its values tell one from another. */
  private static final int TURNS_SHOWN = 8;

  private Configuration() {}

  static Map<String, String> of(RiseOptions options) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("problems", describe(options.problems()));
    settings.put("relabeler", describe(options.relabeler()));
    settings.put("objective", describe(options.objective()));
    settings.put("feedback", describe(options.feedback()));
    settings.put("historyWindow", String.valueOf(options.historyWindow().size()));
    settings.put(
        "turns",
        IntStream.rangeClosed(1, TURNS_SHOWN)
            .mapToObj(k -> String.valueOf(options.turnsIn(k)))
            .collect(Collectors.joining(" ", "", " ...")));
    settings.put("stopAtSuccess", String.valueOf(options.stopAtSuccess()));
    settings.put("problemsPerIteration", String.valueOf(options.problemsPerIteration()));
    settings.put("episodesPerProblem", String.valueOf(options.episodesPerProblem()));
    settings.put("sampling", options.sampling().toString());
    settings.put("training", describe(options.training()));
    settings.put("seed", String.valueOf(options.seed()));
    options
        .evaluationProblems()
        .ifPresent(
            problems -> {
              settings.put("evaluationProblems", describe(problems));
              settings.put("evaluationTurns", String.valueOf(options.evaluation().turns()));
              settings.put("evaluationSamples", String.valueOf(options.evaluation().samples()));
              settings.put("evaluationFeedback", describe(options.evaluation().feedback()));
            });
    return settings;
  }

  /** Without what each iteration sets anew: the seed, and what the objective decides. */
  private static String describe(Training training) {
    String text = training.toBuilder().seed(0).build().toString();
    return text.replaceFirst(", lossOver=\\w+", "");
  }

  private static String describe(ProblemSet set) {
    try {
      return "%s: %d problems, sha-256 %s, %s"
          .formatted(
              set.name(),
              set.size(),
              Hashing.sha256().hashBytes(RunJson.MAPPER.writeValueAsBytes(set.problems())),
              describe(set.verifier()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "problem set %s cannot be written as JSON".formatted(set.name()), e);
    }
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
