package org.riselm.core.internal.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.riselm.core.mdp.TokenWeights;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.run.RunException;

/** The library's records as JSON. The same value always gives the same bytes. */
public final class RunJson {
  /** Writes maps in the order of their keys; token ids are an array of numbers. */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          // Map.copyOf iterates in an order that changes from process to process.
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          // The JDK's own way of writing a double is slow up to 18, and differs between versions.
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .addModule(module())
          .build();

  private RunJson() {}

  private static SimpleModule module() {
    SimpleModule module = new SimpleModule();
    array(module, Tokens.class, Tokens::toArray, int[].class, Tokens::of);
    array(module, TokenWeights.class, TokenWeights::toArray, double[].class, TokenWeights::of);
    array(
        module,
        LogProbabilities.class,
        LogProbabilities::toArray,
        double[].class,
        LogProbabilities::of);
    return module;
  }

  /** Has values of {@code type} written as an array of numbers, and read from one. */
  private static <T, A> void array(
      SimpleModule module,
      Class<T> type,
      Function<T, A> numbers,
      Class<A> array,
      Function<A, T> value) {
    module.addSerializer(
        type,
        new JsonSerializer<T>() {
          @Override
          public void serialize(T written, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            provider.defaultSerializeValue(numbers.apply(written), out);
          }
        });
    module.addDeserializer(
        type,
        new JsonDeserializer<T>() {
          @Override
          public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return value.apply(in.readValueAs(array));
          }
        });
  }

  /**
   * The value that {@code json} was written from.
   *
   * @throws RunException if it holds no such value
   */
  public static <T> T read(JsonNode json, Class<T> type) {
    try {
      return MAPPER.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      throw new RunException(
          "the run directory holds something else than a %s: %s. It was written by another library, or changed by hand"
              .formatted(type.getSimpleName(), e.getOriginalMessage()),
          e);
    }
  }

  /** {@code texts} as a tree, in their order. */
  public static ObjectNode tree(Map<String, String> texts) {
    ObjectNode tree = MAPPER.createObjectNode();
    texts.forEach(tree::put);
    return tree;
  }

  /** {@code values} as a tree. */
  public static ArrayNode array(List<?> values) {
    ArrayNode array = MAPPER.createArrayNode();
    values.forEach(array::addPOJO);
    return array;
  }

  /** {@code tree} for people to read, with a line break at its end. */
  static String pretty(ObjectNode tree) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code value} in JSON, without a line break. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it cannot be written as JSON: " + value, e);
    }
  }
}
