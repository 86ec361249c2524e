package org.riselm.onnx.internal.folder.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a header, token by token, and holds it against the file: every refusal names the file and
 * the tensor.
 */
final class HeaderReader {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final int MOST_DIMENSIONS = 16;
  // Beside the tensors; others are passed over.
  private static final int MOST_TEXTS = 100;
  private static final int LONGEST_TEXT = 1000;

  private final Path file;
  private final long dataBytes;
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /**
   * A reader.
   *
   * @param file for messages
   * @param dataBytes the file's size behind the header
   */
  HeaderReader(Path file, long dataBytes) {
    this.file = file;
    this.dataBytes = dataBytes;
  }

  /** The tensors by name, in the order of their bytes. */
  Map<String, TensorInfo> read(byte[] header) throws IOException {
    List<TensorInfo> entries = new ArrayList<>();
    try (JsonParser json = JSON.createParser(header)) {
      expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        expect(json.nextToken(), JsonToken.START_OBJECT, name);
        if (name.equals("__metadata__")) {
          readMetadata(json);
        } else {
          entries.add(entry(name, json));
        }
      }
      if (json.nextToken() != null) {
        throw new IOException(file + ": the header goes on behind its last brace");
      }
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": the header is not JSON: " + e.getOriginalMessage(), e);
    }
    entries.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    Map<String, TensorInfo> byName = new LinkedHashMap<>();
    long end = 0;
    for (TensorInfo e : entries) {
      if (e.begin() != end) {
        throw refusal(
            e.name(),
            "its bytes begin at %d, %s the one before it ends at %d"
                .formatted(e.begin(), e.begin() < end ? "but" : "leaving a gap:", end));
      }
      end = e.end();
      byName.put(e.name(), e);
    }
    if (end != dataBytes) {
      throw new IOException(
          "%s: its tensors take %d bytes; the file has %d behind the header"
              .formatted(file, end, dataBytes));
    }
    return byName;
  }

  private void readMetadata(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      boolean isText = json.nextToken() == JsonToken.VALUE_STRING;
      if (isText && metadata.size() < MOST_TEXTS && json.getTextLength() <= LONGEST_TEXT) {
        metadata.put(name, json.getText());
      } else {
        json.skipChildren();
      }
    }
  }

  /** The texts beside the tensors, of the header that was read. */
  Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  private TensorInfo entry(String name, JsonParser json) throws IOException {
    Dtype dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "dtype" -> dtype = dtype(name, json);
        case "shape" -> shape = numbers(name, field, json);
        case "data_offsets" -> offsets = numbers(name, field, json);
        default -> throw refusal(name, "it has an unknown field " + shortened(field));
      }
    }
    return checked(name, dtype, shape, offsets);
  }

  private TensorInfo checked(
      String name, @Nullable Dtype dtype, @Nullable List<Long> shape, @Nullable List<Long> offsets)
      throws IOException {
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw refusal(name, "it needs a dtype, a shape and two data_offsets");
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin > end || end > dataBytes) {
      throw refusal(
          name,
          "its bytes go from %d to %d; the file has %d behind the header"
              .formatted(begin, end, dataBytes));
    }
    long bytes = dtype.bytes();
    for (long d : shape) {
      try {
        bytes = Math.multiplyExact(bytes, d);
      } catch (ArithmeticException e) {
        throw new IOException(message(name, "its shape " + shape + " is too large"), e);
      }
    }
    if (bytes != end - begin) {
      throw refusal(
          name,
          "%s of shape %s takes %d bytes; it has %d".formatted(dtype, shape, bytes, end - begin));
    }
    return new TensorInfo(name, dtype, shape, begin, end);
  }

  private Dtype dtype(String name, JsonParser json) throws IOException {
    expect(json.currentToken(), JsonToken.VALUE_STRING, name);
    String text = json.getText();
    for (Dtype d : Dtype.values()) {
      if (d.name().equals(text)) {
        return d;
      }
    }
    throw refusal(name, "its dtype is " + shortened(text) + ", which is not known");
  }

  private List<Long> numbers(String name, String field, JsonParser json) throws IOException {
    expect(json.currentToken(), JsonToken.START_ARRAY, name);
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || json.getLongValue() < 0
          || numbers.size() == MOST_DIMENSIONS) {
        throw refusal(
            name, "its " + field + " is not a list of at most 16 whole numbers from 0 on");
      }
      numbers.add(json.getLongValue());
    }
    return numbers;
  }

  private void expect(@Nullable JsonToken found, JsonToken expected, String where)
      throws IOException {
    if (found != expected) {
      throw refusal(where, "found " + found + ", expected " + expected);
    }
  }

  private IOException refusal(String tensor, String problem) {
    return new IOException(message(tensor, problem));
  }

  private String message(String tensor, String problem) {
    return "%s: %s: %s".formatted(file, shortened(tensor), problem);
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
