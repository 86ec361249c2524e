package org.riselm.onnx.train;

import static org.riselm.onnx.runtime.ElementType.FLOAT;

import org.jspecify.annotations.Nullable;
import org.riselm.onnx.graph.Dim;
import org.riselm.onnx.graph.Graph;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Shape;
import org.riselm.onnx.graph.Value;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.Binding;
import org.riselm.onnx.runtime.OnnxSession;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.SessionSettings;
import org.riselm.onnx.runtime.Tensor;

/**
 * Steps by plain sessions: gradients are outputs, and weights, gradients and moments are blocks of
 * memory that we own and bind. The weights it was given are updated in place.
 */
public final class PlainExecutor implements StepExecutor {
  private final Resources resources = new Resources();
  private final ModelTensors model;
  private final Weights weights;
  private final int threads;
  private final Weights gradients;
  private final BlockUpdate update;
  private final OnnxSession training;
  private final Tensor loss;
  private @Nullable Scorer scorer;
  private @Nullable Accumulator accumulator;
  private int accumulated;
  private long steps;

  /**
   * Prepares to train.
   *
   * @param model whose trained numbers change in place; it stays the caller's
   * @param optimizer how gradients are applied
   * @param threads that ONNX Runtime may use
   */
  public PlainExecutor(ModelTensors model, AdamW optimizer, int threads) {
    this.model = model;
    this.weights = model.trained();
    this.threads = threads;
    try {
      this.gradients = resources.add(Weights.zeros(weights.parameters()));
      this.update = resources.add(new BlockUpdate(weights, gradients, optimizer, threads));
      this.training = resources.add(load(TrainingGraph.withGradients(model.layout())));
      this.loss = resources.add(Tensor.scalar(0));
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private OnnxSession load(Graph graph) {
    return OnnxSession.load(graph.toModel(), SessionSettings.ofThreads(threads));
  }

  @Override
  public double accumulate(MicroBatch batch) {
    if (accumulated == 0) {
      run(batch, gradients);
    } else {
      if (accumulator == null) {
        accumulator = resources.add(new Accumulator(gradients, threads));
      }
      run(batch, accumulator.next());
      accumulator.add();
    }
    accumulated++;
    return loss.floats().get(0);
  }

  private void run(MicroBatch batch, Weights gradientTarget) {
    try (Resources run = new Resources()) {
      Binding binding = run.add(training.bind());
      Scorer.bindInputs(run, binding, batch, model);
      binding.output("loss", loss);
      for (Parameter p : weights.parameters()) {
        binding.output(TrainingGraph.gradientName(p.name()), gradientTarget.tensor(p.name()));
      }
      binding.run();
    }
  }

  @Override
  public double step(double learningRate) {
    if (accumulated == 0) {
      throw new IllegalStateException("no gradients were accumulated since the last step");
    }
    steps++;
    double norm = update.gradientNorm();
    update.apply(steps, learningRate, norm);
    accumulated = 0;
    return norm;
  }

  @Override
  public float[] tokenLosses(MicroBatch batch) {
    if (scorer == null) {
      scorer = resources.add(new Scorer(model, threads));
    }
    return scorer.tokenLosses(batch);
  }

  /** The gradients accumulated since the last step, by parameter; views that this owns. */
  Weights gradients() {
    return gradients;
  }

  /** Forgets what was accumulated. */
  void discard() {
    accumulated = 0;
  }

  @Override
  public void writeBack() {
    // The weights are updated where they are.
  }

  @Override
  public void close() {
    resources.close();
  }

  /** A second block of gradients, and the sum of both into the first. */
  private static final class Accumulator implements AutoCloseable {
    private final Resources resources = new Resources();
    private final Weights next;
    private final Binding sum;

    Accumulator(Weights gradients, int threads) {
      try {
        next = resources.add(Weights.zeros(gradients.parameters()));
        Graph graph = new Graph("gradient-sum");
        Shape block = Shape.of(Dim.of("n"));
        Value a = graph.input("a", FLOAT, block);
        Value b = graph.input("b", FLOAT, block);
        Ops ops = new Ops(graph);
        graph.output(ops.identity(ops.add(a, b), "sum"));
        OnnxSession session =
            resources.add(OnnxSession.load(graph.toModel(), SessionSettings.ofThreads(threads)));
        sum =
            resources
                .add(session.bind())
                .input("a", gradients.block())
                .input("b", next.block())
                .output("sum", gradients.block());
      } catch (RuntimeException e) {
        resources.close();
        throw e;
      }
    }

    Weights next() {
      return next;
    }

    void add() {
      sum.run();
    }

    @Override
    public void close() {
      resources.close();
    }
  }
}
