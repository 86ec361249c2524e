package org.riselm.onnx.text;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.jinja.RenderedText;

/** Finds where a response stands in a rendered conversation. */
final class ResponseSpans {
  private final Map<String, Integer> special;
  private final Set<Integer> stops;

  /**
   * @param special the special tokens
   * @param stops the ids that end a response
   */
  ResponseSpans(Map<String, Integer> special, Set<Integer> stops) {
    this.special = special;
    this.stops = Set.copyOf(stops);
  }

  /**
   * Where a response stands, in UTF-16 units.
   *
   * @param start after the prompt; where the template marks what is generated, not before that
   * @param stop of the token that ends it
   * @param end after that token
   */
  record Place(int start, int stop, int end) {}

  /** Of the response that {@code whole} ends with, where {@code before} is the prompt for it. */
  Place last(String where, RenderedText before, RenderedText whole) {
    Place place = any(where, before, whole);
    if (whole.endOfData() > place.end()) {
      throw new IllegalArgumentException(
          "%s: in the chat template's rendering, a message goes on after the token that ends it: \"%s\""
              .formatted(where, whole.text().substring(place.start())));
    }
    return place;
  }

  /** Of the response to the prompt {@code before}, with whatever follows in {@code whole}. */
  Place any(String where, RenderedText before, RenderedText whole) {
    if (!whole.text().startsWith(before.text())) {
      int same = common(before.text(), whole.text());
      throw new IllegalArgumentException(
          ("%s: the chat template renders the prompt otherwise than the conversation with the"
                  + " response, so that the response's place cannot be told; from character %d on,"
                  + " \"%s\" becomes \"%s\"")
              .formatted(where, same, excerpt(before, same), excerpt(whole, same)));
    }
    Place place = find(before, whole);
    if (place == null) {
      throw new IllegalArgumentException(
          "%s: the chat template ends the response with none of the tokens that stop the model: \"%s\""
              .formatted(where, whole.text().substring(before.length())));
    }
    return new Place(generated(where, place, whole), place.stop(), place.end());
  }

  /** As {@link #any}, null where it cannot be told, and without regard to marks. */
  @Nullable Place find(RenderedText before, RenderedText whole) {
    if (!whole.text().startsWith(before.text())) {
      return null;
    }
    Optional<SpecialTokens.Found> stop =
        SpecialTokens.find(
                whole,
                special.entrySet().stream()
                    .filter(e -> stops.contains(e.getValue()))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
            .from(before.length());
    return stop.map(s -> new Place(before.length(), s.from(), s.to())).orElse(null);
  }

  private static int generated(String where, Place place, RenderedText whole) {
    if (whole.generations().isEmpty()) {
      return place.start();
    }
    return whole.generations().stream()
        .filter(g -> g.from() < place.end() && g.to() > place.start())
        .mapToInt(g -> Math.max(g.from(), place.start()))
        .min()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    where + ": the chat template's {% generation %} leaves out this response"));
  }

  private static int common(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }

  private static String excerpt(RenderedText text, int from) {
    return text.text().substring(from, Math.min(text.length(), from + 40));
  }
}
