package org.riselm.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.google.common.primitives.ImmutableDoubleArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.Interval;
import org.riselm.core.evaluation.LoggedTurn;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.FinishReason;
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

/** The format is what Jackson's reflection makes of the records; the writers write no other. */
class RecordWritersTest {
  private static final ObjectMapper REFLECTION =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .addModule(
              new SimpleModule()
                  .addSerializer(Tokens.class, new TokensWriter())
                  .addSerializer(ImmutableDoubleArray.class, new DoublesWriter()))
          .build();

  private static final class TokensWriter extends JsonSerializer<Tokens> {
    @Override
    public void serialize(Tokens tokens, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(tokens.toArray(), out);
    }
  }

  private static final class DoublesWriter extends JsonSerializer<ImmutableDoubleArray> {
    @Override
    public void serialize(
        ImmutableDoubleArray doubles, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(doubles.toArray(), out);
    }
  }

  /** What is kept, of all kinds, with all that a text or a number may be. */
  private record Values(Random random) {
    private static final List<String> PIECES =
        List.of("a", " ", "\"", "\\", "</script>", "\n", "\u0001", "é", "\u2028", "\uD83D\uDE00");

    private static final double[] NUMBERS = {
      0, -0.0, 1, 1e-3, 2e-3, 1.0 / 3, 1e22, 2e-308, Double.MIN_VALUE, Double.MAX_VALUE
    };

    <T> List<T> some(int least, Supplier<T> one) {
      List<T> all = new ArrayList<>();
      for (int i = random.nextInt(3) + least; i > 0; i--) {
        all.add(one.get());
      }
      return all;
    }

    <T> T any(List<T> among) {
      return among.get(random.nextInt(among.size()));
    }

    String text() {
      return String.join("", some(0, () -> any(PIECES)));
    }

    @Nullable String textOrNull() {
      return random.nextBoolean() ? null : text();
    }

    double finite() {
      double number = NUMBERS[random.nextInt(NUMBERS.length)];
      return random.nextBoolean() ? number : random.nextGaussian() * number;
    }

    double number() {
      return switch (random.nextInt(5)) {
        case 0 -> Double.NaN;
        case 1 -> Double.NEGATIVE_INFINITY;
        default -> random.nextGaussian();
      };
    }

    private double bounded() {
      double number = finite();
      return Double.isFinite(number) ? number : 0;
    }

    ImmutableDoubleArray doubles(int length) {
      ImmutableDoubleArray.Builder all = ImmutableDoubleArray.builder();
      for (int i = 0; i < length; i++) {
        all.add(bounded());
      }
      return all.build();
    }

    Problem problem() {
      Map<String, String> metadata = new TreeMap<>();
      some(0, () -> metadata.put(text(), text()));
      return new Problem("p" + text(), "q" + text(), text(), metadata);
    }

    Response response() {
      return new Response(
          "r" + text(),
          Tokens.of(random.ints(random.nextInt(4), 0, 300_000).toArray()),
          any(List.of(FinishReason.values())));
    }

    Turn turn() {
      return new Turn(response(), bounded(), textOrNull(), textOrNull());
    }

    Episode episode() {
      return new Episode(
          problem(), random.nextInt(9), some(1, this::turn), any(List.of(Episode.Ended.values())));
    }

    Example example() {
      List<Turn> history = some(0, () -> turn().withFeedback(text()));
      Response response = response();
      int tokens = response.tokens().size();
      return new Example(
          new State(problem(), history, history.size() + 1 + random.nextInt(3)),
          response,
          doubles(random.nextBoolean() || tokens == 0 ? 1 : tokens));
    }

    Completion completion() {
      Response response = response();
      int known = random.nextBoolean() ? 0 : response.tokens().size();
      return new Completion(response, doubles(known), textOrNull());
    }

    Step step() {
      return new Step(
          random.nextInt(), random.nextInt(), number(), number(), number(), random.nextLong());
    }

    TrainingSummary trainingSummary() {
      return new TrainingSummary(
          random.nextInt(),
          random.nextInt(),
          random.nextInt(),
          random.nextLong(),
          random.nextLong(),
          number(),
          number(),
          number());
    }

    WeightStats weightStats() {
      return new WeightStats(
          random.nextInt(), random.nextInt(), number(), number(), number(), number());
    }

    LoggedTurn loggedTurn() {
      return new LoggedTurn(
          random.nextInt(5) - 1,
          random.nextBoolean(),
          random.nextInt(),
          finite(),
          random.nextBoolean());
    }

    EvaluationLog.Entry entry(int number, int samples) {
      List<List<LoggedTurn>> rollouts = new ArrayList<>();
      for (int i = 0; i < samples; i++) {
        rollouts.add(some(0, this::loggedTurn));
      }
      return new EvaluationLog.Entry(number + text(), rollouts);
    }

    Interval interval() {
      return new Interval(number(), number(), number());
    }

    Evaluation evaluation() {
      int samples = 1 + random.nextInt(3);
      int[] entries = {0};
      return new Evaluation(
          text(),
          random.nextInt(),
          random.nextInt(),
          random.nextInt(),
          random.nextBoolean(),
          some(0, this::interval),
          interval(),
          interval(),
          interval(),
          interval(),
          interval(),
          interval(),
          interval(),
          random.nextInt(),
          random.nextLong(),
          some(0, this::episode),
          new EvaluationLog(
              1 + random.nextInt(3), 1, samples, some(0, () -> entry(entries[0]++, samples))));
    }
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private static void check(Object value) {
    byte[] written = RunJson.bytes(value);
    try {
      assertEquals(text(REFLECTION.writeValueAsBytes(value)), text(written));
      assertEquals(value, RunJson.MAPPER.readValue(written, value.getClass()));
    } catch (IOException e) {
      throw new AssertionError(value.toString(), e);
    }
  }

  @Property(tries = 300)
  void recordsAreWrittenAsByReflectionAndReadAsTheyWere(@ForAll long seed) {
    Values values = new Values(new Random(seed));
    check(values.problem());
    check(values.episode());
    check(values.example());
    check(new Target(values.response(), values.bounded(), values.text()));
    check(values.completion());
    check(values.step());
    check(values.trainingSummary());
    check(values.weightStats());
    check(values.entry(0, 2));
    check(values.evaluation());
  }

  @Property(tries = 50)
  void anArrayIsWrittenAsAList(@ForAll long seed) throws JsonProcessingException {
    Values values = new Values(new Random(seed));
    List<Problem> problems = values.some(0, values::problem);
    assertEquals(
        text(REFLECTION.writeValueAsBytes(problems)), text(RunJson.bytes(RunJson.array(problems))));
  }
}
