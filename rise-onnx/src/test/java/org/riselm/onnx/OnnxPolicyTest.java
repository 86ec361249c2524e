package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.TokenWeights;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;
import org.riselm.core.objective.KlPenalty;
import org.riselm.core.objective.PolicyGradient;
import org.riselm.core.objective.PolicyGradient.Baseline;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicyContract;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.RelabeledAttempt;
import org.riselm.core.relabel.Target;
import org.riselm.onnx.internal.artifact.ArtifactFiles;
import org.riselm.onnx.internal.folder.ConfigFile;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsFile;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsWriter;
import org.riselm.onnx.internal.folder.safetensors.TensorInfo;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.runtime.TrainingSession;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.TokenizerFiles;

class OnnxPolicyTest extends TrainablePolicyContract {
  @TempDir Path folder;
  private long openBefore;

  @BeforeEach
  void countOpen() {
    openBefore = NativeMemory.openObjects();
  }

  @AfterEach
  void nothingLeaks() throws Exception {
    ((OnnxPolicy) policy()).close();
    // The contract's own policy was made before this class could count.
    assertTrue(NativeMemory.openObjects() <= openBefore, "native objects are left open");
  }

  @Override
  protected OnnxPolicy createPolicy() throws IOException {
    return TinyModel.policy(folder, 2);
  }

  @Override
  protected List<State> states() {
    return TinyModel.STATES;
  }

  @Override
  protected TrainingOptions training() {
    return TrainingOptions.builder().learningRate(2e-2).steps(60).batchSize(4).build();
  }

  @Override
  protected List<Example> examples() {
    return TinyModel.EXAMPLES;
  }

  @Override
  protected Example invalidExample() {
    return new Example(TinyModel.state("sky"), Response.ofText("red ".repeat(40).trim()), 1);
  }

  private OnnxPolicy onnx() {
    return (OnnxPolicy) policy();
  }

  @Test
  void wholeModelsLearnAtThePapersRateByDefault() {
    assertEquals(1e-5, onnx().defaultLearningRate());
  }

  @Test
  void theSamplerAndTheTrainerAgreeOnLogProbabilities() {
    onnx().train(examples(), training().toBuilder().steps(5).build(), ProgressListener.NONE);
    int compared = 0;
    List<Query> queries = queries();
    List<Completion> completions =
        policy()
            .complete(
                queries,
                SamplingOptions.ofMaxNewTokens(12).toBuilder().logProbabilities(true).build());
    List<Example> sampled = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      sampled.add(new Example(queries.get(i).state(), completions.get(i).response(), 1));
    }
    List<LogProbabilities> scored = onnx().logProbabilities(sampled);
    for (int i = 0; i < queries.size(); i++) {
      Completion c = completions.get(i);
      LogProbabilities trained = scored.get(i);
      assertEquals(c.logProbabilities().size(), trained.size());
      for (int t = 0; t < trained.size(); t++) {
        assertEquals(c.logProbabilities().get(t), trained.get(t), 1e-4);
        compared++;
      }
    }
    assertTrue(compared > 50, compared + " tokens compared");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theSameSeedGivesTheSameBytes(int threads) throws Exception {
    for (String run : List.of("first", "second")) {
      try (OnnxPolicy p = TinyModel.policy(folder, threads)) {
        p.train(examples(), training(), ProgressListener.NONE);
        p.save(folder.resolve(run + threads));
        List<Completion> said = p.complete(queries(), SamplingOptions.ofMaxNewTokens(8));
        Files.writeString(folder.resolve(run + threads + ".txt"), said.toString());
      }
    }
    assertEquals(
        Files.readString(folder.resolve("first" + threads + ".txt")),
        Files.readString(folder.resolve("second" + threads + ".txt")));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("first" + threads + "/model.safetensors")),
        Files.readAllBytes(folder.resolve("second" + threads + "/model.safetensors")));
  }

  @Test
  void whatIsKeptOfEarlierTurnsGoesWhenTheWeightsChange() throws Exception {
    OnnxOptions keeping = TinyModel.options(1).toBuilder().prefixBytes(1 << 20).build();
    State state = TinyModel.state("sky " + "grass rose fog sky ".repeat(4).trim());
    SamplingOptions sampling = SamplingOptions.greedy(4).toBuilder().logProbabilities(true).build();
    List<Query> queries = List.of(new Query(state, 1));
    TrainingOptions training = training().toBuilder().steps(12).build();
    List<List<Completion>> answers = new ArrayList<>();
    for (OnnxOptions options : List.of(TinyModel.options(1), keeping)) {
      try (OnnxPolicy p =
          OnnxPolicy.create(
              TinyModel.config(), TinyModel.tokenizer(folder), TinyModel.FORMAT, 1, options)) {
        List<Completion> before = p.complete(queries, sampling, ProgressListener.NONE);
        assertNull(before.get(0).failure());
        p.train(TinyModel.EXAMPLES, training, ProgressListener.NONE);
        List<Completion> after = p.complete(queries, sampling, ProgressListener.NONE);
        assertNotEquals(
            before.get(0).logProbabilities().get(0), after.get(0).logProbabilities().get(0), 1e-3);
        answers.add(after);
      }
    }
    assertEquals(answers.get(0), answers.get(1));
  }

  @Test
  void aStateThatDoesNotFitFailsAlone() {
    State tooLong = TinyModel.state("sky ".repeat(40).trim());
    List<Completion> said =
        policy()
            .complete(
                List.of(new Query(tooLong, 1), new Query(states().get(0), 1)),
                SamplingOptions.ofMaxNewTokens(4));
    assertEquals(FinishReason.FAILED, said.get(0).response().finish());
    assertTrue(said.get(0).failure().contains("32"), said.get(0).failure());
    assertTrue(said.get(1).response().finish() != FinishReason.FAILED);
  }

  @Test
  void anExampleThatDoesNotFitNamesProblemTurnAndLengths() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> onnx().train(List.of(invalidExample()), training(), ProgressListener.NONE))
            .getMessage();
    assertTrue(message.contains("sky") && message.contains("turn 1"), message);
    assertTrue(message.contains("41") && message.contains("32"), message);
  }

  @Test
  void aTokenBeyondTheEmbeddingIsRefusedWhereItIsUsed() throws IOException {
    DecoderConfig padded = TinyModel.config();
    Path file = folder.resolve("tiny-tokenizer.json");
    TokenizerFiles.wordLevel(TinyModel.WORDS, List.of("<eos>", "<user>", "<asst>", "<new>"), file);
    assertEquals(13, padded.vocabularySize());
    try (OnnxPolicy policy =
        OnnxPolicy.create(padded, file, TinyModel.FORMAT, 1, TinyModel.options(1))) {
      assertEquals(
          1, policy.complete(queries().subList(0, 1), SamplingOptions.ofMaxNewTokens(2)).size());
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> policy.tokenizer().encodeMarkup("sky <new>"))
              .getMessage();
      assertTrue(message.contains("<new>") && message.contains("13"), message);
    }
  }

  @Test
  void aModelThatCannotEndAResponseIsRefused() {
    DecoderConfig small = DecoderConfig.builder(5).hiddenSize(32).heads(2).build();
    String message =
        assertThrows(
                IOException.class,
                () ->
                    OnnxPolicy.create(
                        small,
                        TinyModel.tokenizer(folder),
                        TinyModel.FORMAT,
                        1,
                        OnnxOptions.ofDefaults()))
            .getMessage();
    assertTrue(
        message.contains("tiny-tokenizer.json") && message.contains("ends responses"), message);
  }

  @Test
  void aFolderThatIsNotWholeIsRefusedByFile() throws IOException {
    Path saved = folder.resolve("saved");
    onnx().save(saved);
    for (String file :
        List.of("config.json", "tokenizer.json", "prompt_format.json", "model.safetensors")) {
      byte[] bytes = Files.readAllBytes(saved.resolve(file));
      Files.delete(saved.resolve(file));
      assertNames(saved, file);
      Files.write(saved.resolve(file), "{\"nothing\": ".getBytes(StandardCharsets.UTF_8));
      assertNames(saved, file);
      Files.write(saved.resolve(file), bytes);
    }
    OnnxPolicy.builder(saved).build().close();
  }

  private static void assertNames(Path saved, String file) {
    Exception e = assertThrows(Exception.class, () -> OnnxPolicy.builder(saved).build());
    assertTrue(e.getMessage().contains(saved.resolve(file).toString()), e::toString);
  }

  @Test
  void weightsOfAnotherModelAreRefusedByParameter() throws IOException {
    Path saved = folder.resolve("saved");
    onnx().save(saved);
    DecoderConfig c = onnx().config();
    ConfigFile.write(
        DecoderConfig.builder(c.vocabularySize())
            .hiddenSize(c.hiddenSize())
            .layers(c.layers())
            .heads(c.heads())
            .headSize(c.headSize())
            .feedForwardSize(c.feedForwardSize())
            .contextLength(c.contextLength())
            .build(),
        ElementType.FLOAT,
        saved.resolve("config.json"));
    String message =
        assertThrows(IOException.class, () -> OnnxPolicy.builder(saved).build()).getMessage();
    assertTrue(
        message.contains("k_proj.weight")
            && message.contains("[16, 32]")
            && message.contains("[32, 32]"),
        message);
  }

  @Test
  void aKlPenaltyGrowsAsThePolicyLeavesItsReference() throws IOException {
    List<Query> queries = queries();
    List<RelabeledAttempt> attempts = new ArrayList<>();
    for (Completion c : policy().complete(queries, SamplingOptions.ofMaxNewTokens(8))) {
      State state = queries.get(attempts.size()).state();
      Attempt attempt = new Attempt(state, Turn.of(c.response(), 1), attempts.size());
      attempts.add(new RelabeledAttempt(attempt, Target.own(attempt)));
    }
    try (OnnxPolicy reference = createPolicy()) {
      PolicyGradient objective =
          PolicyGradient.builder(Baseline.NONE).penalty(KlPenalty.of(1, onnx(), reference)).build();
      for (Example e : objective.weigh(attempts).examples()) {
        Arrays.stream(e.weights().toArray()).forEach(w -> assertEquals(1, w, 1e-3));
      }
      onnx().train(examples(), training(), ProgressListener.NONE);
      double farthest = 0;
      for (Example e : objective.weigh(attempts).examples()) {
        assertEquals(e.response().tokens().size(), e.weights().size());
        farthest = Math.max(farthest, Math.abs(e.weight() - 1));
      }
      assertTrue(farthest > 1, "the farthest weight moved by " + farthest);
    }
  }

  @Test
  void weightsPerTokenMustMeetTheLearnedTokens() {
    // It says it stopped but has no stop token, so one is learned that no weight is of.
    Response two =
        new Response(
            "red blue", Tokens.of(onnx().tokenizer().encode("red blue")), FinishReason.STOP);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    onnx()
                        .train(
                            List.of(
                                new Example(TinyModel.state("sky"), two, TokenWeights.of(1, -1))),
                            training(),
                            ProgressListener.NONE))
            .getMessage();
    assertTrue(message.contains("sky") && message.contains("turn 1"), message);
    assertTrue(message.contains("2 weights") && message.contains("3 tokens"), message);
  }

  @Test
  void theArtifactsThatItWritesAreWhole() {
    Path artifacts = folder.resolve("artifacts");
    onnx().writeArtifacts(artifacts, training());
    try (TrainingSession session = ArtifactFiles.open(artifacts, 1)) {
      assertEquals(onnx().parameterCount(), session.parameterElements(true));
    }
  }

  @Test
  void aClosedPolicyRefuses() {
    onnx().close();
    onnx().close();
    assertThrows(
        IllegalStateException.class,
        () -> policy().complete(queries(), SamplingOptions.ofMaxNewTokens(4)));
  }

  @Test
  void whatStoodBesideTheWeightsStaysBesideThem() throws IOException {
    Path theirs = folder.resolve("theirs");
    onnx().save(theirs);
    Path config = theirs.resolve("config.json");
    String more = Files.readString(config).replaceFirst("\\{", "{\"bos_token_id\": 7,");
    Files.writeString(config, more.replace("\"float32\"", "\"bfloat16\""));
    Files.writeString(theirs.resolve("generation_config.json"), "{\"top_k\": 3}");
    Files.writeString(theirs.resolve("chat_template.jinja"), "{{ messages }}");
    Path ours = folder.resolve("ours");
    try (OnnxPolicy policy = OnnxPolicy.builder(theirs).build()) {
      policy.save(ours);
    }
    for (String file :
        List.of(
            "tokenizer.json",
            "generation_config.json",
            "chat_template.jinja",
            "model.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(theirs.resolve(file)), Files.readAllBytes(ours.resolve(file)), file);
    }
    String saved = Files.readString(ours.resolve("config.json"));
    assertTrue(saved.contains("\"bos_token_id\" : 7"), saved);
    assertTrue(saved.contains("float32") && !saved.contains("bfloat16"), saved);
  }

  @Test
  void aParameterThatTheModelHasNoUseForIsRefused() throws IOException {
    Path saved = folder.resolve("saved");
    onnx().save(saved);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(saved.resolve("model.safetensors"));
        Resources open = new Resources()) {
      for (TensorInfo e : file.entries().values()) {
        long[] shape = e.shape().stream().mapToLong(Long::longValue).toArray();
        tensors.put(e.name(), open.add(Tensor.zeros(ElementType.FLOAT, shape)));
        file.copy(e.name(), tensors.get(e.name()));
      }
      tensors.put("lm_head.weight", tensors.get("model.embed_tokens.weight"));
      write(saved, tensors);
      // A head that is the embedding says nothing new; another one, or a bias, does.
      OnnxPolicy.builder(saved).build().close();
      Tensor other = open.add(Tensor.zeros(ElementType.FLOAT, 13, 32));
      tensors.put("lm_head.weight", other);
      write(saved, tensors);
      assertNames(saved, "model.safetensors");
      tensors.remove("lm_head.weight");
      tensors.put("model.layers.0.self_attn.q_proj.bias", other);
      write(saved, tensors);
      assertNames(saved, "model.safetensors");
    }
  }

  private static void write(Path folder, Map<String, Tensor> tensors) throws IOException {
    List<TensorSource> numbers = new ArrayList<>();
    tensors.forEach((name, tensor) -> numbers.add(TensorSource.of(name, tensor)));
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Dtype.F32, numbers);
  }
}
