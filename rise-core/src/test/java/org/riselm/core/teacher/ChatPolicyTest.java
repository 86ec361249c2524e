package org.riselm.core.teacher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScriptedPolicy;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabelContext;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.relabel.Target;
import org.riselm.core.teacher.BadServer.Mood;

class ChatPolicyTest {
  private static final SamplingOptions SAMPLING = SamplingOptions.ofMaxNewTokens(64);

  private static ChatPolicy.Builder policy(BadServer server) {
    ChatModel model =
        OpenAiChatModel.builder()
            .baseUrl(server.url())
            .apiKey("none")
            .modelName("bad")
            .maxRetries(0)
            .timeout(Duration.ofSeconds(2))
            .build();
    return ChatPolicy.builder(model, "bad at " + server.url())
        .timeout(Duration.ofSeconds(1))
        .firstPause(Duration.ofMillis(5))
        .longestPause(Duration.ofMillis(100));
  }

  private static List<Attempt> attempts(int count) {
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Problem problem = Problem.of("p" + i, "question " + i, "");
      attempts.add(
          new Attempt(State.initial(problem), Turn.of(Response.ofText("I do not know"), 0), 0));
    }
    return attempts;
  }

  private static List<Target> relabel(ChatPolicy teacher, List<Attempt> attempts) {
    RelabelContext context =
        RelabelContext.builder(
                new ScriptedPolicy((state, seed) -> "never asked"),
                (problem, response) ->
                    response.equals(BadServer.answerTo(problem.prompt())) ? 1 : 0)
            .sampling(SAMPLING)
            .seed(1)
            .iteration(1)
            .build();
    return Relabelers.teacher(teacher).relabel(attempts, context);
  }

  @Test
  void losesNothingWhateverTheServerDoes() throws Exception {
    long seed = new SplittableRandom().nextLong();
    System.out.println("server's seed: " + seed);
    Mood[] bad = {
      Mood.SLOW,
      Mood.DROPPED,
      Mood.RATE_LIMITED,
      Mood.RATE_LIMITED_WITH_HINT,
      Mood.BROKEN,
      Mood.HALF_A_BODY,
      Mood.GARBAGE,
      Mood.NO_CHOICES,
      Mood.TWO_CHOICES
    };
    try (BadServer server =
        new BadServer(
            n -> {
              SplittableRandom random = new SplittableRandom(seed + n * 0x9E3779B97F4A7C15L);
              return random.nextInt(300) == 0
                  ? Mood.STALLED
                  : random.nextInt(3) > 0 ? Mood.WELL : bad[random.nextInt(bad.length)];
            })) {
      ChatPolicy teacher = policy(server).connections(16).tries(20).build();
      List<Attempt> attempts = attempts(2_000);
      long start = System.nanoTime();
      List<Target> relabels = relabel(teacher, attempts);
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertEquals(2_000, relabels.size());
      for (int i = 0; i < relabels.size(); i++) {
        assertEquals("answer to question " + i, relabels.get(i).response().text());
        assertEquals("teacher", relabels.get(i).source());
      }
      ChatUsage usage = teacher.usage();
      System.out.printf("%s in %s%n", usage, took);
      assertEquals(2_000, usage.answered());
      assertEquals(0, usage.failed());
      assertEquals(2_000L + usage.retries(), usage.requests());
      assertTrue(usage.retries() > 100, usage::toString);
      assertEquals(2_000L * BadServer.INPUT_TOKENS, usage.inputTokens());
      assertEquals(2_000L * BadServer.OUTPUT_TOKENS, usage.outputTokens());
      // Each connection waits out its share of timeouts and pauses, a rate limit holds all, and one
      // state may come last.
      long stalled = server.count(Mood.STALLED);
      long limited = server.count(Mood.RATE_LIMITED) + server.count(Mood.RATE_LIMITED_WITH_HINT);
      long millis =
          stalled * 1_000 / 16
              + usage.retries() * 100 / 16
              + limited * 100
              + teacher.longestPerState().toMillis();
      Duration bound = Duration.ofMillis(millis);
      System.out.printf("%d stalled, %d limited; the bound is %s%n", stalled, limited, bound);
      assertTrue(took.compareTo(bound) < 0, took + " is over " + bound);
      assertTrue(took.compareTo(teacher.longestPerBatch(2_000)) < 0);
    }
  }

  @Test
  void anEndpointThatIsDownIsNamedAndWhatCameBeforeIsKept() throws Exception {
    try (BadServer server = new BadServer(n -> n < 5 ? Mood.WELL : Mood.BROKEN)) {
      ChatPolicy teacher = policy(server).connections(1).tries(3).failureThreshold(2).build();
      List<Query> queries = attempts(20).stream().map(a -> new Query(a.state(), 1)).toList();
      EndpointDownException down =
          assertThrows(EndpointDownException.class, () -> teacher.complete(queries, SAMPLING));
      assertTrue(String.valueOf(down.getMessage()).contains(server.url()), down::toString);
      List<Completion> completions = down.completions();
      for (int i = 0; i < 20; i++) {
        Completion completion = completions.get(i);
        if (i < 5) {
          assertEquals(null, completion.failure());
        } else {
          assertEquals(FinishReason.FAILED, completion.response().finish());
          String failure = String.valueOf(completion.failure());
          assertTrue(failure.contains(server.url()), failure);
          assertTrue(failure.contains(i < 7 ? "after 3 tries" : "is down: 2 states"), failure);
        }
      }
      assertEquals(5 + 2 * 3, server.requests.get());
      assertEquals(new ChatUsage(11, 4, 5, 15, 35, 15, 0), teacher.usage());

      // One more state is asked about, three times.
      assertThrows(EndpointDownException.class, () -> relabel(teacher, attempts(3)));
      assertEquals(11 + 3, server.requests.get());
    }
  }

  @Test
  void anEndpointThatIsDownMayBeGoneOnWithout() throws Exception {
    try (BadServer server = new BadServer(n -> n < 2 ? Mood.WELL : Mood.BROKEN)) {
      ChatPolicy teacher =
          policy(server).connections(1).tries(2).failureThreshold(1).continueWhenDown(true).build();
      List<Target> relabels = relabel(teacher, attempts(4));
      assertEquals(
          List.of("teacher", "teacher", "own (teacher failed)", "own (teacher failed)"),
          relabels.stream().map(Target::source).toList());
    }
  }

  @Test
  void aRefusedKeyIsNotTriedAgain() throws Exception {
    try (BadServer server = new BadServer(n -> Mood.FORBIDDEN)) {
      ChatPolicy teacher = policy(server).connections(1).failureThreshold(1).build();
      List<Query> queries = attempts(5).stream().map(a -> new Query(a.state(), 1)).toList();
      EndpointDownException down =
          assertThrows(EndpointDownException.class, () -> teacher.complete(queries, SAMPLING));
      List<Completion> completions = down.completions();
      assertEquals(1, server.requests.get());
      assertTrue(String.valueOf(completions.get(0).failure()).contains("not tried again"));
      assertTrue(String.valueOf(completions.get(4).failure()).contains("is down"));
    }
  }

  @Test
  void theSameRefusalInARowMeansThatTheEndpointIsDown() throws Exception {
    try (BadServer server = new BadServer(n -> Mood.REFUSED)) {
      ChatPolicy teacher = policy(server).connections(1).failureThreshold(3).build();
      EndpointDownException down =
          assertThrows(EndpointDownException.class, () -> relabel(teacher, attempts(9)));
      String message = String.valueOf(down.getMessage());
      assertTrue(message.contains("3 states in a row were refused in the same words"), message);
      assertTrue(message.contains("'temperature' does not support 0.5"), message);
      assertEquals(3, server.requests.get());
    }
  }

  @Test
  void aRefusalBetweenResponsesIsAboutItsState() throws Exception {
    try (BadServer server = new BadServer(n -> n % 2 == 0 ? Mood.REFUSED : Mood.WELL)) {
      ChatPolicy teacher = policy(server).connections(1).failureThreshold(2).build();
      List<Target> targets = relabel(teacher, attempts(8));
      assertEquals(4, targets.stream().filter(t -> t.source().equals("teacher")).count());
    }
  }

  @Test
  void anEmptyResponseNamesItsFinishReasonAndIsNotBoughtAgain() throws Exception {
    try (BadServer server = new BadServer(n -> Mood.EMPTY)) {
      ChatPolicy teacher = policy(server).connections(1).failureThreshold(2).build();
      List<Query> queries = attempts(5).stream().map(a -> new Query(a.state(), 1)).toList();
      List<Completion> completions = teacher.complete(queries, SAMPLING);
      for (Completion completion : completions) {
        String failure = String.valueOf(completion.failure());
        assertTrue(failure.contains("empty") && failure.contains("LENGTH"), failure);
      }
      assertEquals(5, server.requests.get());
      assertEquals(5L * BadServer.OUTPUT_TOKENS, teacher.usage().outputTokens());
    }
  }

  @Test
  void temperatureAndTokenLimitCanBeLeftOut() {
    List<ChatRequest> sent = new ArrayList<>();
    ChatModel model =
        new ChatModel() {
          @Override
          public ChatResponse doChat(ChatRequest request) {
            sent.add(request);
            return ChatResponse.builder().aiMessage(AiMessage.from("4")).build();
          }
        };
    ChatPolicy.builder(model, "fake")
        .sendTemperature(false)
        .sendMaxTokens(false)
        .build()
        .complete(List.of(new Query(attempts(1).get(0).state(), 1)), SAMPLING);
    assertEquals(null, sent.get(0).temperature());
    assertEquals(null, sent.get(0).maxOutputTokens());
  }

  @Test
  void aServerThatStallsIsLeftAtTheTimeout() throws Exception {
    try (BadServer server = new BadServer(n -> Mood.STALLED)) {
      ChatPolicy teacher = policy(server).timeout(Duration.ofMillis(100)).tries(2).build();
      long start = System.nanoTime();
      List<Completion> completions =
          teacher.complete(List.of(new Query(attempts(1).get(0).state(), 1)), SAMPLING);
      assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 2_500);
      assertTrue(String.valueOf(completions.get(0).failure()).contains("no response in PT0.1S"));
    }
  }

  @Test
  void aRateLimitIsKept() throws Exception {
    try (BadServer server = new BadServer(n -> Mood.WELL)) {
      ChatPolicy teacher = policy(server).requestsPerMinute(1_200).connections(8).build();
      long start = System.nanoTime();
      relabel(teacher, attempts(21));
      // 1,200 a minute is one in 50 ms; the first passes at once.
      assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() >= 1_000);
    }
  }

  @Test
  void sendsTheProblemAndTheVisibleTurns() {
    List<ChatRequest> sent = new ArrayList<>();
    ChatModel model =
        new ChatModel() {
          @Override
          public ChatResponse doChat(ChatRequest request) {
            sent.add(request);
            return ChatResponse.builder()
                .aiMessage(AiMessage.from("4"))
                .finishReason(dev.langchain4j.model.output.FinishReason.LENGTH)
                .build();
          }
        };
    Problem problem = Problem.of("p", "2 + 2?", "4");
    State state =
        HistoryWindow.all()
            .state(problem, List.of(Turn.of(Response.ofText("5"), 0).withFeedback("Again.")));
    ChatPolicy policy = ChatPolicy.builder(model, "fake").system("Be brief.").build();
    Completion completion =
        policy
            .complete(List.of(new Query(state, 1)), SAMPLING.toBuilder().topP(0.9).topK(5).build())
            .get(0);
    assertEquals(FinishReason.LENGTH, completion.response().finish());
    assertEquals(1, policy.usage().uncounted());
    List<String> kinds = new ArrayList<>();
    for (ChatMessage message : sent.get(0).messages()) {
      kinds.add(message.type().name());
    }
    assertEquals(List.of("SYSTEM", "USER", "AI", "USER"), kinds);
    assertEquals(64, sent.get(0).maxOutputTokens());
    assertEquals(0.9, sent.get(0).topP());
    assertEquals(5, sent.get(0).topK());
    assertEquals(List.of(), policy.complete(List.of(), SAMPLING));
  }

  @Test
  void wrongSettingsAreRefused() {
    ChatModel model = new ChatModel() {};
    assertThrows(
        IllegalArgumentException.class, () -> ChatPolicy.builder(model, "m").connections(0));
    assertThrows(IllegalArgumentException.class, () -> ChatPolicy.builder(model, "m").tries(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> ChatPolicy.builder(model, "m").timeout(Duration.ZERO));
  }
}
