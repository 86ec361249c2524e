package org.riselm.onnx.internal.policy;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.State;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.EncodedTurn;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;
import org.riselm.onnx.text.UnencodableTextException;

/** Turns examples and conversations into token ids that fit a model's context. */
public final class ExampleEncoder {
  private final PromptFormat format;
  private final Tokenizer tokenizer;
  private final int contextLength;

  /** Encodes with {@code tokenizer}, which stays the caller's. */
  public ExampleEncoder(PromptFormat format, Tokenizer tokenizer, int contextLength) {
    this.format = format;
    this.tokenizer = tokenizer;
    this.contextLength = contextLength;
  }

  /** Returns whether {@code example} has tokens, and few enough. */
  public boolean fits(Example example) {
    try {
      return length(encode(example)) <= contextLength;
    } catch (UnencodableTextException e) {
      return false; // A teacher's words, which this vocabulary does not have.
    }
  }

  /**
   * Encodes examples.
   *
   * @throws IllegalArgumentException naming the problem and the turn of an example that does not
   *     fit
   */
  public List<EncodedExample> examples(List<Example> examples) {
    List<EncodedExample> encoded = new ArrayList<>();
    for (Example e : examples) {
      encoded.add(fitting(where(e.state()), encode(e)));
    }
    return encoded;
  }

  /**
   * Encodes every response of conversations, each in the context before it.
   *
   * @throws IllegalArgumentException naming the source of a conversation and the response that does
   *     not fit, or cannot be located
   */
  public List<EncodedExample> conversations(List<Conversation> conversations) {
    List<EncodedExample> encoded = new ArrayList<>();
    for (Conversation c : conversations) {
      int response = 0;
      for (EncodedTurn turn : format.turns(c.source(), c.messages(), tokenizer)) {
        response++;
        encoded.add(
            fitting(
                "%s, response %d".formatted(c.source(), response),
                EncodedExample.of(turn.prompt().toArray(), turn.target().toArray(), c.weight())));
      }
    }
    return encoded;
  }

  private EncodedExample fitting(String where, EncodedExample encoded) {
    if (length(encoded) > contextLength) {
      throw new IllegalArgumentException(
          "%s: a prompt of %d tokens and a response of %d do not fit a context of %d"
              .formatted(
                  where, encoded.prompt().length(), encoded.target().length(), contextLength));
    }
    return encoded;
  }

  private static int length(EncodedExample e) {
    return e.prompt().length() + e.target().length();
  }

  private EncodedExample encode(Example example) {
    EncodedTurn turn = format.turn(example.state(), example.response(), tokenizer);
    if (!example.weights().fits(turn.target().size())) {
      throw new IllegalArgumentException(
          "%s: the example has %d weights, but %d tokens are learned, a stop token included; weigh sampled responses only, or give one weight for all"
              .formatted(where(example.state()), example.weights().size(), turn.target().size()));
    }
    return EncodedExample.of(turn.prompt().toArray(), turn.target().toArray(), example.weights());
  }

  private static String where(State state) {
    return "problem %s, turn %d".formatted(state.problem().id(), state.turn());
  }
}
