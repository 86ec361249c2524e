package org.riselm.core.internal.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.google.common.primitives.ImmutableDoubleArray;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.Interval;
import org.riselm.core.evaluation.LoggedTurn;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;
import org.riselm.core.objective.WeightStats;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.TrainingProgress.Step;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.relabel.Target;

/**
 * The records that a run keeps, written field by field. Jackson would write the same by reflection,
 * but to load and compile all that it needs for it takes a short run longer than the writing.
 */
final class RecordWriters {
  private RecordWriters() {}

  private interface Writer<T> {
    void write(JsonGenerator out, T value) throws IOException;
  }

  private static final class Adapter<T> extends JsonSerializer<T> {
    private final Writer<? super T> writer;

    Adapter(Writer<? super T> writer) {
      this.writer = writer;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider unused)
        throws IOException {
      writer.write(out, value);
    }
  }

  /** Has {@code module} write the records in this way. */
  static void addTo(SimpleModule module) {
    add(module, Tokens.class, RecordWriters::tokens);
    add(module, ImmutableDoubleArray.class, RecordWriters::doubles);
    add(module, Problem.class, RecordWriters::problem);
    add(module, Episode.class, RecordWriters::episode);
    add(module, Example.class, RecordWriters::example);
    add(module, Target.class, RecordWriters::relabel);
    add(module, Completion.class, RecordWriters::completion);
    add(module, Step.class, RecordWriters::step);
    add(module, TrainingSummary.class, RecordWriters::trainingSummary);
    add(module, WeightStats.class, RecordWriters::weightStats);
    add(module, EvaluationLog.Entry.class, RecordWriters::entry);
    add(module, Evaluation.class, RecordWriters::evaluation);
  }

  private static <T> void add(SimpleModule module, Class<T> type, Writer<? super T> writer) {
    module.addSerializer(type, new Adapter<>(writer));
  }

  private static <T> void list(
      JsonGenerator out, String name, List<T> values, Writer<? super T> writer) throws IOException {
    out.writeArrayFieldStart(name);
    for (T value : values) {
      writer.write(out, value);
    }
    out.writeEndArray();
  }

  private static void tokens(JsonGenerator out, Tokens tokens) throws IOException {
    out.writeArray(tokens.toArray(), 0, tokens.size());
  }

  private static void doubles(JsonGenerator out, ImmutableDoubleArray doubles) throws IOException {
    out.writeArray(doubles.toArray(), 0, doubles.length());
  }

  private static void problem(JsonGenerator out, Problem problem) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", problem.id());
    out.writeStringField("prompt", problem.prompt());
    out.writeStringField("reference", problem.reference());
    out.writeObjectFieldStart("metadata");
    // Map.copyOf iterates in an order that changes from process to process.
    for (Map.Entry<String, String> entry : new TreeMap<>(problem.metadata()).entrySet()) {
      out.writeStringField(entry.getKey(), entry.getValue());
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void response(JsonGenerator out, Response response) throws IOException {
    out.writeStartObject();
    out.writeStringField("text", response.text());
    out.writeFieldName("tokens");
    tokens(out, response.tokens());
    out.writeStringField("finish", response.finish().name());
    out.writeEndObject();
  }

  private static void turn(JsonGenerator out, Turn turn) throws IOException {
    out.writeStartObject();
    out.writeFieldName("response");
    response(out, turn.response());
    out.writeNumberField("reward", turn.reward());
    out.writeStringField("feedback", turn.feedback());
    out.writeStringField("failure", turn.failure());
    out.writeEndObject();
  }

  private static void episode(JsonGenerator out, Episode episode) throws IOException {
    out.writeStartObject();
    out.writeFieldName("problem");
    problem(out, episode.problem());
    out.writeNumberField("sample", episode.sample());
    list(out, "turns", episode.turns(), RecordWriters::turn);
    out.writeStringField("ended", episode.ended().name());
    out.writeEndObject();
  }

  private static void state(JsonGenerator out, State state) throws IOException {
    out.writeStartObject();
    out.writeFieldName("problem");
    problem(out, state.problem());
    list(out, "history", state.history(), RecordWriters::turn);
    out.writeNumberField("turn", state.turn());
    out.writeEndObject();
  }

  private static void example(JsonGenerator out, Example example) throws IOException {
    out.writeStartObject();
    out.writeFieldName("state");
    state(out, example.state());
    out.writeFieldName("response");
    response(out, example.response());
    out.writeFieldName("weights");
    doubles(out, example.weights());
    out.writeEndObject();
  }

  private static void relabel(JsonGenerator out, Target relabel) throws IOException {
    out.writeStartObject();
    out.writeFieldName("response");
    response(out, relabel.response());
    out.writeNumberField("reward", relabel.reward());
    out.writeStringField("source", relabel.source());
    out.writeEndObject();
  }

  private static void completion(JsonGenerator out, Completion completion) throws IOException {
    out.writeStartObject();
    out.writeFieldName("response");
    response(out, completion.response());
    out.writeFieldName("logProbabilities");
    doubles(out, completion.logProbabilities());
    out.writeStringField("failure", completion.failure());
    out.writeEndObject();
  }

  private static void step(JsonGenerator out, Step step) throws IOException {
    out.writeStartObject();
    out.writeNumberField("number", step.number());
    out.writeNumberField("total", step.total());
    out.writeNumberField("loss", step.loss());
    out.writeNumberField("gradientNorm", step.gradientNorm());
    out.writeNumberField("learningRate", step.learningRate());
    out.writeNumberField("tokens", step.tokens());
    out.writeEndObject();
  }

  private static void trainingSummary(JsonGenerator out, TrainingSummary summary)
      throws IOException {
    out.writeStartObject();
    out.writeNumberField("examples", summary.examples());
    out.writeNumberField("steps", summary.steps());
    out.writeNumberField("skipped", summary.skipped());
    out.writeNumberField("tokens", summary.tokens());
    out.writeNumberField("targetTokens", summary.targetTokens());
    out.writeNumberField("firstLoss", summary.firstLoss());
    out.writeNumberField("lastLoss", summary.lastLoss());
    out.writeNumberField("seconds", summary.seconds());
    out.writeEndObject();
  }

  private static void weightStats(JsonGenerator out, WeightStats stats) throws IOException {
    out.writeStartObject();
    out.writeNumberField("examples", stats.examples());
    out.writeNumberField("skipped", stats.skipped());
    out.writeNumberField("min", stats.min());
    out.writeNumberField("mean", stats.mean());
    out.writeNumberField("max", stats.max());
    out.writeNumberField("effectiveSampleSize", stats.effectiveSampleSize());
    out.writeEndObject();
  }

  private static void loggedTurn(JsonGenerator out, LoggedTurn turn) throws IOException {
    out.writeStartObject();
    out.writeNumberField("answer", turn.answer());
    out.writeBooleanField("right", turn.right());
    out.writeNumberField("tokens", turn.tokens());
    out.writeNumberField("changed", turn.changed());
    out.writeBooleanField("failed", turn.failed());
    out.writeEndObject();
  }

  private static void entry(JsonGenerator out, EvaluationLog.Entry entry) throws IOException {
    out.writeStartObject();
    out.writeStringField("problem", entry.problem());
    out.writeArrayFieldStart("rollouts");
    for (List<LoggedTurn> rollout : entry.rollouts()) {
      out.writeStartArray();
      for (LoggedTurn turn : rollout) {
        loggedTurn(out, turn);
      }
      out.writeEndArray();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void interval(JsonGenerator out, Interval interval) throws IOException {
    out.writeStartObject();
    out.writeNumberField("estimate", interval.estimate());
    out.writeNumberField("low", interval.low());
    out.writeNumberField("high", interval.high());
    out.writeEndObject();
  }

  private static void interval(JsonGenerator out, String name, Interval interval)
      throws IOException {
    out.writeFieldName(name);
    interval(out, interval);
  }

  private static void evaluation(JsonGenerator out, Evaluation evaluation) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", evaluation.name());
    out.writeNumberField("problems", evaluation.problems());
    out.writeNumberField("turns", evaluation.turns());
    out.writeNumberField("samples", evaluation.samples());
    out.writeBooleanField("revealsOutcome", evaluation.revealsOutcome());
    list(out, "accuracyByTurn", evaluation.accuracyByTurn(), RecordWriters::interval);
    interval(out, "mKAtT1", evaluation.mKAtT1());
    interval(out, "m1AtTT", evaluation.m1AtTT());
    interval(out, "p1AtTT", evaluation.p1AtTT());
    interval(out, "pKAtT1", evaluation.pKAtT1());
    interval(out, "incorrectToCorrect", evaluation.incorrectToCorrect());
    interval(out, "correctToIncorrect", evaluation.correctToIncorrect());
    interval(out, "gain", evaluation.gain());
    out.writeNumberField("failures", evaluation.failures());
    out.writeNumberField("tokens", evaluation.tokens());
    list(out, "episodes", evaluation.episodes(), RecordWriters::episode);
    out.writeFieldName("log");
    log(out, evaluation.log());
    out.writeEndObject();
  }

  private static void log(JsonGenerator out, EvaluationLog log) throws IOException {
    out.writeStartObject();
    out.writeNumberField("turns", log.turns());
    out.writeNumberField("rollouts", log.rollouts());
    out.writeNumberField("samples", log.samples());
    list(out, "entries", log.entries(), RecordWriters::entry);
    out.writeEndObject();
  }
}
