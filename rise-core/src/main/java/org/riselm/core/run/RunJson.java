package org.riselm.core.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.google.common.primitives.ImmutableDoubleArray;
import java.io.IOException;
import org.riselm.core.mdp.Tokens;

/** The library's records as JSON. The same value always gives the same bytes. */
public final class RunJson {
  /** Writes maps in the order of their keys; token ids are an array of numbers. */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          // Map.copyOf iterates in an order that changes from process to process.
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          // The JDK's own way of writing a double is slow up to 18, and differs between versions.
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .addModule(
              new SimpleModule()
                  .addSerializer(Tokens.class, new TokensWriter())
                  .addDeserializer(Tokens.class, new TokensReader())
                  .addSerializer(ImmutableDoubleArray.class, new DoublesWriter())
                  .addDeserializer(ImmutableDoubleArray.class, new DoublesReader()))
          .build();

  private RunJson() {}

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

  /** {@code value} in JSON, without a line break. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it cannot be written as JSON: " + value, e);
    }
  }

  private static final class TokensWriter extends StdSerializer<Tokens> {
    private static final long serialVersionUID = 1;

    TokensWriter() {
      super(Tokens.class);
    }

    @Override
    public void serialize(Tokens tokens, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      int[] ids = tokens.toArray();
      out.writeArray(ids, 0, ids.length);
    }
  }

  private static final class TokensReader extends StdDeserializer<Tokens> {
    private static final long serialVersionUID = 1;

    TokensReader() {
      super(Tokens.class);
    }

    @Override
    public Tokens deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return Tokens.of(in.readValueAs(int[].class));
    }
  }

  private static final class DoublesWriter extends StdSerializer<ImmutableDoubleArray> {
    private static final long serialVersionUID = 1;

    DoublesWriter() {
      super(ImmutableDoubleArray.class);
    }

    @Override
    public void serialize(
        ImmutableDoubleArray doubles, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeArray(doubles.toArray(), 0, doubles.length());
    }
  }

  private static final class DoublesReader extends StdDeserializer<ImmutableDoubleArray> {
    private static final long serialVersionUID = 1;

    DoublesReader() {
      super(ImmutableDoubleArray.class);
    }

    @Override
    public ImmutableDoubleArray deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      return ImmutableDoubleArray.copyOf(in.readValueAs(double[].class));
    }
  }
}
