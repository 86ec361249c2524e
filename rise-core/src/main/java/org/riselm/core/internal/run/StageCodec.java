package org.riselm.core.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.Interval;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Example;
import org.riselm.core.objective.WeightedExamples;
import org.riselm.core.objective.WeightedExamples.WeightStats;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ScoringPolicy.Divergence;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabeledAttempt;
import org.riselm.core.relabel.Target;

/** How the result of a stage is written to a run's journal, and read again. */
public interface StageCodec<T> {
  /** The data of {@code result}. */
  List<ObjectNode> lines(T result);

  /** {@code result} in short. */
  JsonNode summary(T result);

  /** The result that {@code unit} holds. */
  T read(StageRecord unit);

  /**
   * What collecting gave.
   *
   * @param divergence of the policy from what the responses were drawn from, if that is another
   */
  record Collected(List<Episode> episodes, Optional<Divergence> divergence) {
    private static final String DIVERGENCE = "divergence";

    public static final StageCodec<Collected> CODEC =
        new StageCodec<>() {
          @Override
          public List<ObjectNode> lines(Collected result) {
            return episodeLines(result.episodes());
          }

          @Override
          public JsonNode summary(Collected result) {
            long tokens =
                result.episodes().stream()
                    .flatMap(e -> e.turns().stream())
                    .mapToLong(t -> t.response().tokens().size())
                    .sum();
            ObjectNode summary =
                object().put("episodes", result.episodes().size()).put("tokens", tokens);
            result
                .divergence()
                .ifPresent(d -> summary.set(DIVERGENCE, RunJson.MAPPER.valueToTree(d)));
            return summary;
          }

          @Override
          public Collected read(StageRecord unit) {
            return new Collected(
                all(unit, "episode", Episode.class),
                Optional.ofNullable(unit.result().get(DIVERGENCE))
                    .map(d -> RunJson.read(d, Divergence.class)));
          }
        };
  }

  /** What relabeling gave, and how many tokens that took. */
  record Targets(List<RelabeledAttempt> relabeled, long tokens) {
    /** The form of targets for {@code attempts}, which follow from the episodes. */
    public static StageCodec<Targets> codec(List<Attempt> attempts) {
      return new StageCodec<>() {
        @Override
        public List<ObjectNode> lines(Targets result) {
          List<ObjectNode> lines = new ArrayList<>();
          for (RelabeledAttempt r : result.relabeled()) {
            ObjectNode line = line("target", r.target());
            line.put("problem", r.attempt().state().problem().id());
            line.put("sample", r.attempt().sample()).put("turn", r.attempt().state().turn());
            lines.add(line);
          }
          return lines;
        }

        @Override
        public JsonNode summary(Targets result) {
          return object().put("targets", result.relabeled().size()).put("tokens", result.tokens());
        }

        @Override
        public Targets read(StageRecord unit) {
          return new Targets(
              pair(attempts, all(unit, "target", Target.class)),
              unit.result().path("tokens").asLong());
        }
      };
    }

    /** Each attempt with its target. */
    public static List<RelabeledAttempt> pair(List<Attempt> attempts, List<Target> relabels) {
      List<RelabeledAttempt> relabeled = new ArrayList<>(attempts.size());
      for (int i = 0; i < attempts.size(); i++) {
        relabeled.add(new RelabeledAttempt(attempts.get(i), relabels.get(i)));
      }
      return relabeled;
    }
  }

  /** What training gave, and the weights it was on. */
  record Trained(TrainingSummary summary, List<TrainingStep> steps, WeightStats weights) {
    private static final String WEIGHTS = "weights";

    /**
     * The form of a training on {@code weighted}, whose examples are kept for people to read. They
     * are not asked for again when a result is read: only the policy as it was could weigh some.
     */
    public static StageCodec<Trained> codec(Supplier<WeightedExamples> weighted) {
      return new StageCodec<>() {
        @Override
        public List<ObjectNode> lines(Trained result) {
          List<ObjectNode> lines = new ArrayList<>();
          weighted.get().examples().forEach(e -> lines.add(example(e)));
          result.steps().forEach(step -> lines.add(line("step", step)));
          return lines;
        }

        private static ObjectNode example(Example e) {
          ObjectNode line =
              object()
                  .put("kind", "example")
                  .put("problem", e.state().problem().id())
                  .put("turn", e.state().turn())
                  .put("weight", e.weight())
                  .put("response", e.response().text());
          if (e.weights().size() > 1) {
            line.putPOJO("weights", e.weights());
          }
          return line;
        }

        @Override
        public JsonNode summary(Trained result) {
          ObjectNode summary = RunJson.MAPPER.valueToTree(result.summary());
          summary.set(WEIGHTS, RunJson.MAPPER.valueToTree(result.weights()));
          return summary;
        }

        @Override
        public Trained read(StageRecord unit) {
          ObjectNode summary = ((ObjectNode) unit.result()).deepCopy();
          JsonNode weights = summary.remove(WEIGHTS);
          return new Trained(
              RunJson.read(summary, TrainingSummary.class),
              all(unit, "step", TrainingStep.class),
              RunJson.read(weights, WeightStats.class));
        }
      };
    }
  }

  /** What an evaluation found. The summary also has its figures, for people and the report. */
  StageCodec<Evaluation> EVALUATION =
      new StageCodec<>() {
        @Override
        public List<ObjectNode> lines(Evaluation result) {
          List<ObjectNode> lines = new ArrayList<>(episodeLines(result.episodes()));
          result.log().entries().forEach(entry -> lines.add(line("answers", entry)));
          return lines;
        }

        @Override
        public JsonNode summary(Evaluation e) {
          ObjectNode summary = object().put("name", e.name());
          summary.put("revealsOutcome", e.revealsOutcome()).put("seed", e.seed());
          e.vote().ifPresent(vote -> summary.set("vote", RunJson.MAPPER.valueToTree(vote)));
          summary.put("problems", e.problems()).put("turns", e.turns());
          summary.put("samplesPerProblem", e.samplesPerProblem());
          summary.put("episodesPerProblem", e.log().rollouts());
          summary.put("failures", e.failures()).put("tokens", e.tokens());
          summary.set("accuracyByTurn", RunJson.MAPPER.valueToTree(e.accuracyByTurn()));
          figures(e).forEach((name, value) -> summary.set(name, RunJson.MAPPER.valueToTree(value)));
          return summary;
        }

        private Map<String, Interval> figures(Evaluation e) {
          Map<String, Interval> figures = new LinkedHashMap<>();
          if (e.vote().isPresent()) {
            figures.put("parallelVote", e.parallelVote());
            figures.put("sequentialVote", e.sequentialVote());
            figures.put("gain", e.gain());
          }
          figures.put("passAtTurns", e.passAtTurns());
          figures.put("passAtSamples", e.passAtSamples());
          figures.put("incorrectToCorrect", e.incorrectToCorrect());
          figures.put("correctToIncorrect", e.correctToIncorrect());
          return figures;
        }

        @Override
        public Evaluation read(StageRecord unit) {
          JsonNode summary = unit.result();
          return new Evaluation(
              summary.path("name").asText(),
              summary.path("revealsOutcome").asBoolean(),
              Optional.ofNullable(summary.get("vote"))
                  .map(vote -> RunJson.read(vote, VoteRules.class)),
              summary.path("seed").asLong(),
              all(unit, "episode", Episode.class),
              new EvaluationLog(
                  summary.path("turns").asInt(),
                  summary.path("episodesPerProblem").asInt(),
                  summary.path("samplesPerProblem").asInt(),
                  all(unit, "answers", EvaluationLog.Entry.class)));
        }
      };

  private static List<ObjectNode> episodeLines(List<Episode> episodes) {
    return episodes.stream().map(e -> line("episode", e)).toList();
  }

  private static ObjectNode object() {
    return RunJson.MAPPER.createObjectNode();
  }

  private static ObjectNode line(String kind, Object value) {
    // Written as it is: a tree of every episode would be made for nothing.
    return object().put("kind", kind).putPOJO(kind, value);
  }

  private static <V> List<V> all(StageRecord unit, String kind, Class<V> type) {
    return unit.lines().stream()
        .filter(line -> line.path("kind").asText().equals(kind))
        .map(line -> RunJson.read(line.path(kind), type))
        .toList();
  }
}
