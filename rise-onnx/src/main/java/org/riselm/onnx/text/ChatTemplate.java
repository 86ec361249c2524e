package org.riselm.onnx.text;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.onnx.internal.jinja.RenderOptions;
import org.riselm.onnx.internal.jinja.RenderedText;
import org.riselm.onnx.internal.jinja.Template;
import org.riselm.onnx.internal.jinja.TemplateException;
import org.riselm.onnx.internal.jinja.UserText;

/**
 * The chat template of a Hugging Face folder. A state's problem and feedback are the user's
 * messages, its responses the assistant's.
 *
 * <p>Tokens in, tokens out: the ids that were sampled are learned as they are, and stand in later
 * prompts wherever the template leaves the response's text as it was. Where it does not (it trims,
 * or leaves earlier thoughts out), the prompt has the template's text.
 *
 * <p>A response's place is never guessed: the rendering up to it, with the prompt for a response,
 * must be the beginning of the rendering with it. Texts are data: special tokens act only where the
 * template writes them.
 *
 * <p>Templates that tell the date are told when they were read. Thread-safe.
 */
public final class ChatTemplate implements PromptFormat {
  private final ChatTemplateFiles files;
  private final Template template;
  private final RenderOptions options;
  private final Map<Tokenizer, ChatEncoder> encoders = new ConcurrentHashMap<>();

  private ChatTemplate(ChatTemplateFiles files, Template template) {
    this.files = files;
    this.template = template;
    RenderOptions now = RenderOptions.ofDefaults();
    this.options = now.withClock(Clock.fixed(now.clock().instant(), now.clock().getZone()));
  }

  /**
   * Reads the template of {@code folder}: {@code chat_template.jinja}, or {@code chat_template} in
   * {@code tokenizer_config.json} or {@code chat_template.json}; of several, the one named
   * "default".
   *
   * @param folder the folder of the model
   * @return empty if there is none
   * @throws IOException naming the file, and the line and column in a template
   */
  public static Optional<ChatTemplate> read(Path folder) throws IOException {
    ChatTemplateFiles files = ChatTemplateFiles.read(folder);
    if (files == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ChatTemplate(files, Template.parse(files.source())));
    } catch (TemplateException e) {
      throw new IOException("%s: the chat template: %s".formatted(files.file(), e.getMessage()), e);
    }
  }

  /**
   * Renders {@code messages}.
   *
   * @param messages the messages, in order
   * @param answering whether the text that begins a response follows
   * @return the rendered text
   * @throws IllegalArgumentException if the template cannot render or refuses them; names the file
   */
  public String render(List<Message> messages, boolean answering) {
    return trace(messages, answering).text();
  }

  RenderedText trace(List<Message> messages, boolean answering) {
    List<Object> marked = new ArrayList<>();
    for (Message message : messages) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      message
          .fields()
          .forEach((k, v) -> fields.put(k, k.equals(Message.ROLE) ? v : UserText.in(v)));
      marked.add(fields);
    }
    Map<String, @Nullable Object> variables = new LinkedHashMap<>(files.specialTokens());
    variables.put("messages", marked);
    variables.put("tools", null);
    variables.put("documents", null);
    variables.put("add_generation_prompt", answering);
    try {
      return template.trace(variables, options);
    } catch (TemplateException e) {
      throw new IllegalArgumentException(
          "%s: the chat template: %s".formatted(files.file(), e.getMessage()), e);
    }
  }

  private ChatEncoder encoder(Tokenizer tokenizer) {
    return encoders.computeIfAbsent(tokenizer, t -> new ChatEncoder(this, t, files));
  }

  @Override
  public Optional<String> template() {
    return Optional.of(files.source());
  }

  @Override
  public int[] prompt(State state, Tokenizer tokenizer) {
    return encoder(tokenizer).prompt(state);
  }

  @Override
  public EncodedTurn turn(State state, Response response, Tokenizer tokenizer) {
    return encoder(tokenizer).turn(state, response);
  }

  @Override
  public List<EncodedTurn> turns(String source, List<Message> messages, Tokenizer tokenizer) {
    return encoder(tokenizer).turns(source, messages);
  }

  @Override
  public EncodedConversation encode(String source, List<Message> messages, Tokenizer tokenizer) {
    return encoder(tokenizer).encode(source, messages);
  }

  @Override
  public int[] stopIds(Tokenizer tokenizer) {
    return encoder(tokenizer).stopIds();
  }

  /** Writes nothing: the template's files are among the model's own. */
  @Override
  public void write(Path folder) {}
}
