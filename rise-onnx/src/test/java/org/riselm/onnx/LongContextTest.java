package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.onnx.internal.runtime.NativeMemory;

/** A model that could read a million tokens, and reads a dozen. */
class LongContextTest {
  @TempDir Path folder;

  @Test
  void aModelOfAMillionPositionsTakesForTheSameRunWhatOneOfAFewTakes() throws IOException {
    List<Long> few = run(64, folder.resolve("few"));
    List<Long> many = run(1_000_000, folder.resolve("many"));
    assertEquals(few, many);
  }

  private List<Long> run(int context, Path artifacts) throws IOException {
    List<Long> found = new ArrayList<>();
    try (OnnxPolicy policy =
        OnnxPolicy.create(
            TinyModel.config().toBuilder().contextLength(context).build(),
            TinyModel.tokenizer(folder),
            TinyModel.FORMAT,
            1,
            TinyModel.options(2))) {
      long before = NativeMemory.openBytes();
      policy.complete(
          List.of(new Query(TinyModel.STATES.get(0), 1)),
          SamplingOptions.ofMaxNewTokens(4),
          ProgressListener.NONE);
      found.add(NativeMemory.openBytes() - before);
      policy.train(
          TinyModel.EXAMPLES,
          TrainingOptions.builder().steps(1).batchSize(3).build(),
          ProgressListener.NONE);
      policy.logProbabilities(TinyModel.EXAMPLES);
      policy.exportOnnx(artifacts.resolve("onnx"));
      policy.writeArtifacts(artifacts.resolve("training"), TrainingOptions.builder().build());
      found.add(Files.size(artifacts.resolve("onnx/model.onnx")));
      found.add(Files.size(artifacts.resolve("training/training_model.onnx")));
      found.add(Files.size(artifacts.resolve("training/eval_model.onnx")));
    }
    return found;
  }
}
