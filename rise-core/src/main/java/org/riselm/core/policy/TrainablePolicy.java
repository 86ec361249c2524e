package org.riselm.core.policy;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.spi.TrainingCheckpoints;

/** A policy that also learns from weighted examples and can be saved and restored. */
public interface TrainablePolicy extends Policy {
  /**
   * {@return whether {@link #train} can take {@code example}; false for one that is longer than the
   * policy's context, for instance, or that its vocabulary has no tokens for} A run leaves such
   * examples out and counts them.
   *
   * @param example an example
   */
  boolean fits(Example example);

  /**
   * Learns {@code examples}, with a fresh optimizer.
   *
   * <p>The loss of an optimizer step is Σ wᵢₜ·nllᵢₜ / Z, over the response tokens t of the step's
   * examples i: prompts, histories and padding teach nothing. Z is Σ |wᵢₜ| or the number of those
   * tokens, as {@link TrainingRequest#normalization} says.
   *
   * @param examples what to learn; at least one
   * @param training how, the seed and the learning rate included
   * @param progress told after every optimizer step
   * @param points where the training can go on from, if it was stopped before; a policy that cannot
   *     go on does not use them and begins again
   * @return what the training did
   * @throws IllegalArgumentException if an example does not fit the context; names the problem and
   *     the turn. Nothing has been learned then
   */
  TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points);

  /** {@return the peak learning rate of a training whose options set none; above 0} */
  default double defaultLearningRate() {
    return 1e-5; // The paper's, for training all of a model's weights.
  }

  /**
   * Fails fast if a training with these options cannot succeed, for lack of memory for instance:
   * throws an exception that says why. A run calls it before its first stage.
   *
   * @param training how to train
   */
  default void requireTrainable(TrainingOptions training) {}

  /**
   * {@return whether responses are drawn from the distribution that is trained; false if they are
   * from an approximation of it, such as a quantized copy of the weights} A run then estimates how
   * far it is, if the policy is a {@link ScoringPolicy}, and refuses objectives that are valid only
   * for the policy's own responses.
   */
  default boolean samplesExactly() {
    return true;
  }

  /**
   * Learns {@code examples} with a fresh optimizer, seed 0 and a loss normalized by weight; nothing
   * of it is kept.
   *
   * @param examples what to learn
   * @param training how to train
   * @param progress told about the work done; called often
   * @return what the training did
   */
  default TrainingSummary train(
      List<Example> examples, TrainingOptions training, ProgressListener progress) {
    return train(examples, TrainingRequest.of(training, this), progress);
  }

  /**
   * Learns {@code examples} with a fresh optimizer; nothing of it is kept.
   *
   * @param examples what to learn
   * @param training how to train
   * @param progress told about the work done; called often
   * @return what the training did
   */
  default TrainingSummary train(
      List<Example> examples, TrainingRequest training, ProgressListener progress) {
    return train(examples, training, progress, TrainingCheckpoints.NONE);
  }

  /**
   * Writes everything {@link #restore} needs to {@code folder}, which must not exist or be empty.
   * The folder appears whole or not at all.
   *
   * @param folder new or empty
   * @throws IOException if reading or writing fails; names the file
   */
  void save(Path folder) throws IOException;

  /**
   * Restores the parameters that {@link #save} wrote.
   *
   * @param folder what {@link #save} wrote
   * @throws IOException if reading or writing fails; names the file
   */
  void restore(Path folder) throws IOException;

  /**
   * A policy whose training steps can be computed in several processes: a step's gradient is the
   * sum of its shares' gradients, which any process can compute that has the same policy. One
   * process trains: it cuts the steps, adds the gradients up in the shares' order, and holds the
   * optimizer and its moments.
   *
   * <p>Parameters after a training depend on the number of shares, since sums of floats depend on
   * their order; they do not depend on where shares are computed. With one share they are those of
   * {@link TrainablePolicy#train}.
   */
  interface DataParallel extends TrainablePolicy {
    /**
     * Learns {@code examples} as {@link TrainablePolicy#train} does, with gradients of {@code
     * workers}.
     *
     * @param examples what to learn; at least one
     * @param training how
     * @param progress told after every optimizer step
     * @param points where the training can go on from
     * @param workers compute the gradients
     * @return what the training did
     * @throws IllegalArgumentException as {@link TrainablePolicy#train}, or if this policy's
     *     gradients cannot be computed elsewhere; says why. Nothing has been learned then
     */
    TrainingSummary train(
        List<Example> examples,
        TrainingRequest training,
        ProgressListener progress,
        TrainingCheckpoints points,
        Workers workers);

    /**
     * Computes a share's gradient. The policy's parameters are {@code parameters} afterwards.
     *
     * @param parameters as a training process gave them to {@link Workers}; not changed
     * @param share of a step of a training process
     * @return the gradient at {@code parameters}
     * @throws IllegalArgumentException if they are another policy's
     */
    Gradient gradient(float[] parameters, Share share);

    /** A part of a training step's examples. Its content is the policy's own. */
    interface Share extends Serializable {}

    /** The gradient of a share's part of a step's loss. */
    final class Gradient implements Serializable {
      private static final long serialVersionUID = 1;

      /** The share's part of the step's loss. */
      private final double loss;

      /** One for each parameter. */
      private final float[] values;

      /**
       * Takes the array over.
       *
       * @param loss of the share
       * @param values one for each parameter, in the parameters' order
       */
      public Gradient(double loss, float[] values) {
        this.loss = loss;
        this.values = values;
      }

      /** {@return the share's part of the step's loss} */
      public double loss() {
        return loss;
      }

      /** {@return one value for each parameter, in the parameters' order; not to be changed} */
      public float[] values() {
        return values;
      }
    }

    /** Computes the gradients of a training's steps, for instance in other processes. */
    interface Workers {
      /** {@return into how many shares a step is cut at most; at least 1} */
      int shares();

      /**
       * Computes the gradients of one step.
       *
       * @param parameters at which; as many as are trained, not to be changed
       * @param shares of the step; at least one
       * @return each share's {@link DataParallel#gradient}, in their order
       */
      List<Gradient> gradients(float[] parameters, List<Share> shares);
    }
  }
}
