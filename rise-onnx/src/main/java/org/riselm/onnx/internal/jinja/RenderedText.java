package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.List;

/** A rendered text that knows which of its characters came from {@link UserText}. Immutable. */
public final class RenderedText {
  /**
   * A part of a text.
   *
   * @param from the index of its first UTF-16 unit
   * @param to the index after its last
   */
  public record Span(int from, int to) {}

  private final String text;
  // As long as the text; data of it are shadows.
  private final String shadowed;
  private final List<Span> generations;

  private RenderedText(String text, String shadowed, List<Span> generations) {
    this.text = text;
    this.shadowed = shadowed;
    this.generations = List.copyOf(generations);
  }

  /** A text all of which is data. */
  public static RenderedText ofData(String data) {
    String text = ProvenanceCodec.wellFormed(data);
    return new RenderedText(text, ProvenanceCodec.of(text), List.of());
  }

  /** What a rendering wrote, with shadows and with marks around what is generated. */
  static RenderedText ofMarked(String marked) {
    StringBuilder shadowed = new StringBuilder(marked.length());
    List<Span> generations = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < marked.length(); i++) {
      char c = marked.charAt(i);
      boolean mark = ProvenanceCodec.isAt(marked, i) && c >= ProvenanceCodec.GENERATION_START;
      if (!mark) {
        shadowed.append(c);
      } else if (c == ProvenanceCodec.GENERATION_START) {
        start = shadowed.length();
      } else {
        generations.add(new Span(start, shadowed.length()));
      }
    }
    String whole = shadowed.toString();
    return new RenderedText(ProvenanceCodec.plain(whole), whole, generations);
  }

  /** The text. */
  public String text() {
    return text;
  }

  /** The number of UTF-16 units. */
  public int length() {
    return text.length();
  }

  /** What the template marks with its {@code generation} tag, in order. */
  public List<Span> generations() {
    return generations;
  }

  /**
   * Whether the UTF-16 unit at {@code index} is a character below U+03F0 that came from data. Other
   * characters of data cannot be told from the template's.
   */
  public boolean isData(int index) {
    return ProvenanceCodec.isAt(shadowed, index);
  }

  /** Whether {@code text} has a character that {@link #isData} can tell. */
  public static boolean isTraceable(String text) {
    return text.chars().anyMatch(c -> c < ProvenanceCodec.LIMIT);
  }

  /** The index after the last character that {@link #isData}, 0 if there is none. */
  public int endOfData() {
    int end = text.length();
    while (end > 0 && !isData(end - 1)) {
      end--;
    }
    return end;
  }

  /** Whether {@code markup} stands at {@code index}, none of it data. */
  public boolean isMarkup(String markup, int index) {
    return shadowed.startsWith(markup, index);
  }

  /** The part from {@code from} to {@code to}, without marks of generated text. */
  public RenderedText part(int from, int to) {
    return new RenderedText(text.substring(from, to), shadowed.substring(from, to), List.of());
  }

  @Override
  public String toString() {
    return text;
  }
}
