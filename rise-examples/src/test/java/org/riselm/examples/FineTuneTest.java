package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.OnnxPolicy;

class FineTuneTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int fineTune(Path model, Path examples, String... more) {
    List<String> args = new ArrayList<>(List.of(model.toString(), examples.toString()));
    args.addAll(List.of(more));
    try (PrintStream out = new PrintStream(said, false, StandardCharsets.UTF_8)) {
      return FineTune.run(args.toArray(String[]::new), out, out);
    }
  }

  private Path examples(String... lines) throws IOException {
    return Files.write(folder.resolve("examples.jsonl"), List.of(lines));
  }

  private static String answers(OnnxPolicy policy, State state) {
    return policy
        .complete(List.of(new Query(state, 1)), SamplingOptions.greedy(8))
        .get(0)
        .response()
        .text();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--threads 1 --learning-rate 3e-3", "--lora 8 --learning-rate 2e-2"})
  void everyAnswerIsLearnedInItsPlace(String options) throws IOException {
    Path model = ToyChat.folder(folder);
    Path out = folder.resolve("out");
    Path examples =
        examples(
            """
            {"messages": [{"role": "user", "content": "How many ?"}, {"role": "assistant", "content": "5"}, \
            {"role": "user", "content": "Tom has 8 ."}, {"role": "assistant", "content": "8 8"}]}\
            """,
            "",
            """
            {"messages": [{"role": "user", "content": "How many ?"}, {"role": "assistant", "content": "2"}], \
            "weight": 0}\
            """);
    List<String> args = new ArrayList<>(List.of("--out", out.toString(), "--steps", "40"));
    args.addAll(List.of(options.split(" ", -1)));
    assertEquals(0, fineTune(model, examples, args.toArray(String[]::new)), said::toString);
    assertTrue(
        said.toString(StandardCharsets.UTF_8).contains("3 answers, 40 steps"), said::toString);
    Problem problem = Problem.of("p", "How many ?", "5");
    try (OnnxPolicy policy = OnnxPolicy.builder(out).build()) {
      assertEquals("5", answers(policy, State.initial(problem)));
      List<Turn> history = List.of(Turn.of(Response.ofText("5"), 0).withFeedback("Tom has 8 ."));
      assertEquals("8 8", answers(policy, new State(problem, history, 2)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '$',
      textBlock =
          """
          {"messages": [                                              @ line 2: it is not JSON
          {"messages": []}                                            @ line 2: there must be a list
          {"messages": [{"role": "user"}]}                            @ line 2: message 1 lacks
          {"messages": [{"role": "user", "content": "Tom"}]}          @ line 2: no message has the role
          {"messages": [{"role": "assistant", "content": "8"}], "weight": "x"} @ line 2: "weight"
          {"messages": [{"role": "<eos>", "content": "8"}, {"role": "assistant", "content": "8"}]} @ line 2: message 1
          {"messages": [{"role": "assistant", "content": "nonsense"}]} @ nonsense
          """)
  void aBadLineIsNamedAndNothingIsWritten(String line, String problem) throws IOException {
    Path model = ToyChat.folder(folder);
    Path out = folder.resolve("out");
    Path examples =
        examples(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Tom\"}, {\"role\": \"assistant\","
                + " \"content\": \"8\"}]}",
            line);
    assertEquals(1, fineTune(model, examples, "--out", out.toString()));
    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains(problem), text);
    assertFalse(Files.exists(out));
  }

  @Test
  void argumentsAreCheckedBeforeAnythingIsRead() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    assertEquals(2, fineTune(nowhere, nowhere));
    assertEquals(2, fineTune(nowhere, nowhere, "--out", "x", "--lora", "0"));
    assertEquals(2, fineTune(nowhere, nowhere, "--out", "x", "--adapters", "y"));
    examples("{}");
    assertEquals(1, fineTune(nowhere, nowhere, "--out", folder.toString()));
    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("--out is needed") && text.contains("is not empty"), text);
  }
}
