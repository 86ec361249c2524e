package org.riselm.onnx.internal.text;

import java.util.List;
import org.riselm.onnx.internal.jinja.RenderedText;
import org.riselm.onnx.text.Message;

/** Renders conversations and remembers which of the characters came from the messages. */
@FunctionalInterface
public interface ChatRenderer {
  /**
   * Renders {@code messages}.
   *
   * @param answering whether the text that begins a response follows
   * @throws IllegalArgumentException if the template cannot render or refuses them; names the file
   */
  RenderedText render(List<Message> messages, boolean answering);
}
