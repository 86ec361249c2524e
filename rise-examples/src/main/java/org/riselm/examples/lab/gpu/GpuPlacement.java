package org.riselm.examples.lab.gpu;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.examples.Arguments;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.generate.GeneratorLimits;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * Which nodes of every graph are not on the GPU. Needs ONNX Runtime's CUDA provider, but no kernel
 * runs: the stand-in will do.
 */
public final class GpuPlacement {
  // What the graphs compute shapes with; ONNX Runtime leaves it on the CPU, where shapes are.
  private static final Set<String> SHAPES =
      Set.of("Gather", "Min", "Max", "Add", "Sub", "Mul", "Div", "Concat", "Unsqueeze");
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);

  private static final String USAGE =
      """
      Usage: java … org.riselm.examples.lab.gpu.GpuPlacement [cuda|rehearsal] [tiny|8b]
        Prints where every node of the graphs runs. rehearsal: on the CPU, in the place of a GPU.
      """;

  private GpuPlacement() {}

  /** Prints a row for each graph; nothing without {@code cuda}. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, GpuPlacement::start);
  }

  private static void start(String[] args) throws IOException {
    Device device = GpuSetting.of(args).device();
    if (!device.isCuda()) {
      return;
    }
    for (ElementType precision : List.of(ElementType.FLOAT, ElementType.BFLOAT16)) {
      training(device, precision);
    }
    for (SamplingOptions sampling :
        List.of(
            SamplingOptions.greedy(1),
            SamplingOptions.ofMaxNewTokens(1),
            SamplingOptions.builder().temperature(0.8).topK(40).maxNewTokens(1).build(),
            SamplingOptions.builder().temperature(0.8).topP(0.9).maxNewTokens(1).build(),
            SamplingOptions.builder()
                .temperature(0.8)
                .topK(40)
                .topP(0.9)
                .maxNewTokens(1)
                .build())) {
      sampling(device, sampling);
    }
  }

  private static void training(Device device, ElementType precision) {
    DecoderConfig config = GpuSetting.small();
    try (Resources r = new Resources()) {
      ModelTensors adapters = RandomModel.of(config, 8, ElementType.BFLOAT16, r);
      ModelTensors whole = ModelTensors.full(config, r.add(ParameterBlock.random(config, 1)));
      report(
          "LoRA in " + precision,
          r.add(GraphStepExecutor.on(device, precision, adapters, ADAMW, 2, 0)).placements());
      report(
          "full training in " + precision,
          r.add(GraphStepExecutor.on(device, precision, whole, ADAMW, 2, 0)).placements());
    }
  }

  private static void sampling(Device device, SamplingOptions sampling) {
    DecoderConfig config = GpuSetting.small();
    try (Resources r = new Resources()) {
      ModelTensors model = RandomModel.of(config, 8, ElementType.BFLOAT16, r);
      Generator generator =
          r.add(
              Generator.load(
                  model.layout().computedIn(ElementType.BFLOAT16),
                  new SessionSettings(2, model.all(), device),
                  new GeneratorLimits(config.contextLength(), ImmutableIntArray.of(), 8)));
      report(sampling.toString(), generator.placements(sampling));
    }
  }

  private static void report(String graph, List<Placement> placements) {
    Map<String, Integer> elsewhere = new TreeMap<>();
    int away = 0;
    for (Placement p : placements) {
      if (p.provider().equals("CUDA")) {
        away++;
      } else {
        elsewhere.merge(p.operator(), 1, Integer::sum);
      }
    }
    GpuSetting.row(
        "nodes of " + graph + " that are not among the %d on CUDA".formatted(away),
        elsewhere.toString(),
        "arithmetic on shapes",
        away > 5 * elsewhere.values().stream().mapToInt(Integer::intValue).sum()
            && SHAPES.containsAll(elsewhere.keySet()));
  }
}
