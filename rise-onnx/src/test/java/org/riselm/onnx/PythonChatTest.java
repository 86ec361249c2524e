package org.riselm.onnx;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.EncodedConversation;
import org.riselm.onnx.text.Message;
import org.riselm.onnx.text.PromptFormat;

/**
 * Chat models that we trained go through Hugging Face transformers, which must make the same
 * prompts and give the same answers. Needs Python: the property {@code rise.python} names it, and
 * without it this is skipped; {@code check_chats.py} beside the resources is the other half.
 */
class PythonChatTest {
  private static final String PYTHON = System.getProperty("rise.python", "");
  private static final List<Message> MESSAGES =
      List.of(
          Message.user("8 + 4?"),
          Message.assistant("11"),
          Message.user("The answer is incorrect."),
          Message.assistant("It is 12."));

  @TempDir Path folder;

  @Test
  void chatModelsSayTheSameThere() throws Exception {
    assumeTrue(!PYTHON.isEmpty(), "skipped: -Drise.python=… says which Python has transformers");
    for (String name : List.of("chatml", "thinking", "header", "brackets")) {
      write(name, Files.createDirectories(folder.resolve("models").resolve(name)));
    }
    PythonCheck.run(PYTHON, "check_chats.py", folder.resolve("models"));
  }

  private static void write(String name, Path target) throws IOException {
    Path model = ChatModelTest.model(name, target);
    TrainingOptions training =
        TrainingOptions.builder().learningRate(3e-2).steps(40).batchSize(2).build();
    try (OnnxPolicy policy =
        OnnxPolicy.builder(model).options(TinyModel.options(1)).lora(Lora.rank(8)).build()) {
      policy.fineTune(
          List.of(new Conversation(name, MESSAGES, 1)),
          TrainingRequest.of(training, policy),
          ProgressListener.NONE);
      policy.export(target.resolve("trained"));
      State state =
          HistoryWindow.all()
              .state(
                  Problem.of("p", "8 + 4?", "12"),
                  List.of(
                      Turn.of(Response.ofText("11"), 0).withFeedback("The answer is incorrect.")));
      Completion said =
          policy.complete(List.of(new Query(state, 1)), SamplingOptions.greedy(12)).get(0);
      PromptFormat format = PromptFormat.read(model);
      EncodedConversation all = format.encode(name, MESSAGES, policy.tokenizer());
      new ObjectMapper()
          .writeValue(
              target.resolve("expected.json").toFile(),
              Map.of(
                  "messages",
                  MESSAGES.stream().map(Message::fields).toList(),
                  "text",
                  all.text(),
                  "ids",
                  all.ids().toArray(),
                  "stops",
                  format.stopIds(policy.tokenizer()),
                  "said",
                  said.response().tokens().toArray()));
    }
  }
}
