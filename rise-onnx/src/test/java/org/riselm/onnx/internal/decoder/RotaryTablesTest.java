package org.riselm.onnx.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.riselm.onnx.Lora;
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
import org.riselm.onnx.internal.train.TrainingGraph;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Rope;

class RotaryTablesTest {
  private static DecoderConfig config(int contextLength) {
    return DecoderConfig.builder(40)
        .hiddenSize(64)
        .layers(2)
        .heads(2)
        .feedForwardSize(96)
        .contextLength(contextLength)
        .rope(Rope.of(1_000_000))
        .build();
  }

  @Test
  void whatAGraphComputesIsWhatASamplerIsFedUpToTheMillionthPosition() {
    DecoderConfig config = config(1 << 20);
    int positions = config.contextLength();
    int half = config.headSize() / 2;
    Graph graph = new Graph("tables");
    Ops ops = new Ops(graph);
    Value row = graph.input("row", FLOAT, Shape.of(Dim.of("n")));
    RotaryTables tables =
        RotaryTables.computed(ops, config, ops.sizeOf(row, 0), Dim.of("n"), FLOAT);
    graph.output(ops.identity(tables.of(config.rope()).get(0), "cos"));
    graph.output(ops.identity(tables.of(config.rope()).get(1), "sin"));
    try (Resources r = new Resources()) {
      OnnxSession session = r.add(OnnxSession.load(graph.toModel(), SessionSettings.ofThreads(1)));
      Tensor cos = r.add(Tensor.zeros(FLOAT, positions, half));
      Tensor sin = r.add(Tensor.zeros(FLOAT, positions, half));
      Binding binding = r.add(session.bind());
      binding
          .input("row", r.add(Tensor.zeros(FLOAT, positions)))
          .output("cos", cos)
          .output("sin", sin)
          .run();
      FloatBuffer expectedCos = FloatBuffer.allocate(positions * half);
      FloatBuffer expectedSin = FloatBuffer.allocate(positions * half);
      RotaryAngles.of(config).fill(positions, expectedCos, expectedSin);
      assertArrayEquals(expectedCos.array(), cos.toFloats(), 2e-7f);
      assertArrayEquals(expectedSin.array(), sin.toFloats(), 2e-7f);
    }
  }

  @Test
  void graphsAndTheirMemoryDoNotGrowWithTheContextThatAModelCouldHave() {
    for (int context : new int[] {262_144, 1_000_000}) {
      assertEquals(sampling(2048), sampling(context));
      assertEquals(scoring(2048), scoring(context));
      for (boolean adapters : new boolean[] {false, true}) {
        Graph shorter = learning(2048, adapters);
        Graph longer = learning(context, adapters);
        assertEquals(shorter.toModel().length, longer.toModel().length);
        Map<String, Long> sizes = Map.of("batch", 2L, "sequence", 100L, "targets", 50L);
        assertEquals(ActivationMemory.bytes(shorter, sizes), ActivationMemory.bytes(longer, sizes));
      }
    }
  }

  private static int sampling(int context) {
    return DecoderGraphs.sampling(ParameterLayout.full(config(context))).toModel().length;
  }

  private static int scoring(int context) {
    return DecoderGraphs.scoring(ParameterLayout.full(config(context))).graph().toModel().length;
  }

  private static Graph learning(int context, boolean adapters) {
    ParameterLayout layout =
        adapters
            ? ParameterLayout.lora(config(context), Lora.rank(2), p -> FLOAT)
            : ParameterLayout.full(config(context));
    return TrainingGraph.withGradients(layout.recomputing(adapters), 0);
  }

  @Test
  void theTablesOfARunAreCountedAsItsActivations() {
    Graph graph = new Graph("tables");
    Ops ops = new Ops(graph);
    Value row = graph.input("row", FLOAT, Shape.of(Dim.of("n")));
    RotaryTables tables =
        RotaryTables.computed(ops, config(64), ops.sizeOf(row, 0), Dim.of("n"), FLOAT);
    graph.output(
        ops.identity(
            ops.add(tables.of(config(64).rope()).get(0), tables.of(config(64).rope()).get(1)),
            "sum"));
    long table = 100 * 16 * Float.BYTES;
    long counted = ActivationMemory.bytes(graph, Map.of("n", 100L));
    assertTrue(counted >= 2 * table && counted <= 4 * table, () -> counted + " bytes");
  }
}
