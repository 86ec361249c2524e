package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.onnx.OnnxPolicy;

/** The toy's model as others would have it: with a chat template. */
final class ToyChat {
  private static final String TEMPLATE =
      "{% for m in messages %}{% if m.role == 'user' %}<user>{{ m.content }}"
          + "{% else %}<asst>{{ m.content }}<eos>{% endif %}{% endfor %}"
          + "{% if add_generation_prompt %}<asst>{% endif %}";

  private ToyChat() {}

  /** A model of random weights in {@code folder}/chat. */
  static Path folder(Path folder) throws IOException {
    Path model = folder.resolve("chat");
    try (OnnxPolicy policy = ToyModel.create(new ToyExercise(), folder.resolve("toy"), 1)) {
      policy.save(model);
    }
    Files.delete(model.resolve("prompt_format.json"));
    Files.writeString(model.resolve("chat_template.jinja"), TEMPLATE);
    return model;
  }
}
