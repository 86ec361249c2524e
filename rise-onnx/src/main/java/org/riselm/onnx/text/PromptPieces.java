package org.riselm.onnx.text;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;

/**
 * A prompt format of literal pieces of markup around the texts, {@value #FILE} in a model folder.
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
 * <p>Immutable.
 */
public final class PromptPieces implements PromptFormat {
  /** The file of such a format in a model folder. */
  public static final String FILE = "prompt_format.json";

  private static final List<String> FIELDS =
      List.of("start", "beforeUser", "afterUser", "afterAssistant", "stopTokens", "stopTokenKept");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String start;
  private final String beforeUser;
  private final String afterUser;
  private final String afterAssistant;
  private final List<String> stopTokens;
  private final boolean stopTokenKept;

  private PromptPieces(Builder b) {
    start = b.start;
    beforeUser = b.beforeUser;
    afterUser = b.afterUser;
    afterAssistant = b.afterAssistant;
    stopTokens = b.stopTokens;
    stopTokenKept = b.stopTokenKept;
  }

  /**
   * Starts with the tokens that end a response and no markup.
   *
   * @param stopTokens at least one. Where one has to be added, it is the first
   * @return a builder
   * @throws IllegalArgumentException if there is none
   */
  public static Builder builder(String... stopTokens) {
    return new Builder(List.of(stopTokens));
  }

  /**
   * Starts from these pieces.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    Builder b = new Builder(stopTokens);
    b.start = start;
    b.beforeUser = beforeUser;
    b.afterUser = afterUser;
    b.afterAssistant = afterAssistant;
    b.stopTokenKept = stopTokenKept;
    return b;
  }

  /** {@return what {@link Builder#start} sets} */
  public String start() {
    return start;
  }

  /** {@return what {@link Builder#beforeUser} sets} */
  public String beforeUser() {
    return beforeUser;
  }

  /** {@return what {@link Builder#afterUser} sets} */
  public String afterUser() {
    return afterUser;
  }

  /** {@return what {@link Builder#afterAssistant} sets} */
  public String afterAssistant() {
    return afterAssistant;
  }

  /** {@return the tokens that end a response; the first is the one to append} */
  public List<String> stopTokens() {
    return stopTokens;
  }

  /** {@return what {@link Builder#stopTokenKept} sets} */
  public boolean stopTokenKept() {
    return stopTokenKept;
  }

  @Override
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

  @Override
  public EncodedTurn turn(State state, Response response, Tokenizer tokenizer) {
    return EncodedTurn.of(prompt(state, tokenizer), target(response, tokenizer));
  }

  /**
   * The ids to learn for {@code response}: those that were sampled, or its text's. They end with a
   * stop token if the response finished by itself.
   */
  int[] target(Response response, Tokenizer tokenizer) {
    int[] ids = ids(response, tokenizer);
    boolean complete = response.finish() != FinishReason.STOP || endsWithStop(ids, tokenizer);
    return complete ? ids : append(ids, tokenizer);
  }

  /** {@inheritDoc} The user and the assistant must take turns, beginning with the user. */
  @Override
  public List<EncodedTurn> turns(String source, List<Message> messages, Tokenizer tokenizer) {
    requireTurns(source, messages);
    List<EncodedTurn> turns = new ArrayList<>();
    List<Turn> history = new ArrayList<>();
    Problem problem = Problem.of(source, messages.get(0).text(), "");
    for (int i = 1; i < messages.size(); i += 2) {
      State state = HistoryWindow.all().state(problem, history);
      Response response = Response.ofText(messages.get(i).text());
      turns.add(turn(state, response, tokenizer));
      if (i + 1 < messages.size()) {
        history.add(Turn.of(response, 0).withFeedback(messages.get(i + 1).text()));
      }
    }
    return turns;
  }

  private static void requireTurns(String source, List<Message> messages) {
    for (int i = 0; i < messages.size(); i++) {
      String role = i % 2 == 0 ? "user" : Message.ASSISTANT;
      if (!messages.get(i).role().equals(role)) {
        throw new IllegalArgumentException(
            "%s: message %d is from \"%s\"; with a %s, user and assistant take turns"
                .formatted(source, i + 1, messages.get(i).role(), FILE));
      }
    }
  }

  /** {@inheritDoc} The user and the assistant must take turns, beginning with the user. */
  @Override
  public EncodedConversation encode(String source, List<Message> messages, Tokenizer tokenizer) {
    requireTurns(source, messages);
    EncodedConversation.Builder out = new EncodedConversation.Builder();
    addMarkup(start, tokenizer, out);
    for (int i = 0; i < messages.size(); i++) {
      String text = messages.get(i).text();
      if (!messages.get(i).isAssistant()) {
        addMarkup(beforeUser, tokenizer, out);
        out.add(text, tokenizer.encode(text), false);
        addMarkup(afterUser, tokenizer, out);
      } else if (i + 1 < messages.size()) {
        String stop = stopTokenKept ? stopTokens.get(0) : "";
        out.add(text + stop, earlier(Response.ofText(text), tokenizer), true);
        addMarkup(afterAssistant, tokenizer, out);
      } else {
        out.add(text + stopTokens.get(0), target(Response.ofText(text), tokenizer), true);
      }
    }
    return out.build();
  }

  private static void addMarkup(
      String markup, Tokenizer tokenizer, EncodedConversation.Builder out) {
    out.add(markup, tokenizer.encodeMarkup(markup), false);
  }

  @Override
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

  /** Writes this into {@code folder}, as JSON. */
  @Override
  public void write(Path folder) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("start", start)
        .put("beforeUser", beforeUser)
        .put("afterUser", afterUser)
        .put("afterAssistant", afterAssistant);
    stopTokens.forEach(json.putArray("stopTokens")::add);
    json.put("stopTokenKept", stopTokenKept);
    Files.writeString(folder.resolve(FILE), json.toPrettyString() + "\n");
  }

  /**
   * Reads what {@link #write} wrote into {@code folder}.
   *
   * @param folder the folder of the model
   * @return the pieces
   * @throws IOException if the file is missing or is not a prompt format; names the file
   */
  public static PromptPieces read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      return of(JSON.readTree(InputFiles.text(file)));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: it is not a prompt format: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: it is not a prompt format: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static PromptPieces of(JsonNode json) {
    Set<String> unknown = new TreeSet<>(ImmutableSet.copyOf(json.fieldNames()));
    unknown.removeAll(FIELDS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("it has fields that are not known: " + unknown);
    }
    for (String name : FIELDS) {
      boolean fits =
          switch (name) {
            case "stopTokens" -> json.path(name).isArray();
            case "stopTokenKept" -> json.path(name).isBoolean();
            default -> json.path(name).isTextual();
          };
      if (!fits) {
        throw new IllegalArgumentException("\"%s\" is missing or of another type".formatted(name));
      }
    }
    List<String> stopTokens = new ArrayList<>();
    json.path("stopTokens").forEach(token -> stopTokens.add(token.asText()));
    return new Builder(stopTokens)
        .start(json.path("start").textValue())
        .beforeUser(json.path("beforeUser").textValue())
        .afterUser(json.path("afterUser").textValue())
        .afterAssistant(json.path("afterAssistant").textValue())
        .stopTokenKept(json.path("stopTokenKept").booleanValue())
        .build();
  }

  /** The options by name: what equality and {@link #toString} go by. */
  private Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("start", start);
    values.put("beforeUser", beforeUser);
    values.put("afterUser", afterUser);
    values.put("afterAssistant", afterAssistant);
    values.put("stopTokens", stopTokens);
    values.put("stopTokenKept", stopTokenKept);
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PromptPieces o && values().equals(o.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "PromptPieces" + values();
  }

  /** Collects pieces; those that are not set are empty. Not thread-safe. */
  public static final class Builder {
    private final List<String> stopTokens;
    private String start = "";
    private String beforeUser = "";
    private String afterUser = "";
    private String afterAssistant = "";
    private boolean stopTokenKept = true;

    private Builder(List<String> stopTokens) {
      if (stopTokens.isEmpty()) {
        throw new IllegalArgumentException("a prompt format has no stop token; give at least one");
      }
      this.stopTokens = List.copyOf(stopTokens);
    }

    /**
     * Sets what stands once before everything, such as a beginning-of-sequence token.
     *
     * @param start what stands once before everything
     * @return this builder
     */
    public Builder start(String start) {
      this.start = requireNonNull(start, "start");
      return this;
    }

    /**
     * Sets what stands before the prompt and before each feedback.
     *
     * @param beforeUser what stands before the prompt and before each feedback
     * @return this builder
     */
    public Builder beforeUser(String beforeUser) {
      this.beforeUser = requireNonNull(beforeUser, "beforeUser");
      return this;
    }

    /**
     * Sets what stands after the prompt and after each feedback; the response follows.
     *
     * @param afterUser what stands after the prompt and after each feedback
     * @return this builder
     */
    public Builder afterUser(String afterUser) {
      this.afterUser = requireNonNull(afterUser, "afterUser");
      return this;
    }

    /**
     * Sets what stands after each earlier response.
     *
     * @param afterAssistant what stands after each earlier response
     * @return this builder
     */
    public Builder afterAssistant(String afterAssistant) {
      this.afterAssistant = requireNonNull(afterAssistant, "afterAssistant");
      return this;
    }

    /**
     * Sets whether an earlier response ends with its stop token in the context, as most chat
     * formats have it, the default; one that was cut at the length limit gets one then.
     *
     * @param stopTokenKept whether an earlier response ends with its stop token in the context
     * @return this builder
     */
    public Builder stopTokenKept(boolean stopTokenKept) {
      this.stopTokenKept = stopTokenKept;
      return this;
    }

    /** {@return the pieces} */
    public PromptPieces build() {
      return new PromptPieces(this);
    }
  }
}
