package org.riselm.examples.lab.relay;

import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Relabelers;
import org.riselm.examples.lab.toy.Exercise;
import org.riselm.examples.lab.toy.ToyRecipe;
import org.riselm.onnx.model.DecoderConfig;

/** An answer has room for three days of a week; what comes after them takes another look. */
public final class RelayExercise implements Exercise {
  @Override
  public List<String> vocabulary() {
    return RelayTask.vocabulary();
  }

  /** A Llama-style decoder of some 100,000 parameters. */
  @Override
  public DecoderConfig model(int vocabularySize) {
    return DecoderConfig.builder(vocabularySize)
        .hiddenSize(64)
        .layers(2)
        .heads(4)
        .keyValueHeads(4)
        .headSize(16)
        .feedForwardSize(176)
        .contextLength(RelayTask.CONTEXT_LENGTH)
        .tiedHead(true)
        .build();
  }

  @Override
  public List<Example> corpus(long seed, int count) {
    return RelayCorpus.examples(seed, count);
  }

  @Override
  public List<Problem> train(long seed, int count) {
    return RelayProblems.train(seed, count);
  }

  @Override
  public List<Problem> heldOut(long seed, int count) {
    return RelayProblems.heldOut(seed, count);
  }

  @Override
  public Relabeler teacher() {
    return Relabelers.teacher(RelayTeacher.create());
  }

  @Override
  public String feedback() {
    return RelayTask.FEEDBACK;
  }

  @Override
  public SamplingOptions sampling() {
    return SamplingOptions.ofMaxNewTokens(RelayTask.MAX_NEW_TOKENS);
  }

  /** A week takes three turns, and keeping its result a fourth. */
  @Override
  public int turns(int k) {
    return k + 2;
  }

  @Override
  public ToyRecipe standard() {
    return new ToyRecipe(1600, 2000, 600, 32);
  }

  @Override
  public String lesson() {
    return """
    What this shows: a second look that computes something new. An answer ends after three days, and
    nothing that any first answer says settles a longer week, so five first answers (m5@t1) settle no
    more than one. RISE teaches the model to go on from where its own last answer stopped, and to keep
    a result that it has reached. Its accuracy grows turn by turn: three days, six, seven. The teacher
    plays by the same rules: its answers are no longer, and it does not know a result beforehand.

    What it does not show: that slips are found. Who carries on believes what stands there; a sum that
    was wrong on Tuesday is wrong on Sunday. And the limit of an answer is a rule of this game.
    """;
  }
}
