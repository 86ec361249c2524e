package org.riselm.onnx.internal.train;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.memory.ActivationMemory;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * AdamW in a device's memory, piece by piece: few launches, and scratch memory that is small beside
 * a model. Small graphs of elementwise operators.
 */
public final class DeviceAdamW implements ParameterUpdate {
  private static final int PIECE = 1 << 24;

  private final Resources resources = new Resources();
  private final AdamW settings;
  private final Tensor piecesNorm = resources.add(Tensor.scalar(0));
  private final Tensor clip = resources.add(Tensor.of(new float[] {1}, 1));
  private final Tensor rate = resources.add(Tensor.of(new float[] {0}, 1));
  private final Tensor secondCorrection = resources.add(Tensor.of(new float[] {0}, 1));
  private final Tensor keepDecayed = resources.add(Tensor.of(new float[] {1}, 1));
  private final Tensor keepWhole = resources.add(Tensor.of(new float[] {1}, 1));
  private final List<Binding> norms = new ArrayList<>();
  private final List<Binding> updates = new ArrayList<>();

  /** Predicts what updating the weights that {@code layout} trains takes beside them, in bytes. */
  public static long scratchBytes(ParameterLayout layout) {
    long elements = layout.trained().stream().mapToLong(Parameter::elements).sum();
    Map<String, Long> piece = Map.of("n", Math.min(elements, PIECE));
    AdamW any = new AdamW(0.9, 0.999, 1e-8, 0.01, AdamW.Decay.ALL, 1);
    return ActivationMemory.bytes(adamGraph(any), piece)
        + ActivationMemory.bytes(normGraph(), piece);
  }

  DeviceAdamW(Blocks blocks, AdamW settings) {
    this.settings = settings;
    try {
      Device device = blocks.weights().block().device();
      SessionSettings session = SessionSettings.ofThreads(1).on(device);
      OnnxSession norm = resources.add(OnnxSession.load(normGraph().toModel(), session));
      OnnxSession adam = resources.add(OnnxSession.load(adamGraph(settings).toModel(), session));
      for (Piece piece : Piece.of(blocks.weights(), settings.decay(), PIECE)) {
        Tensor g = slice(blocks.gradients(), piece);
        norms.add(resources.add(norm.bind()).input("gradient", g).output("squares", piecesNorm));
        updates.add(
            resources
                .add(adam.bind())
                .input("gradient", g)
                .input("clip", clip)
                .input("rate", rate)
                .input("second_correction", secondCorrection)
                .input("keep", piece.decays() ? keepDecayed : keepWhole)
                .input("parameter", slice(blocks.weights(), piece))
                .input("first", slice(blocks.first(), piece))
                .input("second", slice(blocks.second(), piece))
                .output("parameter_out", slice(blocks.weights(), piece))
                .output("first_out", slice(blocks.first(), piece))
                .output("second_out", slice(blocks.second(), piece)));
      }
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private Tensor slice(ParameterBlock weights, Piece piece) {
    return resources.add(weights.block().slice(piece.from(), piece.length()));
  }

  @Override
  public double gradientNorm() {
    double squares = 0;
    for (Binding b : norms) {
      b.run();
      squares += piecesNorm.floats().get(0);
    }
    return Math.sqrt(squares);
  }

  @Override
  public void apply(long step, double learningRate, double gradientNorm) {
    Scalars scalars = Scalars.of(settings, step, learningRate, gradientNorm);
    set(clip, scalars.clip());
    set(rate, scalars.rate());
    set(secondCorrection, scalars.correction());
    set(keepDecayed, scalars.keepDecayed());
    updates.forEach(Binding::run);
  }

  private static void set(Tensor scalar, float value) {
    scalar.floats().put(0, value);
  }

  private static Graph normGraph() {
    Graph graph = new Graph("gradient-norm");
    Ops ops = new Ops(graph);
    Value g = graph.input("gradient", FLOAT, Shape.of(Dim.of("n")));
    graph.output(ops.identity(ops.reduceSum(ops.mul(g, g), false, 0), "squares"));
    return graph;
  }

  /** p ← p·keep − rate · m / (√(v·correction) + ε); each input is read before it is overwritten. */
  private static Graph adamGraph(AdamW settings) {
    Graph graph = new Graph("adamw");
    Ops ops = new Ops(graph);
    Shape piece = Shape.of(Dim.of("n"));
    Value clip = graph.input("clip", FLOAT, Shape.of(1));
    Value rate = graph.input("rate", FLOAT, Shape.of(1));
    Value correction = graph.input("second_correction", FLOAT, Shape.of(1));
    Value keep = graph.input("keep", FLOAT, Shape.of(1));
    Value parameter = graph.input("parameter", FLOAT, piece);
    Value gradient = ops.mul(graph.input("gradient", FLOAT, piece), clip);
    Value first =
        average(ops, graph.input("first", FLOAT, piece), gradient, settings.beta1(), "first_out");
    Value second =
        average(
            ops,
            graph.input("second", FLOAT, piece),
            ops.mul(gradient, gradient),
            settings.beta2(),
            "second_out");
    Value root = ops.sqrt(ops.mul(second, correction));
    Value denominator = ops.add(root, graph.constant((float) settings.epsilon()));
    Value move = ops.mul(ops.div(first, denominator), rate);
    graph.output(ops.identity(ops.sub(ops.mul(parameter, keep), move), "parameter_out"));
    graph.output(first);
    graph.output(second);
    return graph;
  }

  private static Value average(Ops ops, Value old, Value now, double beta, String name) {
    Graph graph = ops.graph();
    Value kept = ops.mul(old, graph.constant((float) beta));
    Value added = ops.mul(now, graph.constant((float) (1 - beta)));
    return ops.identity(ops.add(kept, added), name);
  }

  @Override
  public void close() {
    resources.close();
  }
}
