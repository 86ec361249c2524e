package org.riselm.examples.listener;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Writes numbers as TensorBoard reads them: a TFRecord file of {@code Event} messages. Each record
 * is its length, the length's checksum, the message and the message's checksum; a checksum is a
 * CRC-32C, rotated and moved so that checksums of checksums do not cancel out.
 */
final class EventFile implements AutoCloseable {
  private static final int ROTATION = 15;
  private static final int SHIFT = 0xa282ead8;

  // Numbers of the fields of Event, Summary and Summary.Value.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private final OutputStream out;

  /** A file on {@code out}, which is closed with it. */
  EventFile(OutputStream out, double wallTime) throws IOException {
    this.out = out;
    Message event = new Message().number(WALL_TIME, wallTime);
    record(event.bytes(FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Adds a number; when this returns, TensorBoard can see it.
   *
   * @param tag what is counted; a slash in it makes a group
   * @param step its place on the axis
   * @param wallTime in seconds since 1970
   */
  void scalar(String tag, long step, double wallTime, double value) throws IOException {
    Message scalar =
        new Message()
            .bytes(TAG, tag.getBytes(StandardCharsets.UTF_8))
            .number(SIMPLE_VALUE, (float) value);
    Message summary = new Message().bytes(VALUE, scalar.toBytes());
    record(
        new Message()
            .number(WALL_TIME, wallTime)
            .varint(STEP, step)
            .bytes(SUMMARY, summary.toBytes()));
    out.flush();
  }

  private void record(Message message) throws IOException {
    byte[] data = message.toBytes();
    byte[] length = little(Long.BYTES).putLong(data.length).array();
    out.write(length);
    out.write(little(Integer.BYTES).putInt(masked(length)).array());
    out.write(data);
    out.write(little(Integer.BYTES).putInt(masked(data)).array());
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), ROTATION) + SHIFT;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** A Protocol Buffers message: fields, each with its number and how its value is written. */
  private static final class Message {
    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int COUNTED_BYTES = 2;
    private static final int FOUR_BYTES = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message varint(int field, long value) {
      key(field, VARINT);
      return varint(value);
    }

    Message number(int field, double value) {
      key(field, EIGHT_BYTES);
      out.writeBytes(little(Double.BYTES).putDouble(value).array());
      return this;
    }

    Message number(int field, float value) {
      key(field, FOUR_BYTES);
      out.writeBytes(little(Float.BYTES).putFloat(value).array());
      return this;
    }

    Message bytes(int field, byte[] value) {
      key(field, COUNTED_BYTES);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void key(int field, int wireType) {
      varint(((long) field << 3) | wireType);
    }

    private Message varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
      return this;
    }

    byte[] toBytes() {
      return out.toByteArray();
    }
  }
}
