package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.mdp.Problem;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/** Every program to copy from, run as it is on a small model that reads and writes bytes. */
class ExamplesTest {
  @TempDir static Path folder;

  private static Path model;

  @BeforeAll
  static void makeModel() throws IOException {
    List<String> specials = List.of("<pad>", "<eos>", "<user>", "<asst>");
    Path tokenizerJson = folder.resolve("tokenizer.json");
    TokenizerFiles.byteLevel(specials, tokenizerJson);
    DecoderConfig config =
        DecoderConfig.builder(256 + specials.size())
            .hiddenSize(32)
            .layers(1)
            .heads(2)
            .keyValueHeads(2)
            .feedForwardSize(64)
            .contextLength(1024)
            .build();
    PromptPieces format =
        PromptPieces.builder("<eos>")
            .beforeUser("<user>")
            .afterUser("<asst>")
            .stopTokenKept(false)
            .build();
    model = folder.resolve("model");
    try (OnnxPolicy policy =
        OnnxPolicy.create(config, tokenizerJson, format, 1, OnnxOptions.ofDefaults())) {
      policy.export(model);
    }
  }

  private static String run(Program program, String... args) {
    PrintStream console = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      program.start(args);
    } finally {
      System.setOut(console);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private interface Program {
    void start(String[] args);
  }

  @Test
  void quickstart() {
    Path kept = folder.resolve("quickstart");
    String[] args = {"--scale", "tiny", "--relabel", "self", "--run", kept.toString()};
    String printed = run(Quickstart::main, args);
    assertTrue(printed.contains("before RISE") && printed.contains("after RISE"), printed);
    assertTrue(Files.exists(kept.resolve("rise-0").resolve("report.html")), printed);
    // Everything is done; the same run is shown again.
    String again = run(Quickstart::main, args);
    assertEquals(row(printed, "after RISE"), row(again, "after RISE"));
  }

  private static String row(String printed, String stage) {
    return printed.lines().filter(l -> l.startsWith(stage)).findFirst().orElseThrow();
  }

  @Test
  void ownTask() {
    String printed = run(OwnTask::main, "--model", model.toString());
    assertTrue(printed.contains("train") && !printed.contains("m5@t1"), printed);
    Problem three = OwnTask.sentences("s", "the sea").problems().get(0);
    assertEquals(1, OwnTask.reward(three, "The sea roars."));
    assertEquals(0, OwnTask.reward(three, ""));
  }

  @Test
  void evaluateOnly() throws IOException {
    Path problems = folder.resolve("test.jsonl");
    Files.writeString(problems, "{\"question\": \"1 + 1?\", \"answer\": \"#### 2\"}\n");
    String printed =
        run(
            EvaluateOnly::main,
            "--model",
            model.toString(),
            "--problems",
            problems.toString(),
            "--max-new-tokens",
            "8");
    assertTrue(printed.contains("m1@t3"), printed);
  }

  @Test
  void deploy() {
    String printed =
        run(
            Deploy::main,
            "--model",
            model.toString(),
            "--question",
            "1 + 1?",
            "--turns",
            "2",
            "--max-new-tokens",
            "8");
    assertTrue(printed.contains("---"), printed);
  }

  @Test
  void aProgramThatIsStoppedSaysWhatToDo() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ContinueRun.class.getName(),
                "--model",
                model.toString(),
                "--run",
                folder.resolve("stopped").toString(),
                "--problems",
                "1000")
            .redirectErrorStream(true)
            .start();
    BufferedReader output = process.inputReader();
    String line = output.readLine();
    while (line != null && !line.contains("iterations are done")) {
      line = output.readLine();
    }
    process.toHandle().destroy(); // SIGTERM.
    String said = output.lines().collect(Collectors.joining("\n"));
    assertEquals(128 + 15, process.waitFor(), said);
    assertTrue(said.contains("stopped; run the same command again to go on"), said);
  }

  @Test
  void continueRun() {
    String run = folder.resolve("run").toString();
    String[] first = {
      "--model",
      model.toString(),
      "--run",
      run,
      "--iterations",
      "1",
      "--problems",
      "4",
      "--max-new-tokens",
      "8"
    };
    assertTrue(run(ContinueRun::main, first).contains("0 iterations are done"));
    first[5] = "2";
    assertTrue(run(ContinueRun::main, first).contains("1 iterations are done"));
  }

  @Test
  void riseOnSpark() {
    String[] args = {
      "--model",
      model.toString(),
      "--run",
      folder.resolve("spark").toString(),
      "--max-new-tokens",
      "8"
    };
    assertTrue(run(RiseOnSpark::main, args).contains("iteration 1"));
  }

  @Test
  void teacher() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          requests.incrementAndGet();
          byte[] body =
              """
              {"id": "1", "object": "chat.completion", "created": 1, "model": "m",
               "choices": [{"index": 0, "finish_reason": "stop",
                            "message": {"role": "assistant", "content": "#### 7"}}],
               "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
              """
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://localhost:" + server.getAddress().getPort() + "/v1";
      String printed =
          run(
              Teacher::main,
              "--model",
              model.toString(),
              "--url",
              url,
              "--name",
              "m",
              "--max-new-tokens",
              "8");
      assertTrue(requests.get() > 0 && printed.contains("answered=" + requests.get()), printed);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"OwnTask", "EvaluateOnly", "Deploy", "Teacher", "ContinueRun", "RiseOnSpark"})
  void aProgramToCopyIsShort(String name) throws IOException {
    Path source = Path.of("src/main/java/org/riselm/examples/" + name + ".java");
    assertTrue(Files.readAllLines(source).size() < 60, name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Quickstart",
        "OwnTask",
        "EvaluateOnly",
        "Deploy",
        "Teacher",
        "ContinueRun",
        "RiseOnSpark",
        "FineTune",
        "Inspect",
        "Verify",
        "TrainDecoder",
        "TrainOnGsm8k",
        "Doctor"
      })
  void helpIsShownAndNothingElseHappens(String name) {
    String printed =
        run(
            args -> {
              try {
                Class.forName("org.riselm.examples." + name)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
              } catch (ReflectiveOperationException e) {
                throw new LinkageError(name, e);
              }
            },
            "--help");
    assertTrue(printed.startsWith("Usage: run " + name), printed);
    assertFalse(printed.contains("Exception"), printed);
  }

  // A process of its own for each, because a failure ends the JVM.
  @ParameterizedTest
  @CsvSource({
    "1, nowhere,   FineTune nowhere EXAMPLES --out OUT",
    "1, nowhere,   Inspect nowhere",
    "1, nowhere,   TrainDecoder nowhere EXAMPLES --out OUT",
    "1, nowhere,   TrainOnGsm8k --train nowhere --test nowhere",
    "2, --strange, Verify --strange",
    "2, --strange, Doctor --strange"
  })
  void whatIsWrongIsToldInOneLineWithoutAStackTrace(int status, String wrong, String command)
      throws IOException, InterruptedException {
    Path examples =
        Files.writeString(
            folder.resolve("examples.jsonl"),
            "{\"messages\": [{\"role\": \"assistant\", \"content\": \"5\"}]}\n");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    line.addAll(
        List.of(
            ("org.riselm.examples." + command)
                .replace("EXAMPLES", examples.toString())
                .replace("OUT", folder.resolve("out").toString())
                .split(" ", -1)));
    Process process = new ProcessBuilder(line).start();
    process.getOutputStream().close();
    String told = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(status, process.waitFor(), told);
    assertTrue(told.lines().findFirst().orElse("").contains(wrong), told);
    assertFalse(told.contains("Exception"), told);
    if (status == 1) {
      assertEquals(1, told.lines().count(), told);
    }
  }
}
