package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.onnx.internal.folder.ModelInspector;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** A policy that trains adapters beside a frozen base. */
class LoraPolicyTest extends TrainablePolicyContract {
  private static final Lora LORA = Lora.builder(8).alpha(32).dropout(0.05).build();

  @TempDir Path folder;
  private long openBefore;

  @BeforeEach
  void countOpen() {
    openBefore = NativeMemory.openObjects();
  }

  @AfterEach
  void nothingLeaks() {
    lora().close();
    assertTrue(NativeMemory.openObjects() <= openBefore, "native objects are left open");
  }

  @Override
  protected OnnxPolicy createPolicy() throws IOException {
    return policy(LORA);
  }

  private OnnxPolicy policy(Lora lora) throws IOException {
    return OnnxPolicy.builder(base()).lora(lora).options(TinyModel.options(2)).build();
  }

  private Path base() throws IOException {
    Path base = folder.resolve("base");
    if (!Files.exists(base)) {
      try (OnnxPolicy whole = TinyModel.policy(folder, 2)) {
        whole.save(base);
      }
    }
    return base;
  }

  private OnnxPolicy lora() {
    return (OnnxPolicy) policy();
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

  @Test
  void adaptersLearnAtAHigherRateByDefault() {
    assertEquals(2e-4, ((OnnxPolicy) policy()).defaultLearningRate());
  }

  @Test
  void theSamplerAndTheTrainerAgreeOnLogProbabilities() {
    lora().train(examples(), training().toBuilder().steps(10).build(), ProgressListener.NONE);
    samplerAndTrainerAgree(lora());
  }

  private void samplerAndTrainerAgree(OnnxPolicy policy) {
    int compared = 0;
    List<Query> queries = queries();
    List<Completion> completions =
        policy.complete(
            queries, SamplingOptions.ofMaxNewTokens(12).toBuilder().logProbabilities(true).build());
    for (int i = 0; i < queries.size(); i++) {
      Completion c = completions.get(i);
      LogProbabilities trained =
          policy
              .logProbabilities(List.of(new Example(queries.get(i).state(), c.response(), 1)))
              .get(0);
      assertEquals(c.logProbabilities().size(), trained.size());
      for (int t = 0; t < trained.size(); t++) {
        assertEquals(c.logProbabilities().get(t), trained.get(t), 1e-4);
        compared++;
      }
    }
    assertTrue(compared > 50, compared + " tokens compared");
  }

  private void assertScoresAlike(OnnxPolicy expected, OnnxPolicy found, double tolerance) {
    List<LogProbabilities> a = expected.logProbabilities(examples());
    List<LogProbabilities> b = found.logProbabilities(examples());
    for (int i = 0; i < a.size(); i++) {
      assertArrayEquals(a.get(i).toArray(), b.get(i).toArray(), tolerance);
    }
  }

  @Test
  void freshAdaptersChangeNothing() throws IOException {
    try (OnnxPolicy base = OnnxPolicy.builder(base()).options(TinyModel.options(1)).build()) {
      assertScoresAlike(base, lora(), 1e-6);
    }
  }

  @Test
  void whatIsSavedIsTheAdapters() throws IOException {
    lora().train(examples(), training(), ProgressListener.NONE);
    Path saved = folder.resolve("saved");
    lora().save(saved);
    try (Stream<Path> files = Files.list(saved)) {
      assertEquals(
          List.of("adapter_config.json", "adapter_model.safetensors"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
    long bytes = Files.size(saved.resolve("adapter_model.safetensors"));
    assertTrue(bytes < 4 * lora().parameterCount() + 10_000, bytes + " bytes");
  }

  @Test
  void adaptersOfAnotherKindAreRefused() throws IOException {
    Path saved = folder.resolve("saved");
    lora().save(saved);
    for (Lora other :
        List.of(
            LORA.toBuilder().alpha(3).build(),
            LORA.toBuilder().targets(Lora.ATTENTION).build(),
            Lora.builder(4).alpha(32).dropout(0.05).build())) {
      try (OnnxPolicy policy = policy(other)) {
        String message = assertThrows(IOException.class, () -> policy.restore(saved)).getMessage();
        assertTrue(message.contains(saved.toString()), message);
        assertTrue(message.contains(LORA.toString()), message);
        assertTrue(message.contains(other.toString()), message);
      }
    }
  }

  @Test
  void adaptersOfAnotherBaseAreRefused() throws IOException {
    Path saved = folder.resolve("saved");
    lora().save(saved);
    OnnxPolicy.builder(base()).adapter(saved).build().close();
    Path moved = folder.resolve("moved");
    try (OnnxPolicy base = OnnxPolicy.builder(base()).options(TinyModel.options(1)).build()) {
      base.train(examples(), training().toBuilder().steps(3).build(), ProgressListener.NONE);
      base.save(moved);
    }
    OnnxPolicyBuilder builder = OnnxPolicy.builder(moved);
    String message =
        assertThrows(IOException.class, () -> builder.adapter(saved).build()).getMessage();
    assertTrue(message.contains("adapter_model.safetensors"), message);
    try (OnnxPolicy other = builder.lora(LORA).build()) {
      assertThrows(IOException.class, () -> other.restore(saved));
    }
  }

  @Test
  void adaptersLearnAtARateOfTheirOwnUnlessToldOtherwise() throws IOException {
    assertEquals(2e-4, TrainingRequest.of(TrainingOptions.ofDefaults(), lora()).learningRate(), 0);
    TrainingOptions told = TrainingOptions.builder().learningRate(0.5).build();
    assertEquals(0.5, TrainingRequest.of(told, lora()).learningRate(), 0);
    try (OnnxPolicy whole = OnnxPolicy.builder(base()).build()) {
      assertEquals(1e-5, TrainingRequest.of(TrainingOptions.ofDefaults(), whole).learningRate(), 0);
    }
  }

  @Test
  void artifactsOfAdaptersAreRefused() {
    assertThrows(
        IllegalStateException.class,
        () -> lora().writeArtifacts(folder.resolve("artifacts"), training()));
  }

  @Test
  void aRunRecordsWhatTheAdaptersAre() {
    assertEquals(LORA.toString(), lora().provenance().get("adapters"));
  }

  @Test
  void whatIsExportedIsTheBaseWithItsAdapters() throws IOException {
    lora().train(examples(), training(), ProgressListener.NONE);
    Path merged = folder.resolve("merged");
    lora().export(merged);
    try (OnnxPolicy whole = OnnxPolicy.builder(merged).options(TinyModel.options(1)).build();
        OnnxPolicy base = OnnxPolicy.builder(base()).options(TinyModel.options(1)).build()) {
      assertScoresAlike(lora(), whole, 1e-4);
      assertThrows(AssertionError.class, () -> assertScoresAlike(base, whole, 0.1));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT16", "BFLOAT16"})
  void aBaseOf16BitsStaysOf16Bits(Precision precision) throws IOException {
    Path halves = folder.resolve("halves");
    try (OnnxPolicy base = OnnxPolicy.builder(base()).build()) {
      base.export(halves, precision);
    }
    long before = NativeMemory.openBytes();
    try (OnnxPolicy whole = OnnxPolicy.builder(halves).options(TinyModel.options(2)).build()) {
      long wholeBytes = NativeMemory.openBytes() - before;
      try (OnnxPolicy adapted =
          OnnxPolicy.builder(halves).lora(Lora.rank(1)).options(TinyModel.options(2)).build()) {
        long adapters = 4 * adapted.parameterCount() + 64 * 28;
        long bytes = NativeMemory.openBytes() - before - wholeBytes;
        assertTrue(bytes <= wholeBytes / 2 + adapters, bytes + " bytes; fp32 " + wholeBytes);
        assertScoresAlike(whole, adapted, 1e-5);
        TrainingSummary summary = adapted.train(examples(), training(), ProgressListener.NONE);
        assertTrue(summary.lastLoss() < summary.firstLoss());
        samplerAndTrainerAgree(adapted);
        // Numbers of 16 bits that no adapter moved come out as they went in.
        Path again = folder.resolve("again");
        try (OnnxPolicy fresh = OnnxPolicy.builder(halves).lora(Lora.rank(1)).build()) {
          fresh.export(again, precision);
        }
        assertArrayEquals(
            Files.readAllBytes(halves.resolve("model.safetensors")),
            Files.readAllBytes(again.resolve("model.safetensors")));
      }
    }
  }

  @Test
  void theOnnxModelForInferenceIsTheBaseWithItsAdapters() throws IOException {
    lora().train(examples(), training().toBuilder().steps(10).build(), ProgressListener.NONE);
    Path merged = folder.resolve("merged");
    Path onnx = folder.resolve("onnx");
    lora().export(merged);
    lora().exportOnnx(onnx);
    for (String name : List.of("config.json", "tokenizer.json", "genai_config.json")) {
      assertTrue(Files.exists(onnx.resolve(name)), name);
    }
    int[] ids = {3, 0, 7, 1, 4};
    try (ModelInspector probe = ModelInspector.open(merged, Optional.empty(), 1);
        Resources r = new Resources()) {
      OnnxSession session =
          r.add(OnnxSession.load(onnx.resolve("model.onnx"), SessionSettings.ofThreads(1)));
      int vocabulary = probe.layout().config().vocabularySize();
      Tensor logits = r.add(Tensor.zeros(ElementType.FLOAT, 1, ids.length, vocabulary));
      Binding run =
          r.add(session.bind())
              .input("input_ids", r.add(Tensor.of(new long[] {3, 0, 7, 1, 4}, 1, ids.length)))
              .input("attention_mask", r.add(Tensor.of(new long[] {1, 1, 1, 1, 1}, 1, ids.length)))
              .input("position_ids", r.add(Tensor.of(new long[] {0, 1, 2, 3, 4}, 1, ids.length)))
              .output("logits", logits);
      for (int i = 0; i < probe.layout().config().layers(); i++) {
        for (String part : List.of(".key", ".value")) {
          int heads = probe.layout().config().keyValueHeads();
          int size = probe.layout().config().headSize();
          run.input(
                  "past_key_values." + i + part,
                  r.add(Tensor.zeros(ElementType.FLOAT, 1, heads, 0, size)))
              .output(
                  "present." + i + part,
                  r.add(Tensor.zeros(ElementType.FLOAT, 1, heads, ids.length, size)));
        }
      }
      run.run();
      float[][] expected = probe.logits(ids);
      for (int i = 0; i < ids.length; i++) {
        float[] row = new float[vocabulary];
        logits.floats().get(i * vocabulary, row);
        assertArrayEquals(expected[i], row, 1e-5f);
      }
    }
  }
}
