package org.riselm.onnx.internal.text;

import java.util.Map;
import org.riselm.onnx.internal.jinja.RenderedText;

/** Tokenizes what a chat template rendered. */
public interface RenderedTextTokenizer {
  /**
   * Returns the ids of {@code text}. The name of a special token is that token where the template
   * wrote it, and is spelled out like any other text where a part of it is data.
   */
  int[] encode(RenderedText text);

  /** Returns the text of {@code ids}, special tokens left out. */
  String decode(int[] ids);

  /** Returns the text that {@code ids} add where other text stands before them. */
  String decodeWithin(int[] ids);

  /** Returns the special tokens and their ids. */
  Map<String, Integer> specialTokens();
}
