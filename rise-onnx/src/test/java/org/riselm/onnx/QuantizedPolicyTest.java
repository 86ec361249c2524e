package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicyContract;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.DecoderConfig;

/** A policy whose frozen weights are quantized. */
class QuantizedPolicyTest extends TrainablePolicyContract {
  private static final Lora LORA = Lora.rank(8);

  @TempDir Path folder;

  @Override
  protected OnnxPolicy createPolicy() throws IOException {
    return builder().lora(LORA).quantized(Bits.EIGHT).build();
  }

  private OnnxPolicyBuilder builder() throws IOException {
    Path base = folder.resolve("base");
    if (!Files.exists(base)) {
      DecoderConfig config =
          DecoderConfig.builder(TinyModel.config().vocabularySize())
              .hiddenSize(64)
              .layers(2)
              .heads(2)
              .keyValueHeads(1)
              .feedForwardSize(96)
              .contextLength(32)
              .build();
      try (OnnxPolicy whole =
          OnnxPolicy.create(
              config, TinyModel.tokenizer(folder), TinyModel.FORMAT, 1, TinyModel.options(2))) {
        whole.train(
            TinyModel.EXAMPLES,
            TrainingOptions.builder().learningRate(3e-3).steps(10).build(),
            ProgressListener.NONE);
        whole.save(base);
      }
    }
    return OnnxPolicy.builder(base).options(TinyModel.options(2));
  }

  @Override
  protected List<State> states() {
    return TinyModel.STATES;
  }

  @Override
  protected TrainingOptions training() {
    return TrainingOptions.builder().learningRate(1e-2).steps(150).batchSize(4).build();
  }

  @Override
  protected List<Example> examples() {
    return TinyModel.EXAMPLES;
  }

  @Override
  protected Example invalidExample() {
    return new Example(TinyModel.state("sky"), Response.ofText("red ".repeat(40).trim()), 1);
  }

  @ParameterizedTest
  @CsvSource({"EIGHT, 0.1", "FOUR, 1"})
  void aFrozenPolicySamplesAndScoresNearlyWhatItDoesUnquantized(Bits bits, double tolerance)
      throws IOException {
    long before = NativeMemory.openObjects();
    try (OnnxPolicy whole = builder().frozen().build();
        OnnxPolicy quantized = builder().frozen().quantized(bits).build()) {
      List<LogProbabilities> expected = whole.logProbabilities(examples());
      List<LogProbabilities> found = quantized.logProbabilities(examples());
      assertNotEquals(expected, found);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i).toArray(), found.get(i).toArray(), tolerance);
      }
      List<Query> queries = states().stream().map(s -> new Query(s, 7)).toList();
      SamplingOptions sampling =
          SamplingOptions.ofMaxNewTokens(8).toBuilder().logProbabilities(true).build();
      List<Completion> completions = quantized.complete(queries, sampling);
      assertEquals(completions, quantized.complete(queries, sampling));
      for (int i = 0; i < queries.size(); i++) {
        Completion c = completions.get(i);
        Example given = new Example(queries.get(i).state(), c.response(), 1);
        // The sampler's products round what they multiply to 8 bits.
        assertArrayEquals(
            quantized.logProbabilities(List.of(given)).get(0).toArray(),
            c.logProbabilities().toArray(),
            0.1);
      }
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  @ParameterizedTest
  @EnumSource
  void exportHasTheWeightsOfTheFolder(Bits bits) throws IOException {
    Path expected = folder.resolve("expected");
    Path adapted = folder.resolve("adapted");
    Path frozen = folder.resolve("frozen");
    try (OnnxPolicy policy = builder().build()) {
      policy.export(expected);
    }
    try (OnnxPolicy policy = builder().lora(LORA).quantized(bits).build()) {
      policy.export(adapted);
    }
    try (OnnxPolicy policy = builder().frozen().quantized(bits).build()) {
      policy.export(frozen);
    }
    String file = "model.safetensors";
    byte[] weights = Files.readAllBytes(expected.resolve(file));
    assertArrayEquals(weights, Files.readAllBytes(adapted.resolve(file)));
    assertArrayEquals(weights, Files.readAllBytes(frozen.resolve(file)));
  }

  @Test
  void thePlanAndTheProvenanceSayWhatIsQuantized() throws IOException {
    long whole = builder().frozen().memoryPlan().weights();
    long eight = builder().frozen().quantized(Bits.EIGHT).memoryPlan().weights();
    long four = builder().frozen().quantized(Bits.FOUR).memoryPlan().weights();
    assertTrue(eight < 0.3 * whole && four < 0.6 * eight, whole + ", " + eight + ", " + four);
    try (OnnxPolicy policy = createPolicy()) {
      assertEquals("8 bits in blocks of 32", policy.provenance().get("quantized"));
    }
    try (OnnxPolicy policy = builder().lora(LORA).build()) {
      assertEquals(null, policy.provenance().get("quantized"));
    }
  }

  @Test
  void weightsThatAreTrainedAreNotQuantized() throws IOException {
    OnnxPolicyBuilder whole = builder().quantized(Bits.FOUR);
    for (IllegalArgumentException e :
        List.of(
            assertThrows(IllegalArgumentException.class, whole::build),
            assertThrows(IllegalArgumentException.class, whole::memoryPlan))) {
      assertTrue(String.valueOf(e.getMessage()).contains("lora(Lora.rank(16))"), e::getMessage);
    }
  }

  @Test
  void rowsThatAreNotWholeBlocksAreRefused() throws IOException {
    Path odd = folder.resolve("odd");
    try (OnnxPolicy whole = TinyModel.policy(folder, 1)) {
      whole.save(odd);
    }
    OnnxPolicyBuilder builder =
        OnnxPolicy.builder(odd).options(TinyModel.options(1)).frozen().quantized(Bits.EIGHT);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("model.layers.0.mlp.down_proj.weight"), message);
    assertTrue(message.contains("48") && message.contains("without quantized()"), message);
  }

  @Test
  void aGpuTakesNoQuantizedWeights() throws IOException {
    OnnxPolicyBuilder builder = builder().lora(LORA).quantized(Bits.EIGHT).device(Device.cuda(0));
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);
    assertTrue(String.valueOf(e.getMessage()).contains("BFLOAT16"), e::getMessage);
  }

  @Test
  void adaptersOfOtherBitsAreRefused() throws IOException {
    Path eight = folder.resolve("eight");
    Path none = folder.resolve("none");
    try (OnnxPolicy policy = createPolicy();
        OnnxPolicy whole = builder().lora(LORA).build();
        OnnxPolicy four = builder().lora(LORA).quantized(Bits.FOUR).build()) {
      policy.save(eight);
      whole.save(none);
      refuses(four, eight, "with quantized() of 8 bits");
      refuses(whole, eight, "with quantized() of 8 bits");
      refuses(policy, none, "without quantized()");
      policy.restore(eight);
      whole.restore(none);
    }
  }

  private static void refuses(OnnxPolicy policy, Path adapters, String instead) {
    String message =
        String.valueOf(
            assertThrows(IOException.class, () -> policy.restore(adapters)).getMessage());
    assertTrue(message.contains(adapters.toString()) && message.contains(instead), message);
  }
}
