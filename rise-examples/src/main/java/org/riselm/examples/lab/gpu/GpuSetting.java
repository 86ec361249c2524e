package org.riselm.examples.lab.gpu;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.train.MicroBatch;
import org.riselm.onnx.model.DecoderConfig;

/**
 * What the programs are told: {@code cuda} or {@code rehearsal}, and {@code tiny} or {@code 8b}.
 *
 * @param device to check
 * @param precision that it computes in
 * @param config of the model
 * @param rows of a training batch
 * @param columns of it
 * @param tiny whether the shape is only for seeing that everything runs
 */
record GpuSetting(
    Device device,
    ElementType precision,
    DecoderConfig config,
    int rows,
    int columns,
    boolean tiny) {
  private static final List<String> WORDS = List.of("cuda", "rehearsal", "tiny", "8b");

  static GpuSetting of(String[] args) {
    for (String word : args) {
      if (!WORDS.contains(word)) {
        throw new IllegalArgumentException(word + " is none of " + WORDS);
      }
    }
    boolean gpu = !List.of(args).contains("rehearsal");
    boolean tiny = !List.of(args).contains("8b");
    return new GpuSetting(
        gpu ? Device.cuda(0) : RehearsalMemory.DEVICE,
        gpu ? ElementType.BFLOAT16 : ElementType.FLOAT,
        tiny ? small() : llama8b(),
        tiny ? 2 : 4,
        tiny ? 24 : 1024,
        tiny);
  }

  /** A small Llama that has everything a large one has. */
  static DecoderConfig small() {
    return config(512, 64, 2, 4, 2, 160, 64);
  }

  /** The shape of Llama 3.1 8B, with a context of 2048. */
  static DecoderConfig llama8b() {
    return config(128_256, 4096, 32, 32, 8, 14_336, 2048);
  }

  private static DecoderConfig config(
      int vocabulary,
      int hidden,
      int layers,
      int heads,
      int keyValueHeads,
      int feedForward,
      int context) {
    return DecoderConfig.builder(vocabulary)
        .hiddenSize(hidden)
        .layers(layers)
        .heads(heads)
        .keyValueHeads(keyValueHeads)
        .headSize(hidden / heads)
        .feedForwardSize(feedForward)
        .contextLength(context)
        .build();
  }

  /** A batch of random ids; the second half of every row is learned. */
  MicroBatch batch() {
    SplittableRandom random = new SplittableRandom(3);
    int vocabulary = config.vocabularySize();
    int half = columns / 2;
    int targets = rows * half;
    long[] positions = new long[targets];
    float[] weights = new float[targets];
    for (int i = 0; i < targets; i++) {
      positions[i] = (long) i / half * columns + columns - half - 1 + i % half;
      weights[i] = 1f / targets;
    }
    return new MicroBatch(
        rows,
        columns,
        random.longs((long) rows * columns, 0, vocabulary).toArray(),
        positions,
        random.longs(targets, 0, vocabulary).toArray(),
        weights);
  }

  /** Prints a row of the table. */
  static void row(String what, String measured, String wanted, boolean good) {
    System.out.printf("| %s | %s | %s | %s |%n", what, measured, wanted, good ? "yes" : "**no**");
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, value < 0.01 ? "%.2e" : "%.3f", value);
  }
}
