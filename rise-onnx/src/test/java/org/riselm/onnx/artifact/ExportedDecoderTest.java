package org.riselm.onnx.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Response;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.TinyModel;
import org.riselm.onnx.internal.artifact.TensorViews;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.text.Tokenizer;

/** The library's own export of a model as deep as real ones, read again. */
class ExportedDecoderTest {
  private static final int LAYERS = 30;
  private static final TrainingOptions TRAINING = TrainingOptions.ofDefaults();

  @TempDir Path folder;
  private Path exported = Path.of("");
  private int[] prompt = {};
  private Response greedy = Response.failed();

  @BeforeEach
  void export() throws IOException {
    exported = folder.resolve("onnx");
    try (OnnxPolicy policy =
        OnnxPolicy.create(
            TinyModel.config().toBuilder().layers(LAYERS).build(),
            TinyModel.tokenizer(folder),
            TinyModel.FORMAT,
            7,
            TinyModel.options(1))) {
      policy.exportOnnx(exported);
      policy.writeArtifacts(folder.resolve("artifacts"), TRAINING);
      Query query = new Query(TinyModel.STATES.get(3), 1);
      greedy = policy.complete(List.of(query), SamplingOptions.greedy(8)).get(0).response();
      try (Tokenizer tokenizer = Tokenizer.load(TinyModel.tokenizer(folder))) {
        prompt = TinyModel.FORMAT.prompt(query.state(), tokenizer);
      }
    }
  }

  @Test
  void itOpensAndGivesTheTokensThatThePolicySamples() throws IOException {
    OnnxDecoder decoder = OnnxDecoder.open(exported.resolve("model.onnx"));
    long trained =
        decoder.parameters().stream()
            .filter(p -> p.role() == DecoderParameter.Role.TRAINED)
            .count();
    // Seven matrices and two norms a layer, the embedding, and the last norm.
    assertEquals(9 * LAYERS + 2, trained);
    TrainingArtifacts artifacts = decoder.artifacts(TRAINING);
    int[] ids = prompt;
    int[] sampled = greedy.tokens().toArray();
    assertTrue(sampled.length > 1, "the policy samples several tokens");
    for (int token : sampled) {
      assertEquals(token, likeliest(artifacts, ids));
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = token;
    }
  }

  private static int likeliest(TrainingArtifacts artifacts, int[] ids) {
    int vocabulary = TinyModel.config().vocabularySize();
    long[] shape = {1, ids.length};
    try (Resources r = new Resources()) {
      OnnxSession session =
          r.add(OnnxSession.load(artifacts.evaluationModel(), SessionSettings.ofThreads(1)));
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put("input_ids", r.add(Tensor.of(Arrays.stream(ids).asLongStream().toArray(), shape)));
      long[] positions = new long[ids.length];
      Arrays.setAll(positions, i -> i);
      inputs.put("position_ids", r.add(Tensor.of(positions, shape)));
      long[] ones = new long[ids.length];
      Arrays.fill(ones, 1);
      inputs.put("attention_mask", r.add(Tensor.of(ones, shape)));
      inputs.put("labels", r.add(Tensor.zeros(ElementType.INT64, shape)));
      inputs.put("token_weights", r.add(Tensor.zeros(ElementType.FLOAT, shape)));
      for (NamedTensor p : artifacts.checkpoint().trainable()) {
        long[] sizes = p.shape().stream().mapToLong(Long::longValue).toArray();
        Tensor parameter = r.add(Tensor.zeros(ElementType.FLOAT, sizes));
        TensorViews.copy(p, parameter);
        inputs.put(p.name(), parameter);
      }
      Tensor logits = r.add(Tensor.zeros(ElementType.FLOAT, 1, ids.length, vocabulary));
      Binding binding = r.add(session.bind());
      session.inputs().forEach(p -> binding.input(p.name(), inputs.get(p.name())));
      binding.output("logits", logits).output("loss", r.add(Tensor.zeros(ElementType.FLOAT))).run();
      float[] all = logits.toFloats();
      int best = all.length - vocabulary;
      for (int i = best; i < all.length; i++) {
        best = all[i] > all[best] ? i : best;
      }
      return best - (all.length - vocabulary);
    }
  }

  @Test
  void everyModelImportsTheDomainsThatItsNodesHaveAndNoOthers() throws IOException {
    List<Path> models =
        List.of(
            exported.resolve("model.onnx"),
            folder.resolve("artifacts/training_model.onnx"),
            folder.resolve("artifacts/eval_model.onnx"),
            folder.resolve("artifacts/optimizer_model.onnx"));
    for (Path file : models) {
      ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
      Set<String> used =
          model.getGraph().getNodeList().stream()
              .map(NodeProto::getDomain)
              .collect(Collectors.toCollection(TreeSet::new));
      used.add("");
      Set<String> imported =
          model.getOpsetImportList().stream()
              .map(OperatorSetIdProto::getDomain)
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(used, imported, file.toString());
    }
    assertEquals(Set.of(""), domains(exported.resolve("model.onnx")));
  }

  private static Set<String> domains(Path file) throws IOException {
    return ModelProto.parseFrom(Files.readAllBytes(file)).getOpsetImportList().stream()
        .map(OperatorSetIdProto::getDomain)
        .collect(Collectors.toSet());
  }
}
