package org.riselm.onnx.internal.folder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.folder.ConfigJson.Expectation;
import org.riselm.onnx.model.DecoderConfig;

/** Reads and writes {@code adapter_config.json} with the names of Hugging Face's PEFT. */
public final class AdapterFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<Expectation> EXPECTED =
      List.of(
          Expectation.text("peft_type", "LORA"),
          Expectation.text("task_type", "CAUSAL_LM"),
          Expectation.text("bias", "none"));

  // Any other field asks for something that there is not, unless it is empty.
  private static final Set<String> READ =
      Set.of(
          "peft_type",
          "task_type",
          "bias",
          "r",
          "lora_alpha",
          "lora_dropout",
          "use_rslora",
          "target_modules",
          "exclude_modules",
          "layers_to_transform",
          "layers_pattern",
          "rank_pattern",
          "alpha_pattern",
          "init_lora_weights");

  // They say where an adapter comes from, or refine what other fields turn on.
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "auto_mapping",
          "base_model_name_or_path",
          "revision",
          "peft_version",
          "inference_mode",
          "megatron_core",
          "qalora_group_size");

  // Starts that leave the base as it is; others train beside a changed base.
  private static final Set<String> STARTS = Set.of("gaussian", "eva", "orthogonal");

  private AdapterFile() {}

  /**
   * Reads what adapters are.
   *
   * @param config of the model beside which they stand
   * @throws IOException naming the file and the field, if it is missing, malformed, names no layer
   *     of the model, or asks for arithmetic that there is not
   */
  public static Lora read(Path file, DecoderConfig config) throws IOException {
    ConfigJson json = ConfigJson.read(file);
    for (Expectation expected : EXPECTED) {
      json.require(expected);
    }
    for (String field : json.fields()) {
      if (!READ.contains(field) && !WITHOUT_EFFECT.contains(field) && !json.isEmpty(field)) {
        throw json.refusal(field, "nothing");
      }
    }
    String start = "init_lora_weights";
    if (json.isText(start) && !STARTS.contains(json.text(start, ""))) {
      throw json.refusal(start, "true, false or one of " + STARTS);
    }
    AdapterTargets targets = new AdapterTargets(json, config);
    try {
      Lora lora =
          Lora.builder(json.integer("r", 1, Integer.MAX_VALUE))
              .alpha(json.positive("lora_alpha", Double.POSITIVE_INFINITY, Double.NaN))
              .dropout(dropout(json))
              .targets(targets.names())
              .rankStabilized(json.bool("use_rslora", false))
              .build();
      return lora.toBuilder().exceptions(targets.exceptions(lora)).build();
    } catch (IllegalArgumentException e) {
      throw json.refusal(e);
    }
  }

  private static double dropout(ConfigJson json) throws IOException {
    double dropout = json.number("lora_dropout", 0);
    if (!(dropout >= 0 && dropout < 1)) {
      throw json.refusal("lora_dropout", "from 0 to below 1");
    }
    return dropout;
  }

  /**
   * Writes what adapters are.
   *
   * @param base the name of the model that they stand beside, or its folder
   */
  public static void write(Lora lora, String base, Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("inference_mode", true);
    json.put("base_model_name_or_path", base);
    json.put("r", lora.rank());
    putShortest(json, "lora_alpha", lora.alpha());
    json.put("lora_dropout", lora.dropout());
    ArrayNode targets = json.putArray("target_modules");
    lora.targets().forEach(targets::add);
    ObjectNode ranks = json.putObject("rank_pattern");
    ObjectNode alphas = json.putObject("alpha_pattern");
    lora.exceptions()
        .forEach(
            (layer, strength) -> {
              ranks.put(layer, strength.rank());
              putShortest(alphas, layer, strength.alpha());
            });
    json.put("use_rslora", lora.rankStabilized()).put("use_dora", false);
    json.put("bias", "none").put("fan_in_fan_out", false).putNull("modules_to_save");
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  /** PEFT's alphas are whole numbers, in most files. */
  private static void putShortest(ObjectNode json, String field, double value) {
    if (value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE) {
      json.put(field, (int) value);
    } else {
      json.put(field, value);
    }
  }
}
