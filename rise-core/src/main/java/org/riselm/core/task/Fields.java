package org.riselm.core.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** The fields of one problem in a file. What is not as it should be throws, naming the field. */
public final class Fields {
  private final JsonNode json;
  private final int number;

  Fields(JsonNode json, int number) {
    this.json = json;
    this.number = number;
  }

  /** Which problem of its file this is: the line's number, or the place in the array; from 1. */
  public int number() {
    return number;
  }

  /** The text in {@code name}, not blank. */
  public String text(String name) {
    JsonNode value = json.get(name);
    if (value == null || !value.isTextual() || value.textValue().isBlank()) {
      throw new IllegalArgumentException(
          "\"%s\" is %s; expected a text".formatted(name, value == null ? "missing" : value));
    }
    return value.textValue();
  }

  /** The text in {@code name}; empty if the field is not there. */
  public Optional<String> optionalText(String name) {
    JsonNode value = json.get(name);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(text(name));
  }

  /** The text or number in {@code name}; empty if the field is not there. */
  public Optional<String> optionalPlain(String name) {
    JsonNode value = json.get(name);
    return value != null && value.isNumber() ? Optional.of(number(name)) : optionalText(name);
  }

  /** The number in {@code name}, as a plain decimal without trailing zeros. */
  public String number(String name) {
    JsonNode value = json.get(name);
    if (value == null || !value.isNumber()) {
      throw new IllegalArgumentException(
          "\"%s\" is %s; expected a number".formatted(name, value == null ? "missing" : value));
    }
    // BigDecimal of a zero with places keeps them.
    return value.decimalValue().signum() == 0
        ? "0"
        : value.decimalValue().stripTrailingZeros().toPlainString();
  }
}
