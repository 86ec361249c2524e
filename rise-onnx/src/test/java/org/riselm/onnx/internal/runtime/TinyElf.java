package org.riselm.onnx.internal.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes ELF files that hold nothing but the names of the libraries they need. */
public final class TinyElf {
  private static final int BASE = 0x1000;

  private TinyElf() {}

  public static void write(Path file, List<String> needed) throws IOException {
    ByteArrayOutputStream strings = new ByteArrayOutputStream();
    strings.write(0);
    int dynamicSize = 16 * (needed.size() + 2);
    int dynamicAt = 64 + 2 * 56;
    ByteBuffer dynamic = ByteBuffer.allocate(dynamicSize).order(ByteOrder.LITTLE_ENDIAN);
    for (String name : needed) {
      dynamic.putLong(1).putLong(strings.size());
      strings.writeBytes(name.getBytes(StandardCharsets.UTF_8));
      strings.write(0);
    }
    dynamic.putLong(5).putLong(BASE + dynamicAt + dynamicSize).putLong(0).putLong(0);
    int size = dynamicAt + dynamicSize + strings.size();
    ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
    elf.position(32);
    elf.putLong(64);
    elf.position(54);
    elf.putShort((short) 56).putShort((short) 2);
    elf.position(64);
    program(elf, 1, 0, size);
    program(elf, 2, dynamicAt, dynamicSize);
    elf.put(dynamic.array()).put(strings.toByteArray());
    Files.write(file, elf.array());
  }

  private static void program(ByteBuffer elf, int type, long at, long size) {
    elf.putInt(type).putInt(4).putLong(at).putLong(BASE + at).putLong(BASE + at);
    elf.putLong(size).putLong(size).putLong(8);
  }
}
