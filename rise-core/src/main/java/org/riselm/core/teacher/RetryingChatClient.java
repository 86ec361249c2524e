package org.riselm.core.teacher;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.FinishReason;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;

/** Asks an endpoint about one state, as often as it takes and may. */
final class RetryingChatClient {
  // LangChain4j keeps no headers; providers repeat Retry-After in the body.
  private static final Pattern RETRY_AFTER =
      Pattern.compile("(?i)(?:retry|try again)\\D{0,20}?(\\d{1,6}(?:\\.\\d{1,3})?)\\s*(ms|s)");

  private final ChatPolicy.Builder options;
  private final RateLimiter gate;

  RetryingChatClient(ChatPolicy.Builder options) {
    this.options = options;
    this.gate = new RateLimiter(options.requestsPerMinute);
  }

  /** The answer to {@code query}; what throws on the way fails this state only. */
  ChatOutcome answer(
      Query query, SamplingOptions sampling, CircuitBreaker outage, ExecutorService threads) {
    try {
      return ask(query, sampling, outage, threads);
    } catch (RuntimeException e) {
      return failed("%s: %s".formatted(options.name, e), ChatUsage.NOTHING);
    }
  }

  private ChatOutcome ask(
      Query query, SamplingOptions sampling, CircuitBreaker outage, ExecutorService threads) {
    ChatRequest request = request(query.state(), sampling);
    ChatUsage spend = ChatUsage.NOTHING;
    String why = "not tried";
    try {
      for (int attempt = 1; attempt <= options.tries; attempt++) {
        String down = outage.message();
        if (down != null) {
          return failed(down, spend);
        }
        gate.pass();
        spend = spend.plus(new ChatUsage(1, attempt > 1 ? 1 : 0, 0, 0, 0, 0, 0));
        Attempt tried = attempt(request, threads);
        if (tried.response != null) {
          spend = spend.plus(tokens(tried.response.tokenUsage()));
          Optional<Response> response = response(tried.response);
          if (response.isPresent()) {
            outage.answered();
            return new ChatOutcome(
                Completion.of(response.get()), spend.plus(new ChatUsage(0, 0, 1, 0, 0, 0, 0)));
          }
        }
        why = tried.failure;
        if (tried.isFinal) {
          if (tried.isOutage) {
            outage.failed(why);
          }
          return failed("%s, not tried again: %s".formatted(options.name, why), spend);
        }
        if (attempt < options.tries) {
          pause(attempt, query.seed(), tried);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(options.name + ": interrupted", spend);
    }
    String message = "%s, after %d tries: %s".formatted(options.name, options.tries, why);
    outage.failed(message);
    return failed(message, spend);
  }

  private static ChatOutcome failed(String why, ChatUsage spend) {
    return new ChatOutcome(Completion.failed(why), spend.plus(new ChatUsage(0, 0, 0, 1, 0, 0, 0)));
  }

  private void pause(int failures, long seed, Attempt tried) throws InterruptedException {
    long nanos = options.firstPause.toNanos();
    for (int i = 1; i < failures && nanos < options.longestPause.toNanos(); i++) {
      nanos *= 2;
    }
    // Between half and all of it, so that states that failed together come back apart.
    double share = 0.5 + 0.5 * (Seeds.derive(seed, failures) >>> 11) * 0x1p-53;
    Duration pause = Duration.ofNanos((long) (nanos * share));
    if (tried.retryAfter != null && tried.retryAfter.compareTo(pause) > 0) {
      pause = tried.retryAfter;
    }
    pause = pause.compareTo(options.longestPause) > 0 ? options.longestPause : pause;
    if (tried.isRateLimit) {
      gate.hold(pause);
    } else {
      Thread.sleep(pause.toMillis());
    }
  }

  private Attempt attempt(ChatRequest request, ExecutorService threads)
      throws InterruptedException {
    Future<ChatResponse> call = threads.submit(() -> options.model.chat(request));
    try {
      ChatResponse response = call.get(options.timeout.toNanos(), TimeUnit.NANOSECONDS);
      return new Attempt(response, "the answer is empty", false, false, false, null);
    } catch (TimeoutException e) {
      call.cancel(true);
      return new Attempt(null, "no answer in " + options.timeout, false, false, false, null);
    } catch (ExecutionException e) {
      return failure(e.getCause() == null ? e : e.getCause());
    }
  }

  private static Attempt failure(Throwable cause) {
    boolean isRefused =
        cause instanceof InvalidRequestException
            || cause instanceof ContentFilteredException
            || cause instanceof UnsupportedFeatureException;
    boolean isClosed =
        cause instanceof AuthenticationException || cause instanceof ModelNotFoundException;
    String text = cause.toString();
    Matcher hint = RETRY_AFTER.matcher(text);
    Duration retryAfter = null;
    if (hint.find()) {
      double millis = Double.parseDouble(hint.group(1)) * (hint.group(2).equals("s") ? 1_000 : 1);
      retryAfter = Duration.ofMillis((long) millis);
    }
    return new Attempt(
        null,
        text,
        isRefused || isClosed,
        isClosed,
        cause instanceof RateLimitException,
        retryAfter);
  }

  private ChatRequest request(State state, SamplingOptions sampling) {
    List<ChatMessage> messages = new ArrayList<>();
    if (!options.system.isEmpty()) {
      messages.add(SystemMessage.from(options.system));
    }
    messages.add(UserMessage.from(state.problem().prompt()));
    for (Turn turn : state.history()) {
      messages.add(AiMessage.from(turn.response().text()));
      messages.add(UserMessage.from(turn.feedbackIfAny().orElseThrow()));
    }
    ChatRequest.Builder request =
        ChatRequest.builder()
            .messages(messages)
            .temperature(sampling.temperature())
            .maxOutputTokens(sampling.maxNewTokens());
    if (sampling.topP() < 1) {
      request.topP(sampling.topP());
    }
    if (sampling.topK() > 0) {
      request.topK(sampling.topK());
    }
    return request.build();
  }

  private static Optional<Response> response(ChatResponse response) {
    String text = response.aiMessage() == null ? null : response.aiMessage().text();
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    FinishReason finish =
        response.finishReason() == dev.langchain4j.model.output.FinishReason.LENGTH
            ? FinishReason.LENGTH
            : FinishReason.STOP;
    return Optional.of(new Response(text, Tokens.none(), finish));
  }

  private static ChatUsage tokens(@Nullable TokenUsage usage) {
    if (usage == null || usage.inputTokenCount() == null || usage.outputTokenCount() == null) {
      return new ChatUsage(0, 0, 0, 0, 0, 0, 1);
    }
    return new ChatUsage(0, 0, 0, 0, usage.inputTokenCount(), usage.outputTokenCount(), 0);
  }

  /**
   * One request.
   *
   * @param response null if none came
   * @param failure why not, or why it will not do
   * @param isFinal whether another try is pointless
   * @param isOutage whether other states will fail in the same way
   * @param isRateLimit whether everybody should wait
   * @param retryAfter how long, if the endpoint says so
   */
  private record Attempt(
      @Nullable ChatResponse response,
      String failure,
      boolean isFinal,
      boolean isOutage,
      boolean isRateLimit,
      @Nullable Duration retryAfter) {}
}
