package org.riselm.onnx.text;

import com.google.common.primitives.ImmutableIntArray;
import org.riselm.core.mdp.Tokens;

/** A whole conversation as a model sees it: its text, its tokens, and which of them are learned. */
public final class EncodedConversation {
  private final String text;
  private final Tokens ids;
  private final ImmutableIntArray mask;

  private EncodedConversation(Builder builder) {
    this.text = builder.text.toString();
    this.ids = Tokens.of(builder.ids.build().toArray());
    this.mask = builder.mask.build();
  }

  /** {@return the text that the prompt format makes of the conversation} */
  public String text() {
    return text;
  }

  /** {@return the tokens of the text} */
  public Tokens ids() {
    return ids;
  }

  /**
   * {@return a fresh array as long as the ids: 1 for the tokens of responses and those that end
   * them, 0 for the others}
   */
  public int[] mask() {
    return mask.toArray();
  }

  /** Collects text and tokens, part by part. Not thread-safe. */
  public static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private final ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
    private final ImmutableIntArray.Builder mask = ImmutableIntArray.builder();

    /** Creates a builder without parts. */
    public Builder() {}

    /**
     * Appends a part.
     *
     * @param part its text
     * @param tokens its ids
     * @param response whether it is learned: a response, or the token that ends one
     */
    public void add(String part, int[] tokens, boolean response) {
      text.append(part);
      ids.addAll(tokens);
      for (int i = 0; i < tokens.length; i++) {
        mask.add(response ? 1 : 0);
      }
    }

    /** {@return what was collected so far} */
    public EncodedConversation build() {
      return new EncodedConversation(this);
    }
  }
}
