package org.riselm.examples.toy;

import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.Sampling;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Relabelers;
import org.riselm.onnx.model.DecoderConfig;

/** The quickstart's: a quick answer first, then the working that shows whether it is right. */
public final class ToyExercise implements Exercise {
  @Override
  public List<String> vocabulary() {
    return ToyTask.vocabulary();
  }

  /** A Llama-style decoder of some 58,000 parameters. */
  @Override
  public DecoderConfig model(int vocabularySize) {
    return DecoderConfig.builder(vocabularySize)
        .hiddenSize(48)
        .layers(2)
        .heads(3)
        .keyValueHeads(3)
        .headSize(16)
        .feedForwardSize(128)
        .contextLength(ToyTask.CONTEXT_LENGTH)
        .tiedHead(true)
        .build();
  }

  @Override
  public List<Example> corpus(long seed, int count) {
    return ToyCorpus.examples(seed, count);
  }

  @Override
  public List<Problem> train(long seed, int count) {
    return ToyProblems.train(seed, count);
  }

  @Override
  public List<Problem> heldOut(long seed, int count) {
    return ToyProblems.heldOut(seed, count);
  }

  /** The worked solution that is known for each problem. */
  @Override
  public Relabeler teacher() {
    return Relabelers.reference();
  }

  @Override
  public String feedback() {
    return ToyTask.FEEDBACK;
  }

  @Override
  public Sampling sampling() {
    return Sampling.ofMaxNewTokens(ToyTask.MAX_NEW_TOKENS);
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
