package org.riselm.onnx.internal.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

class ConfigFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  // Other ids and widths that say nothing about the decoder's arithmetic.
  private static final Set<String> READ_BY_NOBODY =
      Set.of(
          "bos_token_id",
          "eos_token_id",
          "initializer_range",
          "pretraining_tp",
          "_sliding_window_pattern",
          "num_experts_per_tok",
          "output_router_logits",
          "router_aux_loss_coef");
  private static final Set<String> ZERO =
      Set.of(
          "attention_dropout",
          "max_window_layers",
          "resid_pdrop",
          "embd_pdrop",
          "num_local_experts");

  private static final Set<String> SCALARS =
      Set.of(
          "attn_logit_softcapping",
          "final_logit_softcapping",
          "query_pre_attn_scalar",
          "attention_multiplier",
          "embedding_multiplier",
          "residual_multiplier",
          "logits_scaling");

  @TempDir Path folder;

  private DecoderConfig read(JsonNode json) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, json.toString());
    return ConfigFile.read(file);
  }

  private static ObjectNode golden(String name) {
    return (ObjectNode) GoldenModel.read(name).document().get("config").deepCopy();
  }

  @ParameterizedTest
  @FieldSource("org.riselm.onnx.GoldenModel#WRITTEN")
  void whatIsWrittenIsReadAgain(String name) throws IOException {
    DecoderConfig config = GoldenModel.read(name).config();
    Path file = folder.resolve("written.json");
    ConfigFile.write(config, ElementType.FLOAT, file);
    assertEquals(config, ConfigFile.read(file));
  }

  @Test
  void olderFilesSayTheSameAboutPositions() throws IOException {
    ObjectNode json = golden("llama3");
    DecoderConfig expected = read(json);
    ObjectNode rope = (ObjectNode) json.remove("rope_parameters");
    json.set("rope_theta", rope.remove("rope_theta"));
    json.set("rope_scaling", rope);
    assertEquals(expected, read(json));
    rope.set("type", rope.remove("rope_type"));
    assertEquals(expected, read(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "[]", "false"})
  void anEmptyRotaryObjectBesideAFullOneSaysNothing(String empty) throws IOException {
    ObjectNode json = golden("llama3");
    DecoderConfig expected = read(json);
    json.set("rope_scaling", JSON.readTree(empty));
    assertEquals(expected, read(json));
    json.set("rope_scaling", json.get("rope_parameters"));
    assertEquals(expected, read(json));
    json.set("rope_parameters", JSON.readTree(empty));
    assertEquals(expected, read(json));
  }

  // The values are JSON, in a field of a configuration that is read without it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama2  | model_type            | \"gpt2\"            | qwen3",
        "llama2  | model_type            | 7                   | text",
        "llama2  | hidden_act            | \"gelu\"            | silu",
        "llama2  | rope_scaling          | {\"type\":\"cubic\"} | rope_scaling.type",
        "llama2  | rope_scaling          | {\"rope_type\":\"llama3\"} | rope_scaling.factor",
        "llama2  | rope_parameters       | {\"mrope_section\":[4,4]} |"
            + " rope_parameters.mrope_section",
        "llama2  | rope_parameters       | {\"factor\":2}  | rope_parameters.factor",
        "llama2  | rope_parameters       | {\"full_attention\":{\"rope_theta\":9}} |"
            + " full_attention",
        "llama3  | rope_scaling          | {\"rope_theta\":5} | rope_parameters",
        "llama2  | partial_rotary_factor | 0.5                 | 1.0",
        "llama2  | attention_dropout     | 0.1                 | 0.0",
        "llama2  | quantization_config   | {\"bits\":4}        | nothing",
        "llama2  | head_dim              | 7                   | even",
        "llama2  | num_hidden_layers     | 5000                | 4096",
        "llama2  | num_attention_heads   | 0                   | num_attention_heads",
        "llama2  | vocab_size            | \"11\"              | whole number",
        "llama2  | hidden_size           | 99999999999         | whole number",
        "llama2  | rms_norm_eps          | -1                  | rms_norm_eps",
        "llama2  | attention_bias        | \"yes\"             | true or false",
        "mistral | attention_bias        | true                | false",
        "mistral | sliding_window        | -3                  | sliding_window",
        "qwen2   | attention_bias        | false               | true",
        "qwen2   | layer_types           | [\"sliding_attention\",\"chunked\"] | sliding_attention",
        "qwen2   | use_sliding_window    | false               | no window is in use",
        "smollm3 | no_rope_layers        | [0]                 | each layer",
        "gemma3  | hidden_activation     | \"gelu\"            | gelu_pytorch_tanh",
        "gemma3  | rope_parameters       | {\"rope_theta\":9}  | full_attention",
        "gemma3  | use_bidirectional_attention | true          | false",
        "gemma2  | hidden_activation     | \"silu\"            | gelu_pytorch_tanh",
        "phi3    | resid_pdrop           | 0.1                 | 0.0",
        "phi3    | rope_parameters       |"
            + " {\"type\":\"longrope\",\"short_factor\":[1],\"long_factor\":[1]} | factors",
        "olmo3   | rope_parameters       | {\"chunked\":{}}    | full_attention",
        "granite4 | num_local_experts    | 4                   | 0",
        "granite4 | layer_types          | [\"mamba\",\"attention\"] | every layer",
        "granite | residual_multiplier   | -1                  | residual_multiplier",
        "ministral3 | rope_parameters    | {\"type\":\"yarn\"} | llama_4_scaling_beta",
        "qwen2   | layer_types           | [\"full_attention\"] | 2 layers",
        "qwen3   | mlp_bias              | true                | false",
      })
  void whatWouldChangeTheArithmeticIsRefusedByFileAndField(
      String family, String field, String value, String expected) throws IOException {
    ObjectNode json = golden(family);
    read(json);
    json.set(field, JSON.readTree(value));
    String message = assertThrows(IOException.class, () -> read(json)).getMessage();
    assertTrue(message.contains("config.json") && message.contains(expected), message);
  }

  @ParameterizedTest
  @FieldSource("org.riselm.onnx.GoldenModel#NAMES")
  void nonsenseInAnyNumberIsRefusedByTheNameOfItsField(String family) throws IOException {
    List<String> nonsense = List.of("-1", "0", "-7.5", "1e999", "2147483648", "NaN", "\"4\"");
    for (Map.Entry<String, JsonNode> field : golden(family).properties()) {
      boolean slides = golden(family).path("use_sliding_window").asBoolean();
      if (field.getKey().equals("max_window_layers") && !slides) {
        continue;
      }
      if (!field.getValue().isNumber()
          || READ_BY_NOBODY.contains(field.getKey())
          || field.getKey().startsWith("mamba_")) {
        continue;
      }
      for (String value : nonsense) {
        // Every layer may slide, attention may drop nothing, and scalars may be large.
        boolean isScalar = SCALARS.contains(field.getKey()) && value.startsWith("2");
        if (isScalar || (value.equals("0") && ZERO.contains(field.getKey()))) {
          continue;
        }
        Path file = folder.resolve("config.json");
        String marked = golden(family).put(field.getKey(), "HERE").toString();
        Files.writeString(file, marked.replace("\"HERE\"", value));
        String message =
            String.valueOf(
                assertThrows(IOException.class, () -> ConfigFile.read(file), field + " " + value)
                    .getMessage());
        boolean isJson = !value.equals("NaN");
        assertTrue(message.contains(isJson ? field.getKey() : "not JSON"), message);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "num_key_value_heads, 0",
    "num_key_value_heads, 3",
    "num_attention_heads, 0",
    "head_dim, 0",
    "num_hidden_layers, 0",
    "num_hidden_layers, 4097",
    "vocab_size, 0",
    "intermediate_size, -8",
    "max_position_embeddings, 0",
    "rms_norm_eps, 1",
    "rope_theta, 0",
    "rope_theta, 1e999"
  })
  void numbersThatFitNoModelAreRefused(String field, String value) throws IOException {
    Path file = folder.resolve("config.json");
    ObjectNode json = golden("llama2");
    json.remove(List.of("head_dim", "rope_parameters"));
    Files.writeString(file, json.put(field, "HERE").toString().replace("\"HERE\"", value));
    String message =
        String.valueOf(assertThrows(IOException.class, () -> ConfigFile.read(file)).getMessage());
    assertTrue(message.startsWith(file + ": " + field + " is "), message);
  }

  @Test
  void qwenSlidesOnlyWhereItIsTold() throws IOException {
    ObjectNode json = golden("qwen2");
    assertEquals(0, read(json).windowOf(0));
    assertEquals(6, read(json).windowOf(1));
    json.put("use_sliding_window", false).remove("layer_types");
    assertEquals(0, read(json).windowOf(1));
  }

  @Test
  void mistralWithoutAWindowSeesAll() throws IOException {
    ObjectNode json = golden("mistral");
    assertEquals(8, read(json).windowOf(0));
    json.putNull("sliding_window");
    assertEquals(0, read(json).windowOf(0));
    json.remove("sliding_window");
    assertEquals(4096, read(json).windowOf(0));
  }

  @Test
  void featuresThatTheFamilyCannotSayAreNotWritten() {
    DecoderConfig config =
        DecoderConfig.builder(9).family(Family.MISTRAL).biases(Set.of(Bias.OUTPUT)).build();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> ConfigFile.write(config, ElementType.FLOAT, folder.resolve("config.json")))
            .getMessage();
    assertTrue(message.contains("mistral"), message);
  }
}
