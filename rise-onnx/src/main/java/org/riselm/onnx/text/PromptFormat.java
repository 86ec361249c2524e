package org.riselm.onnx.text;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.primitives.Ints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.riselm.core.mdp.Finish;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;

/**
 * How a state becomes token ids: literal pieces of markup around the texts.
 *
 * <pre>start ( beforeUser TEXT afterUser RESPONSE afterAssistant )*</pre>
 *
 * <p>The first TEXT is the problem's prompt, each later one the feedback on the turn before. The
 * ids end after an {@code afterUser}, where the policy goes on.
 *
 * <p>Tokens in, tokens out: an earlier response goes in as the ids that were sampled; only a
 * response that came as text is tokenized. Every piece is tokenized alone, so no token ever spans a
 * boundary. Texts are data: special tokens act only in the markup.
 *
 * @param start once, before everything, such as a beginning-of-sequence token; may be empty
 * @param beforeUser before the prompt and before each feedback; may be empty
 * @param afterUser after the prompt and after each feedback; the response follows
 * @param afterAssistant after each earlier response; may be empty
 * @param stopTokens the tokens that end a response; at least one. Where one has to be added, it is
 *     the first
 * @param stopTokenKept whether an earlier response ends with its stop token in the context, as most
 *     chat formats have it; one that was cut at the length limit gets one then
 */
public record PromptFormat(
    String start,
    String beforeUser,
    String afterUser,
    String afterAssistant,
    List<String> stopTokens,
    boolean stopTokenKept) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public PromptFormat {
    requireNonNull(start, "start");
    requireNonNull(beforeUser, "beforeUser");
    requireNonNull(afterUser, "afterUser");
    requireNonNull(afterAssistant, "afterAssistant");
    stopTokens = List.copyOf(requireNonNull(stopTokens, "stopTokens"));
    if (stopTokens.isEmpty()) {
      throw new IllegalArgumentException("a prompt format has no stop token; give at least one");
    }
  }

  /** The ids that a policy sees before it answers {@code state}. */
  public int[] prompt(State state, Tokenizer tokenizer) {
    List<int[]> pieces = new ArrayList<>();
    pieces.add(tokenizer.encodeMarkup(start));
    String said = state.problem().prompt();
    for (Turn turn : state.history()) {
      addUser(pieces, said, tokenizer);
      pieces.add(earlier(turn.response(), tokenizer));
      pieces.add(tokenizer.encodeMarkup(afterAssistant));
      said = requireNonNull(turn.feedback(), "a state's turns have feedback");
    }
    addUser(pieces, said, tokenizer);
    return Ints.concat(pieces.toArray(int[][]::new));
  }

  private void addUser(List<int[]> pieces, String text, Tokenizer tokenizer) {
    pieces.add(tokenizer.encodeMarkup(beforeUser));
    pieces.add(tokenizer.encode(text));
    pieces.add(tokenizer.encodeMarkup(afterUser));
  }

  private int[] earlier(Response response, Tokenizer tokenizer) {
    int[] ids = ids(response, tokenizer);
    boolean stopped = endsWithStop(ids, tokenizer);
    if (stopTokenKept) {
      return stopped ? ids : append(ids, tokenizer);
    }
    return stopped ? Arrays.copyOf(ids, ids.length - 1) : ids;
  }

  /**
   * The ids to learn for {@code response}: those that were sampled, or its text's. They end with a
   * stop token if the response finished by itself.
   */
  public int[] target(Response response, Tokenizer tokenizer) {
    int[] ids = ids(response, tokenizer);
    boolean complete = response.finish() != Finish.STOP || endsWithStop(ids, tokenizer);
    return complete ? ids : append(ids, tokenizer);
  }

  /** The ids of the stop tokens, in order. */
  public int[] stopIds(Tokenizer tokenizer) {
    return stopTokens.stream().mapToInt(tokenizer::idOf).toArray();
  }

  private static int[] ids(Response response, Tokenizer tokenizer) {
    return response.tokens().isEmpty()
        ? tokenizer.encode(response.text())
        : response.tokens().toArray();
  }

  private boolean endsWithStop(int[] ids, Tokenizer tokenizer) {
    return ids.length > 0 && Ints.contains(stopIds(tokenizer), ids[ids.length - 1]);
  }

  private int[] append(int[] ids, Tokenizer tokenizer) {
    return Ints.concat(ids, new int[] {tokenizer.idOf(stopTokens.get(0))});
  }

  /** Writes this to {@code file}, as JSON. */
  public void write(Path file) throws IOException {
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if the file is missing or is not a prompt format; names the file
   */
  public static PromptFormat read(Path file) throws IOException {
    String json = Files.readString(file);
    try {
      return JSON.readValue(json, PromptFormat.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: it is not a prompt format: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }
}
