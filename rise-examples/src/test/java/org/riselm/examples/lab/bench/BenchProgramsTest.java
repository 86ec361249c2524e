package org.riselm.examples.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/** The programs run, on very little, and say what they promise. */
class BenchProgramsTest {
  @TempDir Path folder;

  @Test
  void anIterationIsTheSumOfItsParts() throws Exception {
    long before = NativeMemory.openObjects();
    JsonNode json =
        json(
            () ->
                BenchRise.main(
                    ("--shape toy --problems 4 --turns 2 --samples 2 --iterations 1 --pretrain 2"
                            + " --threads 1")
                        .split(" ")));
    double seconds = 0;
    double shares = 0;
    for (String part :
        List.of("collect", "relabel", "weigh", "train", "checkpoint", "evaluate", "journal")) {
      assertTrue(json.path("seconds_" + part).asDouble() > 0, part + " in " + json);
      seconds += json.path("seconds_" + part).asDouble();
      shares += json.path("share_" + part).asDouble();
    }
    assertEquals(json.path("seconds").asDouble(), seconds, 1e-9);
    assertEquals(1, shares, 1e-9);
    for (String phase : List.of("collect", "relabel", "train", "evaluate")) {
      assertEquals(
          json.path("tokens_" + phase).asDouble() / json.path("seconds_" + phase).asDouble(),
          json.path("tokensPerSecond_" + phase).asDouble(),
          1e-6);
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  @Test
  void memoryIsPredictedAndMeasured() throws Exception {
    String small = "--layers 2 --rows 8 --columns 128 --hidden 64 --heads 4 --ffn 160 --threads 1";
    JsonNode kept = alone(BenchMemory.class, small);
    JsonNode fewer = alone(BenchMemory.class, small + " --learned 20");
    int predicted = kept.path("predictedMiB").asInt();
    assertTrue(predicted > fewer.path("predictedMiB").asInt(), kept + ", " + fewer);
    if (Files.isWritable(Path.of("/proc/self/clear_refs"))) {
      int resident = kept.path("residentMiB").asInt();
      assertTrue(resident > predicted / 2 && resident < predicted * 4, kept.toString());
    }
  }

  /** In a process of its own: in this one, memory that earlier tests gave back is still there. */
  private static JsonNode alone(Class<?> program, String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return new ObjectMapper().readTree(said.substring(said.lastIndexOf("{\"bench\"")));
  }

  @Test
  void aCheckpointHasTheWeightsThatAreMeasured() throws Exception {
    Path model = folder.resolve("model");
    RandomCheckpoint.main(new String[] {"small", model.toString()});
    String small =
        "--shape small --batch 1 --greedy --prompt 3 --response 5 --seconds 0.01 --threads 1";
    JsonNode made = json(() -> BenchGenerate.main(small.split(" ")));
    JsonNode read = json(() -> BenchGenerate.main((small + " --weights " + model).split(" ")));
    assertTrue(read.path("tokensPerSecond_batch1").asDouble() > 0, read.toString());
    assertEquals(5, made.path("tokens_batch1").size());
    assertEquals(made.path("tokens_batch1"), read.path("tokens_batch1"));
    try (OnnxPolicy policy = OnnxPolicy.builder(model).build()) {
      assertEquals(Shape.of("small", 4096).config(), policy.config());
    }
  }

  @Test
  void aModelSamplesAndLearnsInEveryPrecision() throws Exception {
    long before = NativeMemory.openObjects();
    Path tokenizer = folder.resolve("tokenizer.json");
    TokenizerFiles.byteLevel(List.of("<end>"), tokenizer);
    PromptPieces format = PromptPieces.builder("<end>").stopTokenKept(false).build();
    DecoderConfig config =
        DecoderConfig.builder(300)
            .hiddenSize(64)
            .layers(2)
            .heads(2)
            .feedForwardSize(96)
            .contextLength(128)
            .build();
    Path model = folder.resolve("model");
    try (OnnxPolicy policy =
        OnnxPolicy.create(config, tokenizer, format, 1, OnnxOptions.ofDefaults())) {
      policy.export(model);
    }
    Path problems = folder.resolve("test.jsonl");
    String line = "{\"question\": \"What is %d + 1?\", \"answer\": \"It is %d.\\n#### %d\"}";
    Files.write(problems, List.of(line.formatted(1, 2, 2), line.formatted(4, 5, 5)));
    for (String bits : List.of("none", "8", "4")) {
      String arguments =
          "--model %s --gsm8k %s --bits %s --batch 1,3 --response 4 --rounds 1 --train 2 --threads 1"
              .formatted(model, problems, bits);
      JsonNode json = json(() -> BenchModel.main(arguments.split(" ")));
      assertEquals(bits, json.path("bits").asText());
      for (String key :
          List.of(
              "tokensPerSecond_batch1",
              "tokensPerSecond_batch3",
              "firstStepSeconds",
              "stepSeconds",
              "trainedTokensPerSecond")) {
        assertTrue(json.path(key).asDouble() > 0, () -> key + " in " + json);
      }
    }
    // A peer that says the same to every piece of work; it is asked as often as we are.
    Path peer = folder.resolve("peer.sh");
    Path asked = folder.resolve("asked");
    Files.writeString(
        peer,
        """
        while read -r work; do
          echo "$work" >> "$1"
          echo '{"tokens": 6, "cpuSeconds": 0.5}'
        done
        """);
    String beside =
        "--model %s --gsm8k %s --bits none,8 --batch 2 --response 4 --rounds 3 --threads 1 --cold --peer"
            .formatted(model, problems);
    List<String> arguments = new ArrayList<>(List.of(beside.split(" ")));
    arguments.add("other=sh %s %s".formatted(peer, asked));
    JsonNode json = json(() -> BenchModel.main(arguments.toArray(String[]::new)));
    assertEquals(0.5e6 / 6, json.path("other").path("cpuMicrosPerToken_batch2").asDouble(), 1e-6);
    assertTrue(json.path("8").path("tokensPerSecond_batch2").asDouble() > 0, json::toString);
    List<String> work = Files.readAllLines(asked);
    assertEquals(3, work.size());
    JsonNode first = new ObjectMapper().readTree(work.get(0));
    assertEquals("What is 4 + 1?", first.path("prompts").path(1).asText(), first::toString);
    assertEquals(4, first.path("newTokens").asInt());
    assertEquals(before, NativeMemory.openObjects());
  }

  @Test
  void aCostThatHasAFixedPartIsOnALine() throws Exception {
    Map<Integer, Double> costs = Map.of(10, 30 + 400 / 10.0, 100, 30 + 400 / 100.0, 1000, 30.4);
    BenchCore.Line line = BenchCore.Line.through(costs);
    assertEquals(400, line.fixed(), 1e-6);
    assertEquals(30, line.perProblem(), 1e-9);
    assertEquals(0, line.largestDeviation(costs), 1e-9);
    assertEquals(
        30.4 / 31 - 1, -new BenchCore.Line(1000, 30).largestDeviation(Map.of(1000, 30.4)), 1e-9);
    JsonNode json = json(() -> BenchCore.main(new String[] {"10", "100", "1"}));
    assertEquals(3, json.path("sizes").size());
    for (JsonNode size : json.path("sizes")) {
      assertTrue(size.path("coreMicrosecondsPerTurn").asDouble() > 0, json.toString());
    }
    assertTrue(json.path("largestDeviation").isNumber(), json.toString());
  }

  private interface Program {
    void run() throws Exception;
  }

  private static JsonNode json(Program program) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(before);
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }
}
