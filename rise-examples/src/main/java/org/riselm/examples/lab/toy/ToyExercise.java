package org.riselm.examples.lab.toy;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Relabelers;
import org.riselm.examples.Quickstart;
import org.riselm.onnx.model.DecoderConfig;

/** The quickstart's: a quick answer first, then the working that shows whether it is right. */
public final class ToyExercise implements Exercise {
  /** How large the model is. */
  public enum Size {
    /** Some 24,000 parameters. */
    SMALL(32, 2, 85),
    /** Some 58,000 parameters: the quickstart's. */
    STANDARD(48, 3, 128);

    private final int hiddenSize;
    private final int heads;
    private final int feedForwardSize;

    Size(int hiddenSize, int heads, int feedForwardSize) {
      this.hiddenSize = hiddenSize;
      this.heads = heads;
      this.feedForwardSize = feedForwardSize;
    }
  }

  /** Enough for the longest response (21 tokens with its stop token) and some rambling. */
  private static final int MAX_NEW_TOKENS = 34;

  private final Size size;

  /** The quickstart's, with its model. */
  public ToyExercise() {
    this(Size.STANDARD);
  }

  /** The quickstart's, with a model of another size. */
  public ToyExercise(Size size) {
    this.size = requireNonNull(size, "size");
  }

  @Override
  public List<String> vocabulary() {
    return Quickstart.vocabulary();
  }

  /** A Llama-style decoder. */
  @Override
  public DecoderConfig model(int vocabularySize) {
    return Quickstart.model(vocabularySize)
        .hiddenSize(size.hiddenSize)
        .heads(size.heads)
        .keyValueHeads(size.heads)
        .feedForwardSize(size.feedForwardSize)
        .build();
  }

  @Override
  public List<Example> corpus(long seed, int count) {
    return Quickstart.transcripts(seed, count);
  }

  @Override
  public List<Problem> train(long seed, int count) {
    return Quickstart.problems("train", false, seed, count);
  }

  @Override
  public List<Problem> heldOut(long seed, int count) {
    return Quickstart.problems("held-out", true, seed, count);
  }

  /** The worked solution that is known for each problem. */
  @Override
  public Relabeler teacher() {
    return Relabelers.reference();
  }

  @Override
  public String feedback() {
    return Quickstart.FEEDBACK;
  }

  @Override
  public SamplingOptions sampling() {
    return SamplingOptions.ofMaxNewTokens(MAX_NEW_TOKENS);
  }

  @Override
  public int turns(int k) {
    return k + 1;
  }

  /** Some minutes on two cores. */
  @Override
  public ToyRecipe standard() {
    return new ToyRecipe(1200, 1000, 300, 32);
  }

  @Override
  public String lesson() {
    return """
    What this shows: the whole loop works, on a model that has learned it by itself. m1@t5 revises
    one answer four times, m5@t1 draws five answers at once: the same number of samples, no help
    from outside, and the same neutral feedback after right and wrong answers.

    What it does not show: a new ability. The task is made so that the first answer is a guess and
    the evidence against it, the working, is in view at the second turn; RISE teaches the model to
    trust the working, which it already gets right. On problems whose working comes before the
    answer, the effect does not appear. And training on transcripts that somebody else wrote, with
    wrong first and right second answers, works here as well as the model's own mistakes do.
    """;
  }
}
