package org.riselm.core.policy;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.spi.SamplingMeter;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.core.policy.spi.TrainingRecorder;

/**
 * A trainable policy without a model: for each key of a state, a categorical distribution over a
 * fixed list of responses. It truly learns, so a loop can be tested in milliseconds.
 *
 * <p>A response is one token, whose id is its place in the list. A key that was never trained is
 * uniform. {@link #train} takes plain gradient steps on the logits at the training's learning rate;
 * a rate around 1 is quick. The schedule, clipping and AdamW's settings have no meaning here and
 * are ignored.
 *
 * <p>Not thread-safe.
 */
public final class TablePolicy implements TrainablePolicy, ScoringPolicy {
  private final List<String> responses;
  private final Map<String, Integer> ids;
  private final Function<State, String> key;
  private final TreeMap<String, double[]> logits = new TreeMap<>();

  /**
   * Makes an untrained table.
   *
   * @param responses all it can say; distinct, not empty
   * @param key what of a state it sees; states with equal keys share a distribution
   */
  public TablePolicy(List<String> responses, Function<State, String> key) {
    this.responses = List.copyOf(responses);
    this.key = requireNonNull(key, "key");
    ImmutableMap.Builder<String, Integer> byText = ImmutableMap.builder();
    for (String response : this.responses) {
      if (response.isEmpty()) {
        throw new IllegalArgumentException("a response of the table is empty");
      }
      byText.put(response, this.responses.indexOf(response));
    }
    this.ids = byText.buildKeepingLast();
    if (ids.isEmpty() || ids.size() != this.responses.size()) {
      throw new IllegalArgumentException(
          "the table has %d responses, %d of them distinct; at least one, all distinct"
              .formatted(this.responses.size(), ids.size()));
    }
  }

  /**
   * {@return a key that tells states apart by the problem's prompt and the last visible attempt}
   *
   * @param state the state
   */
  public static String promptAndLastAttempt(State state) {
    List<String> attempts = state.history().stream().map(t -> t.response().text()).toList();
    return attempts.isEmpty()
        ? state.problem().prompt()
        : state.problem().prompt() + "\n" + attempts.get(attempts.size() - 1);
  }

  /**
   * {@return the probability of {@code response} in {@code state}, at temperature 1; 0 if not
   * listed}
   *
   * @param state the state
   * @param response the response
   */
  public double probability(State state, String response) {
    Integer id = ids.get(response);
    return id == null ? 0 : Categorical.softmax(row(state))[id];
  }

  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    List<Completion> completions = new ArrayList<>(queries.size());
    SamplingMeter meter = new SamplingMeter(queries.size(), progress);
    for (Query query : queries) {
      double[] row = row(query.state());
      int id = Categorical.draw(row, sampling, query.seed());
      completions.add(
          new Completion(
              new Response(responses.get(id), Tokens.of(id), FinishReason.STOP),
              sampling.logProbabilities()
                  ? LogProbabilities.of(Math.log(Categorical.softmax(row)[id]))
                  : LogProbabilities.none(),
              null));
      meter.advanced(1, 1);
    }
    return List.copyOf(completions);
  }

  /** Returns 1, at which a table learns quickly. */
  @Override
  public double defaultLearningRate() {
    return 1;
  }

  @Override
  public boolean fits(Example example) {
    return responses.contains(example.response().text());
  }

  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("there are no examples to learn; at least one");
    }
    List<Target> targets = examples.stream().map(this::target).toList();
    Random random = new Random(training.seed());
    List<Target> queue = new ArrayList<>();
    int steps = training.options().stepsFor(targets.size());
    long tokens = 0;
    TrainingRecorder log = new TrainingRecorder(progress, points, state());
    for (int step = 1; step <= steps; step++) {
      List<Target> batch = new ArrayList<>();
      while (batch.size() < Math.min(training.options().batchSize(), targets.size())) {
        if (queue.isEmpty()) {
          queue.addAll(targets);
          Collections.shuffle(queue, random);
        }
        batch.add(queue.remove(queue.size() - 1));
      }
      tokens += batch.size();
      if (step <= log.done()) {
        continue; // Done by an earlier process; only its draws are repeated.
      }
      double loss = step(batch, training, log);
      log.add(
          new TrainingStep(step, steps, loss, Double.NaN, training.learningRate(), batch.size()));
    }
    return log.summary(examples.size(), tokens);
  }

  private TrainingCheckpoints.State state() {
    return new TrainingCheckpoints.State() {
      @Override
      public void save(Path folder) throws IOException {
        TablePolicy.this.save(folder);
      }

      @Override
      public void restore(Path folder) throws IOException {
        TablePolicy.this.restore(folder);
      }
    };
  }

  /** One step down the loss of the contract, which is returned; none if that is not finite. */
  private double step(List<Target> batch, TrainingRequest training, TrainingRecorder log) {
    double total =
        switch (training.normalization()) {
          case BY_WEIGHT -> batch.stream().mapToDouble(t -> Math.abs(t.weight())).sum();
          case BY_TOKEN -> batch.size();
        };
    if (total == 0) {
      return 0;
    }
    double loss = 0;
    Map<String, double[]> gradients = new TreeMap<>();
    for (Target t : batch) {
      double[] p = Categorical.softmax(logits.getOrDefault(t.key(), new double[responses.size()]));
      loss -= t.weight() / total * Math.log(p[t.id()]);
      double[] gradient = gradients.computeIfAbsent(t.key(), k -> new double[responses.size()]);
      for (int i = 0; i < p.length; i++) {
        gradient[i] += t.weight() / total * (p[i] - (i == t.id() ? 1 : 0));
      }
    }
    if (!log.checkFinite(training.options(), loss, Double.NaN)) {
      return loss;
    }
    gradients.forEach(
        (k, gradient) -> {
          double[] row = logits.computeIfAbsent(k, unused -> new double[responses.size()]);
          for (int i = 0; i < row.length; i++) {
            row[i] -= training.learningRate() * gradient[i];
          }
        });
    return loss;
  }

  private record Target(String key, int id, double weight) {}

  private Target target(Example example) {
    Tokens tokens = example.response().tokens();
    int id =
        tokens.isEmpty() ? ids.getOrDefault(example.response().text(), -1) : tokens.toArray()[0];
    if (id < 0 || id >= responses.size() || tokens.size() > 1) {
      throw new IllegalArgumentException(
          "problem %s, turn %d: the response \"%s\" %s is not one of the table's %d responses"
              .formatted(
                  example.state().problem().id(),
                  example.state().turn(),
                  example.response().text(),
                  tokens,
                  responses.size()));
    }
    return new Target(key.apply(example.state()), id, example.weight());
  }

  @Override
  public List<LogProbabilities> logProbabilities(List<Example> examples) {
    return examples.stream()
        .map(this::target)
        .map(
            t -> {
              double[] p =
                  Categorical.softmax(logits.getOrDefault(t.key(), new double[responses.size()]));
              return LogProbabilities.of(Math.log(p[t.id()]));
            })
        .toList();
  }

  @Override
  public void save(Path folder) throws IOException {
    TableFile.write(folder, responses, logits);
  }

  @Override
  public void restore(Path folder) throws IOException {
    Map<String, double[]> read = TableFile.read(folder, responses);
    logits.clear();
    logits.putAll(read);
  }

  private double[] row(State state) {
    return logits.getOrDefault(key.apply(state), new double[responses.size()]);
  }
}
