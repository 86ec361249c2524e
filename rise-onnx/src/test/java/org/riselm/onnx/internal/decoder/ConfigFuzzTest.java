package org.riselm.onnx.internal.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.Fuzz;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.internal.folder.ConfigFile;

/** Damaged configurations end in an error that names the file. */
class ConfigFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] VALUES = {
    "null",
    "0",
    "-1",
    "1",
    "3",
    "2147483647",
    "2147483648",
    "1e999",
    "-0.0",
    "NaN",
    "1e-300",
    "123456789012345678901234567890",
    "true",
    "\"\"",
    "\"llama3\"",
    "\"qwen2\"",
    "{}",
    "[]",
    "[[[[[[]]]]]]",
    "{\"rope_type\":\"llama3\",\"factor\":1e308}",
    "\"../../x\"",
    "\"\\u0000\""
  };

  @TempDir Path folder;

  @Test
  void damagedConfigurations() throws IOException {
    Path file = folder.resolve("config.json");
    List<JsonNode> models = new ArrayList<>();
    for (String name : GoldenModel.NAMES) {
      models.add(GoldenModel.read(name).document().get("config"));
    }
    Fuzz.run(
        file,
        random -> {
          Files.write(file, damaged(random, models.get(random.nextInt(models.size()))));
          // What is understood can be built: its parameters are countable.
          Parameter.of(ConfigFile.read(file)).forEach(Parameter::elements);
        });
  }

  private static byte[] damaged(SplittableRandom random, JsonNode model) throws IOException {
    ObjectNode json = model.deepCopy();
    List<String> fields = new ArrayList<>();
    json.fieldNames().forEachRemaining(fields::add);
    for (int i = random.nextInt(3); i > 0; i--) {
      String field = fields.get(random.nextInt(fields.size()));
      if (random.nextInt(4) == 0) {
        json.remove(field);
      } else {
        json.putRawValue(
            field, new com.fasterxml.jackson.databind.util.RawValue(Fuzz.oneOf(random, VALUES)));
      }
    }
    byte[] bytes = JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
    return random.nextInt(3) == 0 ? Fuzz.damaged(random, bytes) : bytes;
  }
}
