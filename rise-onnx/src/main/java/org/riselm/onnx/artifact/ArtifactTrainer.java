package org.riselm.onnx.artifact;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.onnx.internal.artifact.ArtifactExecutor;
import org.riselm.onnx.internal.runtime.OrtLibrary;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.TrainingLoop;
import org.riselm.onnx.internal.util.ExclusiveUse;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.EncodedTurn;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;

/**
 * Trains on training artifacts, whoever made them, with ONNX Runtime's training session: with their
 * loss and their optimizer, whose moments continue from the checkpoint. Holds native memory until
 * it is closed. A call while another thread's is running throws an {@link IllegalStateException}.
 */
public final class ArtifactTrainer implements AutoCloseable {
  private final ArtifactExecutor executor;
  private final ExclusiveUse use = new ExclusiveUse("the trainer of artifacts");

  private ArtifactTrainer(ArtifactExecutor executor) {
    this.executor = executor;
  }

  /**
   * Opens the artifacts in {@code folder}. The caller closes the trainer.
   *
   * @param folder the folder of the four files
   * @param inputs what their user inputs stand for
   * @param threads that a step uses, the calling one included; at least 1
   * @return the trainer
   * @throws ArtifactException naming the file and what does not fit: the artifacts each other, or
   *     an input its meaning; and every input that has none
   */
  public static ArtifactTrainer open(Path folder, ArtifactInputs inputs, int threads) {
    OrtLibrary.require();
    return new ArtifactTrainer(new ArtifactExecutor(folder, inputs, threads));
  }

  /**
   * Learns every response of {@code conversations}, each in the context before it, and replaces the
   * checkpoint in the artifacts' folder. Of {@code training}, the settings of the optimizer are not
   * used: the artifacts have their own.
   *
   * @param conversations what to learn
   * @param format the prompt format of the model
   * @param tokenizer the tokenizer of the model
   * @param training how to train
   * @param microBatchTokens the most tokens, padding counted, that go through the model at once
   * @param progress told about the work done; called often
   * @return what the training did
   * @throws IllegalArgumentException naming the source of a conversation whose response cannot be
   *     located
   */
  public TrainingSummary train(
      List<Conversation> conversations,
      PromptFormat format,
      Tokenizer tokenizer,
      TrainingRequest training,
      int microBatchTokens,
      ProgressListener progress) {
    return use.call(
        () -> {
          List<EncodedExample> examples = new ArrayList<>();
          for (Conversation c : conversations) {
            for (EncodedTurn turn : format.turns(c.source(), c.messages(), tokenizer)) {
              examples.add(
                  EncodedExample.of(turn.prompt().toArray(), turn.target().toArray(), c.weight()));
            }
          }
          return TrainingLoop.run(
              executor, examples, training, microBatchTokens, progress, TrainingCheckpoints.NONE);
        });
  }

  /**
   * Writes the evaluation graph with the weights as they are, cut down to what {@code outputs}
   * need, as {@code model.onnx}.
   *
   * @param folder new or empty; it appears whole or not at all
   * @param outputs names of outputs of the evaluation graph, for example of its logits
   * @throws IOException if reading or writing fails; names the file
   */
  public void export(Path folder, List<String> outputs) throws IOException {
    use.run(() -> executor.export(folder, outputs));
  }

  /** Frees the native memory, as {@link org.riselm.onnx.OnnxPolicy#close} does. */
  @Override
  public void close() {
    use.close(executor::close);
  }
}
