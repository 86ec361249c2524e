package org.riselm.onnx.artifact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Checkpoints of all kinds, for properties. */
final class Checkpoints {
  private Checkpoints() {}

  static Arbitrary<Checkpoint> any() {
    return names()
        .flatMap(
            names ->
                Combinators.combine(
                        shapes(names.size()),
                        Arbitraries.integers().between(0, names.size()),
                        Arbitraries.longs().between(0, Long.MAX_VALUE).optional(),
                        Arbitraries.floats(),
                        properties(),
                        Arbitraries.randomValue(r -> r.nextInt()))
                    .as(
                        (shapes, trainable, step, rate, properties, seed) ->
                            checkpoint(names, shapes, trainable, step, rate, properties, seed)));
  }

  private static Arbitrary<List<String>> names() {
    return Arbitraries.strings()
        .ofMinLength(1)
        .ofMaxLength(6)
        .filter(s -> !s.isBlank() && encodable(s))
        .list()
        .uniqueElements()
        .ofMaxSize(4);
  }

  private static Arbitrary<List<List<Long>>> shapes(int count) {
    return Arbitraries.longs().between(0, 5).list().ofMaxSize(3).list().ofSize(count);
  }

  private static Arbitrary<Checkpoint.Properties> properties() {
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(8).filter(Checkpoints::encodable);
    return Combinators.combine(
            Arbitraries.maps(text.map(s -> "i" + s), Arbitraries.longs()).ofMaxSize(3),
            Arbitraries.maps(text.map(s -> "f" + s), Arbitraries.floats()).ofMaxSize(3),
            Arbitraries.maps(text.map(s -> "s" + s), text).ofMaxSize(3))
        .as(Checkpoint.Properties::new);
  }

  private static boolean encodable(String s) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(s);
  }

  private static Checkpoint checkpoint(
      List<String> names,
      List<List<Long>> shapes,
      int trainable,
      Optional<Long> step,
      float rate,
      Checkpoint.Properties properties,
      int seed) {
    var random = new SplittableRandom(seed);
    List<NamedTensor> tensors = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      tensors.add(tensor(names.get(i), shapes.get(i), random));
    }
    Map<String, OptimizerState.Moments> moments = new LinkedHashMap<>();
    if (random.nextInt(4) > 0) {
      for (NamedTensor t : tensors.subList(0, trainable)) {
        moments.put(
            t.name(),
            new OptimizerState.Moments(
                tensor(OptimizerState.Moments.FIRST, t.shape(), random),
                tensor(OptimizerState.Moments.SECOND, t.shape(), random)));
      }
    }
    return new Checkpoint(
        tensors.subList(0, trainable),
        tensors.subList(trainable, names.size()),
        step.map(s -> new OptimizerState(s, rate, moments)),
        properties);
  }

  private static NamedTensor tensor(String name, List<Long> shape, SplittableRandom random) {
    int n = (int) (NamedTensor.bytesOf(shape) / Float.BYTES);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt()); // any bits, NaNs of all kinds among them
    }
    return NamedTensor.of(name, shape, values);
  }
}
