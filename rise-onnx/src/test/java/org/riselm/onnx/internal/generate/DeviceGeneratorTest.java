package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.RehearsalMemory;
import org.riselm.onnx.internal.runtime.TransferCounter;

/** Sampling with weights, cache and logits in a device's memory, rehearsed on the CPU. */
class DeviceGeneratorTest {
  private static final List<Prompt> PROMPTS =
      List.of(
          Prompt.of(new int[] {1, 2, 3}, 1),
          Prompt.of(new int[] {4, 5, 6}, 2),
          Prompt.of(new int[] {4, 5, 6}, 3),
          Prompt.of(new int[] {9, 8, 7}, 4));

  private static Generator generator(TestDecoder decoder, Device device) {
    return Generator.load(
        ParameterLayout.full(decoder.config),
        decoder.settings(1).on(device),
        new GeneratorLimits(decoder.config.contextLength(), ImmutableIntArray.of(), 8));
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "0, 0, 1", "0.8, 7, 1", "1.3, 0, 0.8", "0.6, 12, 0.9"})
  void samplesWhatTheHostSamples(double temperature, int topK, double topP) {
    SamplingOptions sampling =
        SamplingOptions.builder()
            .temperature(temperature)
            .topK(topK)
            .topP(topP)
            .maxNewTokens(20)
            .logProbabilities(true)
            .build();
    try (TestDecoder decoder = TestDecoder.of(50, 32, 2);
        Generator here = generator(decoder, Device.CPU);
        Generator there = generator(decoder, RehearsalMemory.DEVICE)) {
      List<GenerationResult> expected = here.generate(PROMPTS, sampling, SamplingProgress.NONE);
      List<GenerationResult> found = there.generate(PROMPTS, sampling, SamplingProgress.NONE);
      for (int i = 0; i < PROMPTS.size(); i++) {
        assertEquals(expected.get(i).tokens(), found.get(i).tokens());
      }
    }
  }

  @Test
  void onlyIdsPlacesAndDrawsCross() {
    int added = 12;
    try (TestDecoder decoder = TestDecoder.of(50, 32, 2);
        Generator generator = generator(decoder, RehearsalMemory.DEVICE)) {
      SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(added);
      long in = TransferCounter.toDevices();
      long out = TransferCounter.fromDevices();
      generator.generate(PROMPTS, sampling, SamplingProgress.NONE);
      long distinct = PROMPTS.size() - 1L;
      long rows = PROMPTS.size();
      // Of a row of a run: its ids, its length and where its last token is; of a run, the longest.
      long prefill = distinct * (3 * 8 + 4 + 8) + 4;
      long decode = rows * (8 + 4 + 8) + 4;
      long draws = rows * added;
      // Cosines and sines of each of the context's positions for half a head.
      long rotations = 2 * 32 * (64 / 4 / 2) * 4;
      assertEquals(
          rotations + prefill + (added - 1) * decode + draws * (8 + 8),
          TransferCounter.toDevices() - in);
      assertEquals(draws * (8 + 8), TransferCounter.fromDevices() - out);
    }
  }

  @Test
  void givesEverythingBackWhenItCloses() {
    long objects = NativeMemory.openObjects();
    long bytes = NativeMemory.openBytes();
    try (TestDecoder decoder = TestDecoder.of(50, 32, 2);
        Generator generator = generator(decoder, RehearsalMemory.DEVICE)) {
      generator.generate(PROMPTS, SamplingOptions.greedy(3), SamplingProgress.NONE);
      generator.generate(PROMPTS, SamplingOptions.ofMaxNewTokens(3), SamplingProgress.NONE);
    }
    assertEquals(objects, NativeMemory.openObjects());
    assertEquals(bytes, NativeMemory.openBytes());
  }
}
