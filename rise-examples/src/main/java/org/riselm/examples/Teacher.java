package org.riselm.examples;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.riselm.core.RiseTrainer;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Arithmetic;
import org.riselm.core.teacher.ChatPolicy;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;

/** A larger model behind an endpoint is the teacher of a smaller one. */
public final class Teacher {
  private static final String USAGE =
      """
      Usage: run Teacher --model DIR --url URL --name NAME [options]
        --model DIR         the chat model to train
        --url URL           an endpoint that speaks OpenAI's protocol, such as http://localhost:8000/v1
        --name NAME         the teacher's model there; its key is in OPENAI_API_KEY
        --max-new-tokens N  the longest response (256)
      """;

  private Teacher() {}

  private static void run(Arguments arguments) throws IOException {
    String url = arguments.require("url");
    ChatModel model =
        OpenAiChatModel.builder()
            .baseUrl(url)
            .apiKey(System.getenv().getOrDefault("OPENAI_API_KEY", "none"))
            .modelName(arguments.require("name"))
            .maxRetries(0) // ChatPolicy tries again by itself.
            .build();
    ChatPolicy teacher =
        ChatPolicy.builder(model, arguments.require("name") + " at " + url).build();
    Path learner = Path.of(arguments.require("model"));
    try (OnnxPolicy policy = OnnxPolicy.builder(learner).lora(Lora.rank(16)).build();
        RiseTrainer trainer =
            RiseTrainer.builder(policy, Arithmetic.generate(1, 32, 3))
                .relabeler(Relabelers.teacher(teacher))
                .sampling(
                    SamplingOptions.ofMaxNewTokens(arguments.integer("max-new-tokens", 1, 256)))
                .build()) {
      System.out.println(trainer.iterate());
      System.out.println(teacher.usage());
    }
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Set<String> options = Set.of("model", "url", "name", "max-new-tokens");
    Arguments.run(USAGE, args, options, Set.of(), Teacher::run);
  }
}
