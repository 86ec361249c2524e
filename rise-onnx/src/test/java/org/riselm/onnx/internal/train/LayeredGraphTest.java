package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.OrderedRun;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.runtime.TerminableRun;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** A training graph that was cut between layers, against the same graph as it was. */
class LayeredGraphTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);

  private static DecoderConfig.Builder config(int layers) {
    return DecoderConfig.builder(50)
        .hiddenSize(64)
        .layers(layers)
        .heads(4)
        .keyValueHeads(2)
        .feedForwardSize(96)
        .contextLength(64);
  }

  private static ParameterLayout lora(DecoderConfig config, String... targets) {
    Lora lora = Lora.builder(4).targets(Set.of(targets)).build();
    return ParameterLayout.lora(config, lora, p -> FLOAT);
  }

  static Stream<Arguments> layouts() {
    return Stream.of(
        Arguments.of("tied head", ParameterLayout.full(config(3).tiedHead(true).build())),
        Arguments.of("own head", ParameterLayout.full(config(3).tiedHead(false).build())),
        Arguments.of("one layer", ParameterLayout.full(config(1).build())),
        Arguments.of("adapters", lora(config(3).build(), "q_proj", "down_proj")),
        Arguments.of("one adapter", lora(config(3).build(), "model.layers.1.mlp.up_proj")),
        Arguments.of("first layer", lora(config(3).build(), "model.layers.0.self_attn.k_proj")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void lossAndGradientsAreThoseOfTheWholeGraph(String name, ParameterLayout layout) {
    try (Resources r = new Resources()) {
      ModelTensors model = model(layout, r);
      MicroBatch batch = DecoderGradientTest.batch(layout.config(), 3, 21, 1);
      ParameterBlock expected = r.add(ParameterBlock.zeros(layout.trained()));
      double loss = runWhole(model, batch, expected, r);
      for (boolean recomputes : new boolean[] {false, true}) {
        GraphStepExecutor executor =
            r.add(new GraphStepExecutor(model.recomputing(recomputes), ADAMW, 2));
        assertEquals(loss, executor.accumulate(batch), 1e-5 * Math.abs(loss));
        for (Parameter p : layout.trained()) {
          float[] wanted = expected.tensor(p.name()).toFloats();
          float[] found = executor.gradients().tensor(p.name()).toFloats();
          double difference = 0;
          double length = 0;
          for (int i = 0; i < wanted.length; i++) {
            difference += Math.pow(wanted[i] - found[i], 2);
            length += Math.pow(wanted[i], 2);
          }
          double relative = Math.sqrt(difference / length);
          assertTrue(relative < 1e-5, () -> p.name() + " differs by " + relative);
        }
      }
    }
  }

  private static ModelTensors model(ParameterLayout layout, Resources r) {
    ParameterBlock base = r.add(ParameterBlock.random(layout.config(), 3));
    if (layout.lora().isEmpty()) {
      return ModelTensors.full(layout.config(), base);
    }
    Map<String, Tensor> frozen = new HashMap<>();
    layout.frozen().keySet().forEach(p -> frozen.put(p.name(), base.tensor(p.name())));
    ParameterBlock adapters = r.add(ParameterBlock.zeros(layout.trained()));
    for (int i = 0; i < adapters.block().elements(); i++) {
      adapters.block().floats().put(i, (float) Math.sin(i));
    }
    return new ModelTensors(layout, adapters, frozen);
  }

  private static double runWhole(
      ModelTensors model, MicroBatch batch, ParameterBlock gradients, Resources r) {
    byte[] graph = TrainingGraph.withGradients(model.layout(), 0).toModel();
    OnnxSession session = r.add(OnnxSession.load(graph, SessionSettings.ofThreads(2)));
    Tensor loss = r.add(Tensor.scalar(0));
    Binding binding = r.add(session.bind()).output("loss", loss);
    List<Tensor> inputs = batch.toTensors();
    for (int i = 0; i < inputs.size(); i++) {
      binding.input(DecoderGraphs.USER_INPUTS.get(i), r.add(inputs.get(i)));
    }
    model.all().forEach(binding::input);
    for (Parameter p : gradients.parameters()) {
      binding.output(TrainingGraph.gradientName(p.name()), gradients.tensor(p.name()));
    }
    binding.run();
    return loss.floats().get(0);
  }

  @Test
  void thereAreAsManyPartsForManyLayersAsForAFew() {
    for (boolean adapters : new boolean[] {false, true}) {
      LayeredGraph few = layered(4, adapters);
      LayeredGraph many = layered(16, adapters);
      assertEquals(few.parts().size(), many.parts().size());
      assertTrue(few.parts().size() <= 9, () -> few.parts().size() + " parts");
      assertEquals(24, many.calls().size() - few.calls().size());
      int bytes = few.parts().get(0).toModel().length;
      assertTrue(many.parts().get(0).toModel().length < 1.05 * bytes);
    }
  }

  private static LayeredGraph layered(int layers, boolean adapters) {
    DecoderConfig config = config(layers).build();
    return TrainingGraph.layered(
        adapters ? lora(config, "q_proj", "up_proj") : ParameterLayout.full(config), 0);
  }

  @Test
  void largeConstantsAreHandedOver() {
    DecoderConfig config = config(3).headSize(2050).build();
    LayeredGraph graph = TrainingGraph.layered(ParameterLayout.full(config), /* seed= */ 0);
    assertEquals(1, graph.constants().size(), "frequencies");
    graph.parts().forEach(p -> assertTrue(p.toModel().length < 20_000, p::toString));
  }

  @Property(tries = 20)
  void whatIsKeptAtATimeIsKeptApart(
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll @IntRange(min = 1, max = 40) int columns,
      @ForAll boolean adapters) {
    LayeredGraph graph = layered(3, adapters);
    int tokens = rows * columns;
    Map<String, Long> sizes = DecoderGraphs.sizes(rows, columns, Math.max(1, tokens / 2), tokens);
    ActivationLayout layout = new ActivationLayout(graph, sizes);
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < graph.calls().size(); i++) {
      for (Value v : graph.calls().get(i).inputs()) {
        last.put(v.name(), i);
      }
    }
    Map<String, long[]> alive = new LinkedHashMap<>();
    for (int i = 0; i < graph.calls().size(); i++) {
      for (Value v : graph.calls().get(i).outputs()) {
        Long from = layout.places().get(v.name());
        if (from == null) {
          continue;
        }
        long bytes = v.type().bytes();
        for (long d : layout.shape(v.name())) {
          bytes *= d;
        }
        long to = from + bytes;
        assertTrue(to <= layout.bytes());
        alive.forEach(
            (other, range) ->
                assertTrue(to <= range[0] || range[1] <= from, v + " is where " + other + " is"));
        alive.put(v.name(), new long[] {from, to});
      }
      int call = i;
      new ArrayList<>(alive.keySet())
          .stream().filter(n -> last.getOrDefault(n, 0) <= call).forEach(alive::remove);
    }
    assertTrue(layout.bytes() > 0);
  }

  @Test
  void anOrderedRunWantsATensorForEveryPort() {
    LayeredGraph graph = layered(1, false);
    try (OnnxSession session =
            OnnxSession.load(graph.parts().get(0).toModel(), SessionSettings.ofThreads(1));
        OrderedRun run = new OrderedRun(session);
        TerminableRun options = new TerminableRun()) {
      assertThrows(IllegalArgumentException.class, () -> run.run(List.of(), List.of(), options));
    }
  }
}
