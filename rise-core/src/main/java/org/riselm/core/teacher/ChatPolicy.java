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
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.SamplingProgress;

/**
 * A policy over any LangChain4j chat model: a teacher behind an endpoint, or a model to evaluate.
 *
 * <p>A state is sent as the problem's prompt, then each visible turn's response and feedback. What
 * fails is tried again after a pause that doubles; a state that cannot be answered gives a failed
 * completion that says why, and leaves the others alone. If several states in a row cannot be
 * answered, the endpoint counts as down: nothing more is asked, and the batch ends with an {@link
 * EndpointDownException} that has what was answered before. The next batch gives it one more state.
 *
 * <p>One batch takes at most {@link #longestPerState} for each round of states over the
 * connections, plus what a rate limit asks for. Endpoints do not repeat themselves: the promise of
 * {@link Query}, the same answer to the same query, does not hold here. Set the model's own retries
 * to 0; this class does them. It owns no connection and needs no closing; the model remains the
 * caller's.
 */
public final class ChatPolicy implements Policy {
  private final Builder options;
  private final RetryingChatClient asker;
  private final CircuitBreaker outage;
  private ChatUsage spend = ChatUsage.NOTHING;

  private ChatPolicy(Builder options) {
    this.options = options;
    this.asker = new RetryingChatClient(options);
    this.outage = new CircuitBreaker(options.name, options.downAfter);
  }

  /**
   * A builder of a policy over {@code model}.
   *
   * @param model asked from several threads at once
   * @param name of the endpoint, for messages: its model and address
   */
  public static Builder builder(ChatModel model, String name) {
    return new Builder(model, name);
  }

  /** What all batches so far have asked for. */
  public synchronized ChatUsage spend() {
    return spend;
  }

  private synchronized void count(ChatUsage more) {
    spend = spend.plus(more);
  }

  /** The longest that one state can take, without what a rate limit adds. */
  public Duration longestPerState() {
    Duration longest = options.timeout.multipliedBy(options.tries);
    for (int failure = 1; failure < options.tries; failure++) {
      longest = longest.plus(options.longestPause);
    }
    return longest;
  }

  /** The longest that a batch can take, without what a rate limit adds. */
  public Duration longestPerBatch(int states) {
    int rounds = (states + options.connections - 1) / options.connections;
    return longestPerState().multipliedBy(rounds);
  }

  /**
   * {@inheritDoc}
   *
   * @throws EndpointDownException if the endpoint answers nothing more, unless {@link
   *     Builder#goOnWhenDown}
   */
  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, SamplingProgress progress) {
    requireNonNull(sampling, "sampling");
    if (queries.isEmpty()) {
      return List.of();
    }
    @Nullable ChatOutcome[] answers = new ChatOutcome[queries.size()];
    ExecutorService threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "rise-teacher");
              thread.setDaemon(true);
              return thread;
            });
    try {
      ask(queries, sampling, progress, answers, threads);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdownNow();
    }
    List<Completion> completions = new ArrayList<>(answers.length);
    for (ChatOutcome answer : answers) {
      completions.add(
          answer == null
              ? Completion.failed(options.name + ": interrupted before an answer came")
              : answer.completion());
    }
    String down = outage.message();
    if (down != null && !options.goesOnWhenDown && !Thread.currentThread().isInterrupted()) {
      throw new EndpointDownException(down, List.copyOf(completions));
    }
    return List.copyOf(completions);
  }

  private void ask(
      List<Query> queries,
      SamplingOptions sampling,
      SamplingProgress progress,
      @Nullable ChatOutcome[] answers,
      ExecutorService threads)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    outage.newBatch();
    BlockingQueue<Placed> done = new LinkedBlockingQueue<>();
    for (int c = 0; c < Math.min(options.connections, queries.size()); c++) {
      threads.execute(
          () -> {
            for (int i = next.getAndIncrement();
                i < queries.size() && !Thread.currentThread().isInterrupted();
                i = next.getAndIncrement()) {
              done.add(new Placed(i, asker.answer(queries.get(i), sampling, outage, threads)));
            }
          });
    }
    for (int n = 0; n < queries.size(); n++) {
      Placed placed = done.take();
      answers[placed.place()] = placed.answer();
      count(placed.answer().spend());
      progress.advanced(1, placed.answer().spend().outputTokens());
    }
  }

  private record Placed(int place, ChatOutcome answer) {}

  /** Settings of a {@link ChatPolicy}. */
  public static final class Builder {
    final ChatModel model;
    final String name;
    String system = "";
    int connections = 4;
    int tries = 5;
    int downAfter = 5;
    boolean goesOnWhenDown = false;
    int requestsPerMinute = 0;
    Duration timeout = Duration.ofSeconds(60);
    Duration firstPause = Duration.ofMillis(500);
    Duration longestPause = Duration.ofSeconds(30);

    private Builder(ChatModel model, String name) {
      this.model = requireNonNull(model, "model");
      this.name = requireNonNull(name, "name");
    }

    /** What is said before the problem, as the system; nothing by default. */
    public Builder system(String system) {
      this.system = requireNonNull(system, "system");
      return this;
    }

    /** How many states are asked at once; 4 by default. */
    public Builder connections(int connections) {
      this.connections = atLeastOne("connections", connections);
      return this;
    }

    /** How often a state is tried before it fails; 5 by default, the first included. */
    public Builder tries(int tries) {
      this.tries = atLeastOne("tries", tries);
      return this;
    }

    /** After how many failed states in a row the endpoint counts as down; 5 by default. */
    public Builder downAfter(int states) {
      this.downAfter = atLeastOne("downAfter", states);
      return this;
    }

    /**
     * Gives failed completions for all that is left when the endpoint is down, and throws nothing:
     * a relabeler then keeps the learner's own responses.
     */
    public Builder goOnWhenDown() {
      this.goesOnWhenDown = true;
      return this;
    }

    /** The highest rate of requests, retries included; 0, the default, is no limit. */
    public Builder requestsPerMinute(int requests) {
      if (requests < 0) {
        throw new IllegalArgumentException("requestsPerMinute is " + requests + "; 0 or more");
      }
      this.requestsPerMinute = requests;
      return this;
    }

    /** How long a try may take; 60 seconds by default. */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /** The pause after a state's first failure; it doubles with each. Half a second by default. */
    public Builder firstPause(Duration pause) {
      this.firstPause = positive("firstPause", pause);
      return this;
    }

    /** The longest pause, also of those that the endpoint asks for; 30 seconds by default. */
    public Builder longestPause(Duration pause) {
      this.longestPause = positive("longestPause", pause);
      return this;
    }

    /** The policy. */
    public ChatPolicy build() {
      return new ChatPolicy(copy());
    }

    private Builder copy() {
      Builder copy = new Builder(model, name);
      copy.system = system;
      copy.connections = connections;
      copy.tries = tries;
      copy.downAfter = downAfter;
      copy.goesOnWhenDown = goesOnWhenDown;
      copy.requestsPerMinute = requestsPerMinute;
      copy.timeout = timeout;
      copy.firstPause = firstPause;
      copy.longestPause = longestPause;
      return copy;
    }

    private static int atLeastOne(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(what + " is " + value + "; 1 or more");
      }
      return value;
    }

    private static Duration positive(String what, Duration value) {
      if (requireNonNull(value, what).isZero() || value.isNegative()) {
        throw new IllegalArgumentException(what + " is " + value + "; it must be above zero");
      }
      return value;
    }
  }
}
