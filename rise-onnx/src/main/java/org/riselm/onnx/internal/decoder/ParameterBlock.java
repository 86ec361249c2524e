package org.riselm.onnx.internal.decoder;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.riselm.core.internal.util.Seeds;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * One number (or gradient, or moment) for every trainable number of a model, in one block of native
 * memory: matrices first, then vectors, each starting at a cache line, zeros between them. Whole
 * blocks of the same layout can so be added or updated at once.
 */
public final class ParameterBlock implements AutoCloseable {
  private static final long CACHE_LINE = 16;

  private final Resources resources = new Resources();
  private final List<Parameter> parameters;
  private final Map<String, Tensor> views = new LinkedHashMap<>();
  private final Tensor block;
  private final long matrixElements;

  private ParameterBlock(List<Parameter> parameters, Device device, ElementType type) {
    this.parameters = List.copyOf(parameters);
    List<Parameter> laidOut = new ArrayList<>(parameters);
    laidOut.sort(Comparator.comparing(p -> !p.isMatrix()));
    Map<String, Long> offsets = new LinkedHashMap<>();
    long end = 0;
    long matricesEnd = 0;
    for (Parameter p : laidOut) {
      offsets.put(p.name(), end);
      end += (p.elements() + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
      if (p.isMatrix()) {
        matricesEnd = end;
      }
    }
    this.matrixElements = matricesEnd;
    this.block = resources.add(Tensor.zeros(device, type, end));
    try {
      for (Parameter p : parameters) {
        long offset = offsets.getOrDefault(p.name(), 0L);
        views.put(p.name(), resources.add(block.slice(offset, p.sizes())));
      }
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /** Zeros for every parameter of a model. The caller closes it. */
  public static ParameterBlock zeros(DecoderConfig config) {
    return zeros(Parameter.of(config));
  }

  /** Zeros for every parameter. The caller closes it. */
  public static ParameterBlock zeros(List<Parameter> parameters) {
    return zeros(parameters, Device.CPU, ElementType.FLOAT);
  }

  /** Zeros for every parameter, in a device's memory and of a type. The caller closes it. */
  public static ParameterBlock zeros(List<Parameter> parameters, Device device, ElementType type) {
    return new ParameterBlock(parameters, device, type);
  }

  /** The usual random start of a decoder; see {@link #randomize}. The caller closes it. */
  public static ParameterBlock random(DecoderConfig config, long seed) {
    ParameterBlock weights = zeros(config);
    weights.randomize(config, seed);
    return weights;
  }

  /**
   * Starts anew at random: norm scales at 1, biases at 0, linear weights from a normal distribution
   * of variance 1 over their inputs, those into the residual stream smaller by √(2 · layers). The
   * same seed gives the same weights everywhere.
   */
  public void randomize(DecoderConfig config, long seed) {
    double residualScale = 1 / Math.sqrt(2.0 * config.layers());
    for (Parameter p : parameters) {
      FloatBuffer values = tensor(p.name()).floats();
      if (!p.isMatrix()) {
        float start = p.isBias() || config.style().unitOffset() ? 0 : 1;
        fill(values, () -> start);
        continue;
      }
      boolean looksUp = p.isEmbedding();
      boolean intoResidual =
          p.name().contains("o_proj")
              || p.layer()
                  .endsWith(
                      config
                          .style()
                          .feedForwardLayers()
                          .get(config.style().feedForwardLayers().size() - 1));
      double fanIn = p.shape().get(1);
      // An embedding's rows are looked up, not summed, so its scale does not follow a fan-in.
      double scale = looksUp ? 0.05 : (intoResidual ? residualScale : 1) / Math.sqrt(fanIn);
      SplittableRandom random =
          new SplittableRandom(Seeds.derive(seed, Seeds.coordinate(p.name())));
      fill(values, () -> (float) (gaussian(random) * scale));
    }
  }

  /**
   * Starts adapters: every A from a normal distribution of variance 1 over its inputs, every B at
   * 0, so that they change nothing yet.
   */
  public void randomizeAdapters(long seed) {
    for (Parameter p : parameters) {
      FloatBuffer values = tensor(p.name()).floats();
      boolean down = p.name().endsWith(ParameterLayout.LORA_A);
      double scale = down ? 1 / Math.sqrt(p.shape().get(1)) : 0;
      SplittableRandom random =
          new SplittableRandom(Seeds.derive(seed, Seeds.coordinate(p.name())));
      fill(values, () -> (float) (gaussian(random) * scale));
    }
  }

  private interface FloatSource {
    float next();
  }

  private static void fill(FloatBuffer buffer, FloatSource source) {
    while (buffer.hasRemaining()) {
      buffer.put(source.next());
    }
  }

  // Box and Muller; StrictMath gives the same bits on every machine.
  private static double gaussian(SplittableRandom random) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
  }

  /** What it has numbers for, in the order of the model's graphs. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** The numbers of one parameter: a view, which this owns. */
  public Tensor tensor(String name) {
    Tensor t = views.get(name);
    if (t == null) {
      throw new IllegalArgumentException(
          "there is no parameter " + name + "; there are " + views.keySet());
    }
    return t;
  }

  /** Every view, by name; this owns them. */
  public Map<String, Tensor> tensors() {
    return Map.copyOf(views);
  }

  /** The whole block, which this owns. */
  public Tensor block() {
    return block;
  }

  /** How many of the block's first numbers belong to matrices; the rest belong to vectors. */
  public long matrixElements() {
    return matrixElements;
  }

  /** The number of trainable numbers. */
  public long elements() {
    return parameters.stream().mapToLong(Parameter::elements).sum();
  }

  @Override
  public void close() {
    resources.close();
  }
}
