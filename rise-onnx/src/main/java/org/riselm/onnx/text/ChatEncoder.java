package org.riselm.onnx.text;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.onnx.internal.jinja.RenderedText;

/** A chat template with the tokenizer whose ids it is to become. */
final class ChatEncoder {
  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final ResponseSpans places;
  private final int[] stopIds;
  // Special tokens of characters that have no shadow.
  private final List<String> untraceable;

  /**
   * @throws IllegalArgumentException if the template does not end a response with a special token
   */
  ChatEncoder(ChatTemplate template, Tokenizer tokenizer, ChatTemplateFiles files) {
    this.template = template;
    this.tokenizer = tokenizer;
    Map<String, Integer> special = tokenizer.specialTokens();
    Set<Integer> stops = new LinkedHashSet<>();
    stops.add(endOfTurn(files, special));
    stops.addAll(files.endIds());
    stops.add(special.getOrDefault(files.specialTokens().get("eos_token"), -1));
    // A letter that a configuration takes for the end must not end responses.
    stops.retainAll(special.values());
    this.stopIds = Ints.toArray(stops);
    this.places = new ResponseSpans(special, stops);
    this.untraceable =
        special.keySet().stream().filter(name -> !RenderedText.isTraceable(name)).toList();
  }

  private int endOfTurn(ChatTemplateFiles files, Map<String, Integer> special) {
    Message question = Message.user("Hello");
    RenderedText answered = template.trace(List.of(question, Message.assistant("Hello")), false);
    int end = answered.endOfData();
    return SpecialTokens.find(answered, special)
        .from(end)
        .map(SpecialTokens.Found::id)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    ("%s: the chat template ends a response with \"%s\", which holds no special"
                            + " token of tokenizer.json, so that nothing would end the model's"
                            + " responses; say in a %s how a conversation becomes a prompt")
                        .formatted(
                            files.file(), answered.text().substring(end), PromptPieces.FILE)));
  }

  int[] stopIds() {
    return stopIds.clone();
  }

  int[] prompt(State state) {
    List<Message> messages = messages(state);
    return prompt(state, messages, render(where(state), messages, true));
  }

  EncodedTurn turn(State state, Response response) {
    String where = where(state);
    List<Message> messages = messages(state);
    RenderedText before = render(where, messages, true);
    int[] prompt = prompt(state, messages, before);
    messages.add(Message.assistant(response.text()));
    RenderedText whole = render(where, messages, false);
    ResponseSpans.Place place = places.last(where, before, whole);
    if (response.tokens().isEmpty()) {
      int end = response.finish() == FinishReason.STOP ? place.end() : place.stop();
      int[] scaffold = after(where, whole, before.length(), place.start());
      return EncodedTurn.of(Ints.concat(prompt, scaffold), after(where, whole, place.start(), end));
    }
    int[] ids = response.tokens().toArray();
    boolean complete = response.finish() != FinishReason.STOP || endsWithStop(ids);
    return EncodedTurn.of(prompt, complete ? ids : Ints.concat(ids, new int[] {stopIds[0]}));
  }

  /**
   * Every response of a conversation, each in its own context: what stood there when it was given.
   */
  List<EncodedTurn> turns(String source, List<Message> messages) {
    requireHarmless(source, messages);
    List<EncodedTurn> turns = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).isAssistant()) {
        String where = where(source, i);
        RenderedText before = render(where, messages.subList(0, i), true);
        RenderedText whole = render(where, messages.subList(0, i + 1), false);
        ResponseSpans.Place place = places.last(where, before, whole);
        turns.add(
            EncodedTurn.of(
                tokenizer.encode(whole.part(0, place.start())),
                after(where, whole, place.start(), place.end())));
      }
    }
    return turns;
  }

  /** A whole conversation as it is after its last message. */
  EncodedConversation encode(String source, List<Message> messages) {
    requireHarmless(source, messages);
    RenderedText whole = render(source, messages, false);
    EncodedConversation.Builder out = new EncodedConversation.Builder();
    int at = 0;
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).isAssistant()) {
        String where = where(source, i);
        RenderedText before = render(where, messages.subList(0, i), true);
        places.last(where, before, render(where, messages.subList(0, i + 1), false));
        ResponseSpans.Place place = places.any(where, before, whole);
        add(where, whole, at, place.start(), false, out);
        add(where, whole, place.start(), place.end(), true, out);
        at = place.end();
      }
    }
    add(source, whole, at, whole.length(), false, out);
    return out.build();
  }

  private void add(
      String where,
      RenderedText text,
      int from,
      int to,
      boolean learned,
      EncodedConversation.Builder out) {
    out.add(text.text().substring(from, to), after(where, text, from, to), learned);
  }

  /** The prompt's ids, with those that were sampled where its text is as it was sampled. */
  private int[] prompt(State state, List<Message> messages, RenderedText text) {
    List<int[]> pieces = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < state.history().size(); i++) {
      Response response = state.history().get(i).response();
      if (response.tokens().isEmpty()) {
        continue;
      }
      RenderedText before = render(where(state), messages.subList(0, 2 * i + 1), true);
      ResponseSpans.@Nullable Place place = places.find(before, text);
      int[] ids = response.tokens().toArray();
      int[] said = endsWithStop(ids) ? Arrays.copyOf(ids, ids.length - 1) : ids;
      if (place == null) {
        continue;
      }
      String shown = text.text().substring(place.start(), place.stop());
      if (shown.equals(response.text()) || shown.equals(tokenizer.decodeWithin(said))) {
        pieces.add(tokenizer.encode(text.part(at, place.start())));
        pieces.add(said);
        at = place.stop();
      }
    }
    pieces.add(tokenizer.encode(text.part(at, text.length())));
    return Ints.concat(pieces.toArray(int[][]::new));
  }

  /**
   * The ids of a part, after those of all before it. Where a token spans the boundary, both sides
   * are tokenized alone, as they are when the model responds.
   */
  private int[] after(String where, RenderedText text, int from, int to) {
    int[] before = tokenizer.encode(text.part(0, from));
    int[] whole = tokenizer.encode(text.part(0, to));
    if (before.length <= whole.length
        && Arrays.equals(before, 0, before.length, whole, 0, before.length)) {
      return Arrays.copyOfRange(whole, before.length, whole.length);
    }
    int[] alone = tokenizer.encode(text.part(from, to));
    if (!tokenizer.decode(Ints.concat(before, alone)).equals(tokenizer.decode(whole))) {
      throw new IllegalArgumentException(
          "%s: the tokens of \"%s\" depend on what stands before it, and span its start"
              .formatted(where, text.text().substring(from, to)));
    }
    return alone;
  }

  private boolean endsWithStop(int[] ids) {
    return ids.length > 0 && Ints.contains(stopIds, ids[ids.length - 1]);
  }

  private static List<Message> messages(State state) {
    List<Message> messages = new ArrayList<>();
    messages.add(Message.user(state.problem().prompt()));
    for (Turn turn : state.history()) {
      messages.add(Message.assistant(turn.response().text()));
      messages.add(Message.user(requireNonNull(turn.feedback(), "a state's turns have feedback")));
    }
    return messages;
  }

  private static String where(State state) {
    return "problem %s, turn %d".formatted(state.problem().id(), state.turn());
  }

  private static String where(String source, int message) {
    return "%s: message %d".formatted(source, message + 1);
  }

  private RenderedText render(String where, List<Message> messages, boolean answering) {
    if (!untraceable.isEmpty()) {
      messages.forEach(message -> requireTraceable(where, message.fields()));
    }
    try {
      return template.trace(messages, answering);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(where, e.getMessage()), e);
    }
  }

  /** What is not traced, roles and names of fields, must not hold special tokens. */
  private void requireHarmless(String source, List<Message> messages) {
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      requireHarmless(where(source, i), message.role());
      requireHarmlessNames(where(source, i), message.fields());
    }
  }

  private void requireHarmlessNames(String where, @Nullable Object value) {
    if (value instanceof List<?> list) {
      list.forEach(item -> requireHarmlessNames(where, item));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, item) -> {
            requireHarmless(where, String.valueOf(name));
            requireHarmlessNames(where, item);
          });
    }
  }

  private void requireTraceable(String where, @Nullable Object value) {
    if (value instanceof String text) {
      for (String special : untraceable) {
        if (text.contains(special)) {
          throw new IllegalArgumentException(
              "%s: the special token %s is in a text, where it cannot be told from the template's own"
                  .formatted(where, special));
        }
      }
    } else if (value instanceof List<?> list) {
      list.forEach(item -> requireTraceable(where, item));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(item -> requireTraceable(where, item));
    }
  }

  private void requireHarmless(String where, String name) {
    for (String special : tokenizer.specialTokens().keySet()) {
      if (name.contains(special)) {
        throw new IllegalArgumentException(
            "%s: a role or a field's name holds the special token %s: \"%s\""
                .formatted(where, special, name));
      }
    }
  }
}
