package org.riselm.examples.lab.toy;

import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabeler;
import org.riselm.onnx.model.DecoderConfig;

/**
 * A task made up to show the method on, so small that its model is trained from nothing: all in
 * which one showcase differs from another. Every word of it is one token. The answer to a problem
 * is the number after {@code ####}, which {@link Quickstart#VERIFIER} reads.
 */
public interface Exercise {
  /** The words that problems, answers and feedback consist of. */
  List<String> vocabulary();

  /** The model, for a vocabulary of so many tokens. */
  DecoderConfig model(int vocabularySize);

  /** What the base model learns from: {@code count} examples; the same for the same seed. */
  List<Example> corpus(long seed, int count);

  /** {@code count} different problems to learn from; the same for the same seed. */
  List<Problem> train(long seed, int count);

  /** {@code count} different problems to test with, which are in no training set. */
  List<Problem> heldOut(long seed, int count);

  /** Better responses than the learner's, from somebody else. */
  Relabeler teacher();

  /** Said after every attempt, right or wrong. */
  String feedback();

  /** How answers are drawn, in training and in evaluation. */
  SamplingOptions sampling();

  /** Turns of the episodes that iteration {@code k} collects; 1 is the first. */
  int turns(int k);

  /** How much is trained, to see the effect. */
  ToyRecipe standard();

  /** What the result shows and what it does not, for people to read. */
  String lesson();
}
