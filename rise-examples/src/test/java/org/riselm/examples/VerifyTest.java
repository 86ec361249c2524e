package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifyTest {
  private int errors;

  private List<JsonNode> run(String... lines) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      errors = Verify.run(new BufferedReader(new StringReader(String.join("\n", lines))), out);
    }
    List<JsonNode> verdicts = new ArrayList<>();
    for (String line : bytes.toString(StandardCharsets.UTF_8).lines().toList()) {
      verdicts.add(new ObjectMapper().readTree(line));
    }
    return verdicts;
  }

  @Test
  void decidesEachLineByItsTask() throws Exception {
    List<JsonNode> verdicts =
        run(
            "{\"gold\": \"#### 2,125\", \"pred\": \"so\\n#### $2125.00\", \"task\": \"gsm8k\"}",
            "{\"gold\": \"2,125\", \"pred\": \"2\", \"task\": \"gsm8k\"}",
            "",
            "{\"gold\": \"\\\\frac12\", \"pred\": \"\\\\boxed{0.5}\", \"task\": \"math\"}",
            "{\"gold\": \"5\", \"pred\": \"I cannot tell.\", \"task\": \"math\"}",
            "{\"gold\": \"\", \"pred\": \"\", \"task\": \"math\"}");
    assertEquals(0, errors);
    assertEquals("{\"equal\":true,\"extracted\":\"2125\"}", verdicts.get(0).toString());
    assertEquals("{\"equal\":false,\"extracted\":\"2\"}", verdicts.get(1).toString());
    assertEquals("{\"equal\":true,\"extracted\":\"0.5\"}", verdicts.get(2).toString());
    assertEquals("{\"equal\":false,\"extracted\":null}", verdicts.get(3).toString());
    assertEquals("{\"equal\":false,\"extracted\":null}", verdicts.get(4).toString());
  }

  @Test
  void aBadLineIsNamedAndTheRestGoesOn() throws Exception {
    List<JsonNode> verdicts =
        run(
            "{\"gold\": 5, \"pred\": 5.0, \"task\": \"math\"}",
            "not json",
            "{\"gold\": \"5\", \"task\": \"math\"}",
            "{\"gold\": \"5\", \"pred\": \"5\", \"task\": \"chess\"}",
            "{\"gold\": \"5\", \"pred\": \"5\", \"task\": \"gsm8k\"}");
    assertEquals(3, errors);
    assertEquals(5, verdicts.size());
    assertTrue(verdicts.get(0).get("equal").booleanValue());
    assertTrue(verdicts.get(1).get("error").textValue().startsWith("line 2: not JSON"));
    assertTrue(verdicts.get(2).get("error").textValue().contains("line 3: \"pred\" is null"));
    assertTrue(verdicts.get(3).get("error").textValue().contains("chess"));
    assertTrue(verdicts.get(4).get("equal").booleanValue());
  }
}
