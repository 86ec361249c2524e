package org.riselm.onnx.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.model.ConfigJson.Expectation;

/** Reads and writes {@code adapter_config.json} with the names of Hugging Face's PEFT. */
public final class AdapterFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Fields that change the arithmetic in a way there is not, with the values that do not. */
  private static final List<Expectation> EXPECTED =
      List.of(
          Expectation.text("peft_type", "LORA"),
          Expectation.text("bias", "none"),
          Expectation.flag("use_dora", false),
          Expectation.flag("use_rslora", false),
          Expectation.flag("fan_in_fan_out", false),
          Expectation.absent("modules_to_save"),
          Expectation.absent("exclude_modules"),
          Expectation.absent("layers_to_transform"));

  private AdapterFile() {}

  /**
   * Reads what adapters are.
   *
   * @throws IOException naming the file and the field, if it is missing, malformed, or asks for
   *     arithmetic that there is not
   */
  public static Lora read(Path file) throws IOException {
    ConfigJson json = ConfigJson.read(file);
    for (Expectation expected : EXPECTED) {
      json.require(expected);
    }
    try {
      return new Lora(
          json.integer("r"),
          json.number("lora_alpha"),
          json.number("lora_dropout", 0),
          json.texts("target_modules"));
    } catch (IllegalArgumentException e) {
      throw json.refusal(e);
    }
  }

  /** Writes what adapters are. */
  public static void write(Lora lora, Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("inference_mode", true);
    json.putNull("base_model_name_or_path");
    json.put("r", lora.rank()).put("lora_alpha", lora.alpha()).put("lora_dropout", lora.dropout());
    ArrayNode targets = json.putArray("target_modules");
    lora.targets().forEach(targets::add);
    json.put("bias", "none").put("use_dora", false).put("use_rslora", false);
    json.put("fan_in_fan_out", false).putNull("modules_to_save");
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }
}
