package org.riselm.core.teacher;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Policy;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import dev.failsafe.Timeout;
import dev.failsafe.TimeoutExceededException;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.riselm.core.internal.util.UserFailure;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;

/** Asks an endpoint for one response, as often as it takes and may. Thread-safe. */
final class RetryingChatClient {
  private final ChatPolicy.Builder options;
  private final CircuitBreaker breaker;
  private final List<Policy<ChatResponse>> policies = new ArrayList<>();
  private volatile long pausedUntil = System.nanoTime();

  RetryingChatClient(ChatPolicy.Builder options, CircuitBreaker breaker) {
    this.options = options;
    this.breaker = breaker;
    policies.add(retries());
    if (options.requestsPerMinute > 0) {
      policies.add(
          RateLimiter.<ChatResponse>smoothBuilder(options.requestsPerMinute, Duration.ofMinutes(1))
              .withMaxWaitTime(Duration.ofDays(1))
              .build());
    }
    policies.add(Timeout.<ChatResponse>builder(options.timeout).withInterrupt().build());
  }

  private RetryPolicy<ChatResponse> retries() {
    RetryPolicyBuilder<ChatResponse> retries =
        RetryPolicy.<ChatResponse>builder()
            .withMaxAttempts(options.tries)
            .abortOn(
                failure ->
                    isFinal(failure) || failure instanceof Error || breaker.message() != null)
            .withDelayFn(context -> pause(context.getLastException()));
    return (options.firstPause.compareTo(options.longestPause) < 0
            ? retries.withBackoff(options.firstPause, options.longestPause)
            : retries.withDelay(options.longestPause))
        .withJitter(ChatPolicy.JITTER)
        .build();
  }

  /** The pause that the endpoint asks for; below 0 for the back-off of {@link #retries}. */
  private Duration pause(Throwable failure) {
    Duration pause = RetryHint.in(String.valueOf(failure)).orElse(Duration.ofNanos(-1));
    pause = pause.compareTo(options.longestPause) > 0 ? options.longestPause : pause;
    if (failure instanceof RateLimitException) {
      // States that have not begun wait, too.
      Duration all = pause.isNegative() ? options.firstPause : pause;
      pausedUntil = Math.max(pausedUntil, System.nanoTime() + all.toNanos());
    }
    return pause;
  }

  private static boolean isClosed(Throwable failure) {
    return failure instanceof AuthenticationException || failure instanceof ModelNotFoundException;
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof InvalidRequestException
        || failure instanceof UnsupportedFeatureException;
  }

  private static boolean isFinal(Throwable failure) {
    return isClosed(failure) || isRefusal(failure) || failure instanceof ContentFilteredException;
  }

  /** Returns the response to {@code query}; what throws on the way fails this state only. */
  ChatOutcome respond(Query query, SamplingOptions sampling, ExecutorService threads) {
    String down = breaker.message();
    if (down != null) {
      return failed(down, 0);
    }
    AtomicInteger requests = new AtomicInteger();
    try {
      long wait = pausedUntil - System.nanoTime();
      if (wait > 0) {
        Thread.sleep(Duration.ofNanos(wait).toMillis() + 1);
      }
      ChatRequest request = ChatMessages.request(options, query.state(), sampling);
      FailsafeExecutor<ChatResponse> executor = Failsafe.with(policies).with(threads);
      CompletableFuture<ChatResponse> call =
          executor.getAsync(
              () -> {
                requests.incrementAndGet();
                return options.model.chat(request);
              });
      return responded(call.get(), requests.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(options.name + ": interrupted", requests.get());
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e : e.getCause(), requests.get());
    } catch (Throwable e) {
      UserFailure.rethrowFatal(e);
      return failed("%s: %s".formatted(options.name, e), requests.get());
    }
  }

  private ChatOutcome responded(ChatResponse response, int requests) {
    breaker.succeeded();
    ChatUsage usage = ChatUsage.of(requests).plus(ChatUsage.tokens(response.tokenUsage()));
    String text = response.aiMessage() == null ? null : response.aiMessage().text();
    if (text == null || text.isBlank()) {
      // Asking again costs as much, and mostly ends in the same way.
      String why =
          "%s: the response is empty; its finish reason is %s"
              .formatted(options.name, response.finishReason());
      return new ChatOutcome(Completion.failed(why), usage.plus(ChatUsage.FAILED));
    }
    FinishReason finish =
        response.finishReason() == dev.langchain4j.model.output.FinishReason.LENGTH
            ? FinishReason.LENGTH
            : FinishReason.STOP;
    return new ChatOutcome(
        Completion.of(new Response(text, Tokens.none(), finish)), usage.plus(ChatUsage.ANSWERED));
  }

  private ChatOutcome failed(Throwable failure, int requests) {
    UserFailure.rethrowFatal(failure);
    String why =
        failure instanceof TimeoutExceededException
            ? "no response in " + options.timeout
            : String.valueOf(failure);
    if (isFinal(failure)) {
      if (isClosed(failure)) {
        breaker.failed(why);
      } else if (isRefusal(failure)) {
        breaker.refused(why);
      }
      return failed("%s, not tried again: %s".formatted(options.name, why), requests);
    }
    String message = "%s, after %d tries: %s".formatted(options.name, requests, why);
    breaker.failed(message);
    return failed(message, requests);
  }

  private static ChatOutcome failed(String why, int requests) {
    return new ChatOutcome(Completion.failed(why), ChatUsage.of(requests).plus(ChatUsage.FAILED));
  }
}
