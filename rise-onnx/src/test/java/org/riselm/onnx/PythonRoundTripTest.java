package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.ModelInspector;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.ModelWeightsWriter;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.text.TokenizerFiles;

/**
 * What we train and write goes through Hugging Face transformers and PEFT, and must compute there
 * what it computes here. Needs Python: the property {@code rise.python} names it, and without it
 * this is skipped; {@code check_exports.py} beside the resources is the other half.
 */
class PythonRoundTripTest {
  private static final String PYTHON = System.getProperty("rise.python", "");
  private static final int[] IDS = {4, 9, 1, 1, 7, 10, 0, 3, 8, 2, 5, 6, 4, 4};
  private static final List<Example> EXAMPLES =
      List.of(
          new Example(TinyModel.state("red"), Response.ofText("blue green"), 1),
          new Example(TinyModel.state("green sky"), Response.ofText("red"), 1));

  @TempDir Path folder;

  @Test
  void everyFamilyComputesTheSameThere() throws Exception {
    assumeTrue(!PYTHON.isEmpty(), "skipped: -Drise.python=… says which Python has peft");
    for (String family : GoldenModel.NAMES) {
      write(family, Files.createDirectories(folder.resolve("models").resolve(family)));
    }
    PythonCheck.run(PYTHON, "check_exports.py", folder.resolve("models"));
  }

  private void write(String family, Path target) throws IOException {
    Path base = base(family, target.resolve("base"));
    TrainingOptions training = TrainingOptions.builder().learningRate(2e-2).steps(5).build();
    try (OnnxPolicy whole = OnnxPolicy.builder(base).build()) {
      whole.train(EXAMPLES, training, ProgressListener.NONE);
      whole.export(target.resolve("trained"));
    }
    Lora lora = Lora.builder(4).dropout(0.1).rankStabilized(family.equals("qwen3")).build();
    try (OnnxPolicy adapted = OnnxPolicy.builder(base).lora(lora).build()) {
      adapted.train(EXAMPLES, training, ProgressListener.NONE);
      adapted.save(target.resolve("adapter"));
      adapted.export(target.resolve("merged"));
    }
    float[][] plain = logits(base, Optional.empty());
    float[][] adapted = logits(base, Optional.of(target.resolve("adapter")));
    assertTrue(Math.abs(plain[5][5] - adapted[5][5]) > 1e-2, "training moved nothing");
    Map<String, Object> document =
        Map.of(
            "ids",
            IDS,
            "base",
            plain,
            "trained",
            logits(target.resolve("trained"), Optional.empty()),
            "adapted",
            adapted);
    new ObjectMapper().writeValue(target.resolve("logits.json").toFile(), document);
  }

  /** A family's tiny model with a tokenizer for its eleven tokens, in several files. */
  private static Path base(String family, Path base) throws IOException {
    Files.createDirectory(base);
    GoldenModel golden = GoldenModel.read(family);
    Files.writeString(base.resolve("config.json"), golden.document().get("config").toString());
    try (ParameterBlock start = golden.start()) {
      List<TensorSource> numbers = new ArrayList<>();
      start.tensors().forEach((name, values) -> numbers.add(TensorSource.of(name, values)));
      ModelWeightsWriter.write(base, Dtype.F32, numbers, 4000);
    }
    TokenizerFiles.wordLevel(
        TinyModel.WORDS.subList(0, 8), TinyModel.SPECIALS, base.resolve("tokenizer.json"));
    TinyModel.FORMAT.write(base);
    return base;
  }

  private static float[][] logits(Path model, Optional<Path> adapter) throws IOException {
    try (ModelInspector probe = ModelInspector.open(model, adapter, 1)) {
      return probe.logits(IDS);
    }
  }
}
