package org.riselm.onnx.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;

/**
 * How a state becomes the token ids that a policy sees, and a response those that it learns. A
 * model's chat template ({@link ChatTemplate}) or pieces of markup ({@link PromptPieces}).
 */
public interface PromptFormat {
  /**
   * Reads the format of the model in {@code folder}: {@code prompt_format.json} if it is there,
   * otherwise the chat template.
   *
   * @param folder the folder of the model
   * @return the format
   * @throws IOException if there is neither, or it cannot be read; names the file
   */
  static PromptFormat read(Path folder) throws IOException {
    if (Files.exists(folder.resolve(PromptPieces.FILE))) {
      return PromptPieces.read(folder);
    }
    return ChatTemplate.read(folder)
        .orElseThrow(
            () ->
                new IOException(
                    ("%s: there is no such file, and no chat template (%s, or \"chat_template\" in"
                            + " %s); add one of them, to say how a conversation becomes a prompt")
                        .formatted(
                            folder.resolve(PromptPieces.FILE),
                            ChatTemplateFiles.JINJA,
                            TokenNames.CONFIG)));
  }

  /**
   * {@return the ids that a policy sees before it responds to {@code state}}
   *
   * @param state the state before the response
   * @param tokenizer the tokenizer of the model
   * @throws IllegalArgumentException if they cannot be had; names the problem and the turn
   */
  int[] prompt(State state, Tokenizer tokenizer);

  /**
   * {@return what to learn so as to say {@code response} in {@code state}: the ids that were
   * sampled, or its text's} They end with a stop token if the response finished by itself.
   *
   * @param state the state before the response
   * @param response the response to learn
   * @param tokenizer the tokenizer of the model
   * @throws IllegalArgumentException if its place cannot be told; names the problem and the turn
   */
  EncodedTurn turn(State state, Response response, Tokenizer tokenizer);

  /**
   * Encodes every response of a conversation, each in its own context: what stood before it when it
   * was given.
   *
   * @param source where the conversation comes from, for errors
   * @param messages the messages, in order
   * @param tokenizer the tokenizer of the model
   * @return a turn for each response
   * @throws IllegalArgumentException if a response's place cannot be told; names the source and the
   *     message
   */
  List<EncodedTurn> turns(String source, List<Message> messages, Tokenizer tokenizer);

  /**
   * Encodes a conversation as it is after its last message, with its responses marked.
   *
   * @param source where the conversation comes from, for errors
   * @param messages the messages, in order
   * @param tokenizer the tokenizer of the model
   * @return the conversation
   * @throws IllegalArgumentException as {@link #turns} does
   */
  EncodedConversation encode(String source, List<Message> messages, Tokenizer tokenizer);

  /**
   * {@return the ids that end a response, at least one; the first is the one to append}
   *
   * @param tokenizer the tokenizer of the model
   */
  int[] stopIds(Tokenizer tokenizer);

  /** {@return the format as a Jinja chat template, empty if it is none} */
  default Optional<String> template() {
    return Optional.empty();
  }

  /**
   * Writes into {@code folder} what {@link #read} needs beside the model's own files.
   *
   * @param folder the folder of the model
   * @throws IOException if reading or writing fails; names the file
   */
  void write(Path folder) throws IOException;
}
