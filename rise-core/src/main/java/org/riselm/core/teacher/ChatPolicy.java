package org.riselm.core.teacher;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.ChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Checks;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.spi.SamplingMeter;

/**
 * A policy over any LangChain4j chat model: a teacher behind an endpoint, or a model to evaluate.
 *
 * <p>A state is sent as the problem's prompt, then each visible turn's response and feedback. What
 * fails is tried again after a pause that doubles; a state that gets no response gives a failed
 * completion that says why, and leaves the others alone. If several states in a row fail, or are
 * refused in the same words, the endpoint counts as down: nothing more is asked, and the batch ends
 * with an {@link EndpointDownException} that has what came before. The next batch gives it another
 * chance. A response without text fails its state and names its finish reason; it is not tried
 * again, for it has been paid for.
 *
 * <p>One batch takes at most {@link #longestPerState} for each round of states over the
 * connections, plus what a rate limit asks for. Endpoints do not repeat themselves: the promise of
 * {@link Query}, the same response to the same query, does not hold here. Set the model's own
 * retries to 0; this class does them. It owns no connection and needs no closing; the model remains
 * the caller's.
 */
public final class ChatPolicy implements Policy {
  /** By how much pauses vary, so that states that failed together come back apart. */
  static final double JITTER = 0.25;

  private final Builder options;
  private final RetryingChatClient client;
  private final CircuitBreaker breaker;
  private ChatUsage usage = ChatUsage.NONE;

  private ChatPolicy(Builder options) {
    this.options = options;
    this.breaker = new CircuitBreaker(options.name, options.failureThreshold);
    this.client = new RetryingChatClient(options, breaker);
  }

  /**
   * Starts a policy over {@code model}.
   *
   * @param model asked from several threads at once
   * @param name of the endpoint, for messages: its model and address
   * @return a builder
   */
  public static Builder builder(ChatModel model, String name) {
    return new Builder(model, name);
  }

  /** {@return what all batches so far have asked for} */
  public synchronized ChatUsage usage() {
    return usage;
  }

  private synchronized void count(ChatUsage more) {
    usage = usage.plus(more);
  }

  /** {@return the longest that one state can take, without what a rate limit adds} */
  public Duration longestPerState() {
    Duration longest = options.timeout.multipliedBy(options.tries);
    for (int failure = 1; failure < options.tries; failure++) {
      longest =
          longest.plus(Duration.ofNanos((long) (options.longestPause.toNanos() * (1 + JITTER))));
    }
    return longest;
  }

  /**
   * {@return the longest that a batch can take, without what a rate limit adds}
   *
   * @param states how many states the batch has
   */
  public Duration longestPerBatch(int states) {
    int rounds = (states + options.connections - 1) / options.connections;
    return longestPerState().multipliedBy(rounds);
  }

  /**
   * {@inheritDoc}
   *
   * @throws EndpointDownException if the endpoint answers nothing more, unless {@link
   *     Builder#continueWhenDown}
   */
  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    requireNonNull(sampling, "sampling");
    if (queries.isEmpty()) {
      return List.of();
    }
    @Nullable ChatOutcome[] outcomes = new ChatOutcome[queries.size()];
    ExecutorService threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "rise-teacher");
              thread.setDaemon(true);
              return thread;
            });
    try {
      ask(queries, sampling, progress, outcomes, threads);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdownNow();
    }
    List<Completion> completions = new ArrayList<>(outcomes.length);
    for (ChatOutcome outcome : outcomes) {
      completions.add(
          outcome == null
              ? Completion.failed(options.name + ": interrupted before a response came")
              : outcome.completion());
    }
    String down = breaker.message();
    if (down != null && !options.continueWhenDown && !Thread.currentThread().isInterrupted()) {
      throw new EndpointDownException(down, List.copyOf(completions));
    }
    return List.copyOf(completions);
  }

  private void ask(
      List<Query> queries,
      SamplingOptions sampling,
      ProgressListener progress,
      @Nullable ChatOutcome[] outcomes,
      ExecutorService threads)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    SamplingMeter meter = new SamplingMeter(queries.size(), progress);
    breaker.newBatch();
    BlockingQueue<Supplier<Placed>> done = new LinkedBlockingQueue<>();
    for (int c = 0; c < Math.min(options.connections, queries.size()); c++) {
      threads.execute(
          () -> {
            for (int i = next.getAndIncrement();
                i < queries.size() && !Thread.currentThread().isInterrupted();
                i = next.getAndIncrement()) {
              done.add(asked(i, queries.get(i), sampling, threads));
            }
          });
    }
    for (int n = 0; n < queries.size(); n++) {
      Placed placed = done.take().get();
      outcomes[placed.place()] = placed.outcome();
      count(placed.outcome().usage());
      meter.advanced(1, placed.outcome().usage().outputTokens());
    }
  }

  /** Returns the outcome or, where the run must end, what throws that on the thread that waits. */
  private Supplier<Placed> asked(
      int place, Query query, SamplingOptions sampling, ExecutorService threads) {
    try {
      Placed placed = new Placed(place, client.respond(query, sampling, threads));
      return () -> placed;
    } catch (Error e) {
      return () -> {
        throw e;
      };
    }
  }

  private record Placed(int place, ChatOutcome outcome) {}

  /** Collects the settings of a {@link ChatPolicy}. Not thread-safe. */
  public static final class Builder {
    final ChatModel model;
    final String name;
    String system = "";
    int connections = 4;
    int tries = 5;
    int failureThreshold = 5;
    boolean continueWhenDown = false;
    boolean sendTemperature = true;
    boolean sendMaxTokens = true;
    int requestsPerMinute = 0;
    Duration timeout = Duration.ofSeconds(60);
    Duration firstPause = Duration.ofMillis(500);
    Duration longestPause = Duration.ofSeconds(30);

    private Builder(ChatModel model, String name) {
      this.model = requireNonNull(model, "model");
      this.name = requireNonNull(name, "name");
    }

    /**
     * Sets the system message; none by default.
     *
     * @param system the system message
     * @return this builder
     */
    public Builder system(String system) {
      this.system = requireNonNull(system, "system");
      return this;
    }

    /**
     * Sets how many states are asked at once; 4 by default.
     *
     * @param connections how many states are asked at once
     * @return this builder
     */
    public Builder connections(int connections) {
      this.connections = Checks.atLeastOne("connections", connections);
      return this;
    }

    /**
     * Sets how often a state is tried before it fails, the first try included; 5 by default.
     *
     * @param tries how often a state is tried before it fails
     * @return this builder
     */
    public Builder tries(int tries) {
      this.tries = Checks.atLeastOne("tries", tries);
      return this;
    }

    /**
     * Sets after how many states in a row that failed, or were refused in the same words, the
     * endpoint counts as down; 5 by default.
     *
     * @param states after how many states in a row that failed
     * @return this builder
     */
    public Builder failureThreshold(int states) {
      this.failureThreshold = Checks.atLeastOne("failureThreshold", states);
      return this;
    }

    /**
     * Sets whether to give failed completions for all that is left when the endpoint is down, and
     * to throw nothing: a relabeler then keeps the learner's own responses. False by default.
     *
     * @param continues whether to give failed completions for all that is left when the endpoint is
     *     down
     * @return this builder
     */
    public Builder continueWhenDown(boolean continues) {
      this.continueWhenDown = continues;
      return this;
    }

    /**
     * Sets whether requests have the sampling's temperature; true by default. Some models take no
     * temperature but their own.
     *
     * @param send whether requests have the sampling's temperature
     * @return this builder
     */
    public Builder sendTemperature(boolean send) {
      this.sendTemperature = send;
      return this;
    }

    /**
     * Sets whether requests have a limit of output tokens; true by default. Models that think
     * before they respond may need more than the learner.
     *
     * @param send whether requests have a limit of output tokens
     * @return this builder
     */
    public Builder sendMaxTokens(boolean send) {
      this.sendMaxTokens = send;
      return this;
    }

    /**
     * Sets the highest rate of requests, retries included; 0, the default, is no limit.
     *
     * @param requests the highest rate of requests
     * @return this builder
     */
    public Builder requestsPerMinute(int requests) {
      if (requests < 0) {
        throw new IllegalArgumentException("requestsPerMinute is " + requests + "; 0 or more");
      }
      this.requestsPerMinute = requests;
      return this;
    }

    /**
     * Sets how long a try may take; 60 seconds by default.
     *
     * @param timeout how long a try may take
     * @return this builder
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /**
     * Sets the pause after a state's first failure, which doubles with each further one; half a
     * second by default.
     *
     * @param pause the pause after a state's first failure
     * @return this builder
     */
    public Builder firstPause(Duration pause) {
      this.firstPause = positive("firstPause", pause);
      return this;
    }

    /**
     * Sets the longest pause, also of those that the endpoint asks for; 30 seconds by default.
     *
     * @param pause the longest pause
     * @return this builder
     */
    public Builder longestPause(Duration pause) {
      this.longestPause = positive("longestPause", pause);
      return this;
    }

    /**
     * Builds the policy.
     *
     * @return the policy
     */
    public ChatPolicy build() {
      return new ChatPolicy(copy());
    }

    private Builder copy() {
      Builder copy = new Builder(model, name);
      copy.system = system;
      copy.connections = connections;
      copy.tries = tries;
      copy.failureThreshold = failureThreshold;
      copy.continueWhenDown = continueWhenDown;
      copy.sendTemperature = sendTemperature;
      copy.sendMaxTokens = sendMaxTokens;
      copy.requestsPerMinute = requestsPerMinute;
      copy.timeout = timeout;
      copy.firstPause = firstPause;
      copy.longestPause = longestPause;
      return copy;
    }

    private static Duration positive(String what, Duration value) {
      if (requireNonNull(value, what).isZero() || value.isNegative()) {
        throw new IllegalArgumentException(what + " is " + value + "; it must be above zero");
      }
      return value;
    }
  }
}
