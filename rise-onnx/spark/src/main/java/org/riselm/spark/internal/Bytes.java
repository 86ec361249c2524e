package org.riselm.spark.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Values in Java's serialization, whatever serializer the application has set for its data. */
final class Bytes implements Serializable {
  private static final long serialVersionUID = 1;

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  static Bytes of(List<?> values) {
    try {
      return new Bytes(written(values));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] written(List<?> values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ArrayList<>(values));
    }
    return bytes.toByteArray();
  }

  /** Fails unless {@code part} can travel; {@code what} says which of the caller's it is. */
  static void requireSerializable(Object part, String what) {
    try {
      written(List.of(part));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the %s cannot travel to executors: %s. It may capture texts and numbers, but nothing that is not serializable, such as a Path"
              .formatted(what, e.getMessage()),
          e);
    }
  }

  @SuppressWarnings("unchecked") // It is what the other side wrote.
  <T> List<T> list() {
    try (ObjectInputStream in = new OurClasses(bytes)) {
      return (List<T>) in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("a class of the library is missing here", e);
    }
  }

  /** Finds classes where this one is, which need not be where Spark's are. */
  private static final class OurClasses extends ObjectInputStream {
    OurClasses(byte[] bytes) throws IOException {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass described)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(described.getName(), false, Bytes.class.getClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(described);
      }
    }
  }
}
