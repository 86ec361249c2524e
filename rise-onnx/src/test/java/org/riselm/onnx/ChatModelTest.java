package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.ChatModels;
import org.riselm.onnx.text.PromptPieces;

/** A model folder with a chat template and no prompt format. */
class ChatModelTest {
  @TempDir Path folder;

  private Path model() throws IOException {
    return model("chatml", folder);
  }

  /**
   * A model of random weights with the tokenizer and template {@code name}, in the folder "base".
   */
  static Path model(String name, Path folder) throws IOException {
    Path made = folder.resolve("made");
    Path tokenizer = ChatModels.folder(name).resolve("tokenizer.json");
    DecoderConfig config =
        DecoderConfig.builder(400).hiddenSize(32).layers(1).heads(2).contextLength(200).build();
    String stop =
        name.equals("brackets") ? "</s>" : name.equals("header") ? "<|eot_id|>" : "<|im_end|>";
    PromptPieces format = PromptPieces.builder(stop).build();
    try (OnnxPolicy policy =
        OnnxPolicy.create(config, tokenizer, format, 1, TinyModel.options(1))) {
      policy.save(made);
    }
    Path base = ChatModels.copy(name, folder.resolve("base"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(made.resolve(file), base.resolve(file));
    }
    return base;
  }

  private static OnnxPolicy open(Path folder) throws IOException {
    return OnnxPolicy.builder(folder).options(TinyModel.options(1)).build();
  }

  @Test
  void whatWasSampledInAConversationHasTheProbabilityItWasSampledWith() throws IOException {
    try (OnnxPolicy policy = open(model())) {
      State first = TinyModel.state("8 + 4?");
      Completion said =
          policy.complete(List.of(new Query(first, 1)), SamplingOptions.ofMaxNewTokens(20)).get(0);
      State second =
          HistoryWindow.all()
              .state(
                  first.problem(),
                  List.of(Turn.of(said.response(), 0).withFeedback("<|im_end|> again")));
      Completion next =
          policy
              .complete(
                  List.of(new Query(second, 2)),
                  SamplingOptions.ofMaxNewTokens(20).toBuilder().logProbabilities(true).build())
              .get(0);
      LogProbabilities trained =
          policy.logProbabilities(List.of(new Example(second, next.response(), 1))).get(0);
      assertEquals(next.logProbabilities().size(), trained.size());
      assertTrue(trained.size() > 0);
      for (int t = 0; t < trained.size(); t++) {
        assertEquals(next.logProbabilities().get(t), trained.get(t), 1e-4);
      }
    }
  }

  @Test
  void itLearnsToAnswerAndStopAndGoesOutAsItCame() throws IOException {
    Example example = new Example(TinyModel.state("8 + 4?", "11"), Response.ofText("12"), 1);
    TrainingOptions training =
        TrainingOptions.builder().learningRate(2e-2).steps(30).batchSize(1).build();
    Path ours = folder.resolve("ours");
    List<LogProbabilities> learned;
    try (OnnxPolicy policy = open(model())) {
      policy.train(List.of(example), training, ProgressListener.NONE);
      learned = policy.logProbabilities(List.of(example));
      policy.save(ours);
    }
    assertTrue(learned.get(0).sum() > Math.log(0.5), learned::toString);
    assertTrue(Files.notExists(ours.resolve("prompt_format.json")));
    assertEquals(
        Files.readString(folder.resolve("base/tokenizer_config.json")),
        Files.readString(ours.resolve("tokenizer_config.json")));
    try (OnnxPolicy policy = open(ours)) {
      assertEquals(learned, policy.logProbabilities(List.of(example)));
      Completion said =
          policy.complete(List.of(new Query(example.state(), 1)), SamplingOptions.greedy(9)).get(0);
      assertEquals("12", said.response().text());
    }
  }
}
