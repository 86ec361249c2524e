package org.riselm.onnx.text;

import com.google.common.primitives.ImmutableIntArray;

/**
 * A whole conversation as a model sees it.
 *
 * @param text what the prompt format makes of it
 * @param ids its tokens
 * @param mask as long as the ids: 1 for the tokens of answers, with those that end them, otherwise
 *     0
 */
public record EncodedConversation(String text, ImmutableIntArray ids, ImmutableIntArray mask) {
  public EncodedConversation {
    if (ids.length() != mask.length()) {
      throw new IllegalArgumentException(
          "%d ids, but %d marks; there must be as many".formatted(ids.length(), mask.length()));
    }
  }

  /** Collects the tokens, part by part. */
  public static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private final ImmutableIntArray.Builder ids = ImmutableIntArray.builder();
    private final ImmutableIntArray.Builder mask = ImmutableIntArray.builder();

    /** Begins without a token. */
    public Builder() {}

    public void add(String part, int[] tokens, boolean answer) {
      text.append(part);
      ids.addAll(tokens);
      for (int i = 0; i < tokens.length; i++) {
        mask.add(answer ? 1 : 0);
      }
    }

    public EncodedConversation build() {
      return new EncodedConversation(text.toString(), ids.build(), mask.build());
    }
  }
}
