package org.riselm.onnx.internal.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.artifact.ArtifactExecutor;
import org.riselm.onnx.internal.artifact.ArtifactFiles;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.export.InferenceModel;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.graph.OnnxFile;
import org.riselm.onnx.internal.imported.DecoderInterface;
import org.riselm.onnx.internal.imported.DecoderTraining;
import org.riselm.onnx.internal.imported.ParameterChoice;
import org.riselm.onnx.model.DecoderConfig;

/** Artifacts made of a decoder in ONNX are stepped on like the decoder that it was. */
class ArtifactExecutorTest extends AdamWContract {
  @TempDir private Path parent = Path.of("");

  @Override
  StepExecutor create(DecoderConfig config, ParameterBlock weights, AdamW optimizer) {
    try {
      Path decoder = Files.createTempDirectory(parent, "decoder");
      List<TensorSource> numbers =
          weights.parameters().stream()
              .map(p -> TensorSource.of(p.name(), weights.tensor(p.name())))
              .toList();
      InferenceModel.write(decoder, config, numbers);
      OnnxFile file = OnnxFile.read(decoder.resolve(InferenceModel.FILE));
      DecoderInterface ports = new DecoderInterface(file, DecoderInterface.byName(file));
      DecoderTraining training =
          new DecoderTraining(file, ports, new ParameterChoice(file, ports, name -> false));
      Path artifacts = parent.resolve(decoder.getFileName() + "-artifacts");
      training.artifacts(optimizer).write(artifacts);
      return new IntoBlock(
          new ArtifactExecutor(artifacts, training.inputs(), 2),
          weights,
          artifacts.resolve(ArtifactFiles.CHECKPOINT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes back into the block what the executor writes into its checkpoint, where linear weights
   * are [in, out].
   */
  private record IntoBlock(StepExecutor executor, ParameterBlock weights, Path checkpoint)
      implements StepExecutor {
    @Override
    public double accumulate(MicroBatch batch) {
      return executor.accumulate(batch);
    }

    @Override
    public double step(double learningRate) {
      return executor.step(learningRate);
    }

    @Override
    public void discard() {
      executor.discard();
    }

    @Override
    public float[] tokenLosses(MicroBatch batch) {
      return executor.tokenLosses(batch);
    }

    @Override
    public void writeBack() {
      executor.writeBack();
      for (NamedTensor t : Checkpoint.read(checkpoint).trainable()) {
        FloatBuffer to = weights.tensor(t.name()).floats();
        boolean transposed = t.name().endsWith("_proj.weight");
        int columns = Math.toIntExact(t.shape().get(t.shape().size() - 1));
        int rows = t.floats().remaining() / columns;
        for (int i = 0; i < rows * columns; i++) {
          to.put(transposed ? i % columns * rows + i / columns : i, t.floats().get(i));
        }
      }
    }

    @Override
    public void save(Path folder) throws IOException {
      executor.save(folder);
    }

    @Override
    public void restore(Path folder) throws IOException {
      executor.restore(folder);
    }

    @Override
    public void close() {
      executor.close();
    }
  }
}
