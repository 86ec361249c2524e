package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.riselm.onnx.internal.runtime.ElementType.BFLOAT16;
import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** The graphs for a GPU, as far as can be told without one. */
class DeviceGraphsTest {
  private static final DecoderConfig CONFIG =
      DecoderConfig.builder(40)
          .hiddenSize(64)
          .layers(2)
          .heads(4)
          .keyValueHeads(2)
          .feedForwardSize(96)
          .contextLength(32)
          .build();

  static Stream<Arguments> layouts() {
    return Stream.of(
        Arguments.of("whole", ParameterLayout.full(CONFIG)),
        Arguments.of("adapters", ParameterLayout.lora(CONFIG, Lora.rank(4), p -> BFLOAT16)));
  }

  /**
   * ONNX Runtime finds types and shapes before it looks for kernels: what it misses on a CPU is a
   * kernel for bfloat16, and nothing else.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void inBfloat16OnlyKernelsAreMissingOnACpu(String name, ParameterLayout layout) {
    ParameterLayout half = layout.computedIn(BFLOAT16);
    lacksKernels(TrainingGraph.withGradients(half, 0), Map.of());
    lacksKernels(DecoderGraphs.scoring(half).graph(), Map.of());
    try (Resources r = new Resources()) {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      for (Parameter p : layout.trained()) {
        weights.put(p.name(), r.add(Tensor.zeros(FLOAT, p.sizes())));
      }
      layout
          .frozen()
          .forEach((p, type) -> weights.put(p.name(), r.add(Tensor.zeros(type, p.sizes()))));
      lacksKernels(DecoderGraphs.sampling(half), weights);
    }
  }

  private static void lacksKernels(Graph graph, Map<String, Tensor> initializers) {
    SessionSettings settings = new SessionSettings(1, initializers);
    OnnxRuntimeException e =
        assertThrows(
            OnnxRuntimeException.class, () -> OnnxSession.load(graph.toModel(), settings).close());
    assertTrue(
        String.valueOf(e.getMessage()).contains("Could not find an implementation"), e::getMessage);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void inFp32EveryGraphIsAtHomeOnACpuToo(String name, ParameterLayout layout) {
    OnnxSession.load(TrainingGraph.withGradients(layout, 0).toModel(), SessionSettings.ofThreads(1))
        .close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void samplingMultipliesAttendsAndCachesInBfloat16AndGivesLogitsInFp32(
      String name, ParameterLayout layout) {
    Graph graph = DecoderGraphs.sampling(layout.computedIn(BFLOAT16));
    for (Node node : graph.nodes()) {
      if (node.operator().endsWith("MatMul")) {
        node.inputs().forEach(v -> assertEquals(BFLOAT16, v.type(), node::toString));
      }
      if (node.operator().equals("GroupQueryAttention")) {
        for (int i : new int[] {0, 1, 2, 3, 4, 7, 8}) {
          assertEquals(BFLOAT16, node.input(i).type(), node::toString);
        }
      }
    }
    for (Value output : graph.outputs()) {
      ElementType expected = output.name().equals("logits") ? FLOAT : BFLOAT16;
      assertEquals(expected, output.type(), output::toString);
    }
  }

  /** Llama 3.1 8B: what a step with LoRA costs is what it must cost, but for little. */
  @Test
  void aStepOfALargeModelWastesLittle() {
    DecoderConfig config =
        DecoderConfig.builder(128_256)
            .hiddenSize(4096)
            .layers(32)
            .heads(32)
            .keyValueHeads(8)
            .feedForwardSize(14_336)
            .contextLength(1024)
            .build();
    ParameterLayout layout =
        ParameterLayout.lora(config, Lora.rank(16), p -> BFLOAT16).computedIn(BFLOAT16);
    long rows = 4;
    long columns = 1024;
    long targets = 2048;
    Map<String, Long> sizes = new HashMap<>(DecoderGraphs.packedSizes(rows, columns));
    sizes.putAll(Map.of("batch", rows, "sequence", columns, "targets", targets));
    GraphCost cost = GraphCost.of(TrainingGraph.withGradients(layout, 0), sizes);
    double needed = 0;
    for (Parameter p : Parameter.of(config)) {
      boolean head = p.name().equals("lm_head.weight");
      double times = head ? targets : p.isEmbedding() ? 0 : rows * columns;
      // Forward and back to the input; the frozen weights themselves have no gradient.
      needed += 4.0 * p.elements() * times;
    }
    double ratio = cost.operations() / needed;
    // Attention and adapters are the rest.
    assertTrue(ratio > 1 && ratio < 1.1, () -> ratio + " of what is needed");
    // 241 GB when this was written: 50 ms at 4.8 TB/s beside 156 ms of products at 790 TFLOP/s.
    assertTrue(cost.otherBytes() < 260e9, () -> cost.otherBytes() / 1e9 + " GB beside products");
    // Rows are put in their places in fp32: 6 GB of it.
    assertTrue(cost.castBytes() < 13e9, () -> cost.castBytes() / 1e9 + " GB of casts");
    assertTrue(TrainingGraph.activationBytes(layout, rows, columns, targets) < 36L << 30);
  }
}
