package org.riselm.examples.lab.bench.parts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.riselm.onnx.text.ChatTemplate;
import org.riselm.onnx.text.Message;
import org.riselm.onnx.text.Tokenizer;

/** The second turn's prompt, of about 600 characters: rendered, and encoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TextParts {
  /** A folder with {@code tokenizer.json} and a chat template; of a real model, or a small one. */
  @Param("rise-onnx/src/test/resources/org/riselm/onnx/text/chat/chatml")
  public String model;

  private Tokenizer tokenizer;
  private ChatTemplate template;
  private List<Message> messages;
  private String rendered;

  @Setup
  public void load() throws IOException {
    Path folder = Path.of(model);
    tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    template = ChatTemplate.read(folder).orElseThrow();
    messages =
        List.of(
            Message.user("Natalia sold 48 clips in April and half as many in May. ".repeat(4)),
            Message.assistant("In May she sold 48 / 2 = 24 clips, so 48 + 24 = 72. ".repeat(5)),
            Message.user("That is wrong. Look for the mistake and try again."));
    rendered = template.render(messages, /* answering= */ true);
  }

  @TearDown
  public void close() {
    tokenizer.close();
  }

  @Benchmark
  public String renderTemplate() {
    return template.render(messages, /* answering= */ true);
  }

  @Benchmark
  public int[] encodePrompt() {
    return tokenizer.encode(rendered);
  }
}
