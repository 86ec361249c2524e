package org.riselm.onnx.internal.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.Fuzz;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;

class AdapterFileTest {
  private static final DecoderConfig CONFIG =
      DecoderConfig.builder(11).hiddenSize(16).heads(2).layers(12).build();
  private static final String PLAIN =
      "{\"peft_type\":\"LORA\",\"r\":4,\"lora_alpha\":8,\"target_modules\":[\"q_proj\"]";

  @TempDir Path folder;

  private Lora read(String json) throws IOException {
    Path file = folder.resolve("adapter_config.json");
    Files.writeString(file, json);
    return AdapterFile.read(file, CONFIG);
  }

  private Lora with(String fields) throws IOException {
    return read(PLAIN.replace("\"target_modules\":[\"q_proj\"]", fields) + "}");
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Path file = folder.resolve("adapter_config.json");
    for (Lora lora :
        new Lora[] {
          Lora.rank(16),
          Lora.builder(3).alpha(0.3).dropout(0.05).targets(Lora.ATTENTION).build(),
          Lora.builder(2)
              .rankStabilized(true)
              .exceptions(
                  Map.of(
                      "model.layers.1.mlp.up_proj", new Lora.Strength(5, 1.5),
                      "model.layers.11.mlp.up_proj", new Lora.Strength(7, 4)))
              .build()
        }) {
      AdapterFile.write(lora, "base", file);
      assertEquals(lora, AdapterFile.read(file, CONFIG));
    }
  }

  @Test
  void aFieldThatIsNotKnownMayBeEmpty() throws IOException {
    String more =
        "\"new_a\":null,\"new_b\":false,\"new_c\":{},\"new_d\":[],\"new_e\":\"\",\"qalora_group_size\":16";
    assertEquals(Lora.builder(4).targets(Set.of("q_proj")).build(), read(PLAIN + "," + more + "}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use_dora\":true",
        "\"bias\":\"lora_only\"",
        "\"lora_bias\":true",
        "\"modules_to_save\":[\"lm_head\"]",
        "\"fan_in_fan_out\":true",
        "\"task_type\":\"SEQ_CLS\"",
        "\"peft_type\":\"LOHA\"",
        "\"init_lora_weights\":\"pissa_niter_4\"",
        "\"init_lora_weights\":\"loftq\"",
        "\"layer_replication\":[[0,2]]",
        "\"target_parameters\":[\"x\"]",
        "\"trainable_token_indices\":[1]",
        "\"use_rslora\":3",
        "\"lora_dropout\":1",
        "\"r\":0",
        "\"lora_alpha\":-1",
        "\"rank_pattern\":{\"(\":3}",
        "\"rank_pattern\":{\"q_proj\":\"3\"}",
        "\"rank_pattern\":{\"q_proj\":0}",
        "\"alpha_pattern\":[2]",
        "\"exclude_modules\":5",
        "\"exclude_modules\":\"(\"",
        "\"exclude_modules\":[\"q_proj\"]",
        "\"layers_to_transform\":[\"1\"]",
        "\"layers_to_transform\":12",
        "\"a_field_of_tomorrow\":0.5"
      })
  void whatCannotBeFollowedIsRefusedByName(String field) throws IOException {
    String name = field.substring(1, field.indexOf('"', 1));
    String json = PLAIN.replaceAll("\"" + name + "\":[^,]*,", "") + "," + field + "}";
    String message = assertThrows(IOException.class, () -> read(json)).getMessage();
    String said =
        switch (name) {
          case "r" -> ": r is 0";
          case "exclude_modules" -> "modules";
          case "layers_to_transform" -> "";
          default -> name;
        };
    assertTrue(message.contains(said), message);
    assertTrue(message.contains("adapter_config.json"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "\"\"",
        "\"no_such\"",
        "[\"c_attn\"]",
        "[\"q_proj\",\"lm_head\"]",
        "\".*\"",
        "\"(((.*)*)*)*x\"",
        "7",
        "null"
      })
  void targetsThatNameNoLinearLayersAreRefused(String targets) {
    String message =
        assertThrows(IOException.class, () -> with("\"target_modules\":" + targets)).getMessage();
    assertTrue(message.contains("target"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'target_modules':'all-linear'|84",
        "'target_modules':'all-linear','exclude_modules':['mlp.up_proj','layers.3.mlp.down_proj']|71",
        "'target_modules':'.*\\\\.[qk]_proj'|24",
        "'target_modules':'.*\\\\.[qk]_proj','exclude_modules':'.*\\\\.1.?\\\\..*'|18",
        "'target_modules':['q_proj','layers.3.mlp.down_proj']|13",
        "'target_modules':['q_proj','mlp.down_proj'],'layers_to_transform':[1,11]|4",
        "'target_modules':['q_proj','model.layers.0.mlp.down_proj'],'layers_to_transform':1|2",
        "'target_modules':['q_proj'],'layers_to_transform':[2],'layers_pattern':'layers'|1",
        "'target_modules':['q_proj'],'layers_to_transform':[]|12",
      },
      quoteCharacter = '`')
  void targetsAreTheLayersThatPeftFinds(String fields, int count) throws IOException {
    Lora lora = with(fields.replace('\'', '"'));
    ParameterLayout layout = ParameterLayout.lora(CONFIG, lora, p -> ElementType.FLOAT);
    assertEquals(2 * count, layout.trained().size());
  }

  @Test
  void damagedFiles() throws IOException {
    Path file = folder.resolve("adapter_config.json");
    String whole =
        PLAIN
            + ",\"exclude_modules\":\".*\\\\.3\\\\..*\",\"layers_to_transform\":[1,2,3],"
            + "\"rank_pattern\":{\"(a|q)+_proj\":2,\"x.*y\":3},\"alpha_pattern\":{\".*\":1e3},"
            + "\"use_rslora\":true,\"lora_dropout\":0.5,\"init_lora_weights\":true}";
    Fuzz.run(
        file,
        random -> {
          byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
          Files.write(file, Fuzz.damaged(random, bytes));
          AdapterFile.read(file, CONFIG);
        });
  }
}
