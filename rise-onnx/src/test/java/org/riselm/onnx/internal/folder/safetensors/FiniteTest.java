package org.riselm.onnx.internal.folder.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteTest {
  /** All patterns of 16 bits, in each place of a word. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everyNumberOf16BitsIsToldInEveryPlace(Dtype dtype) {
    for (int bits = 0; bits < 1 << 16; bits++) {
      for (int place = 0; place < 6; place++) {
        ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(2 * place, (short) bits);
        FloatBuffer value = FloatBuffer.allocate(1);
        dtype.copy(
            bytes
                .duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(2 * place)
                .slice()
                .limit(2)
                .order(ByteOrder.LITTLE_ENDIAN),
            value);
        long expected = Float.isFinite(value.get(0)) ? -1 : place;
        assertEquals(expected, Finite.firstOther(bytes, dtype), bits + " at " + place);
      }
    }
  }

  @Property
  void theFirstFloatThatIsNotFiniteIsTold(
      @ForAll @IntRange(max = 40) int count, @ForAll int first, @ForAll int second) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putInt(i % 3 == 0 ? first : second);
    }
    bytes.flip();
    long expected = -1;
    for (int i = count - 1; i >= 0; i--) {
      expected = Float.isFinite(bytes.getFloat(4 * i)) ? expected : i;
    }
    assertEquals(expected, Finite.firstOther(bytes, Dtype.F32));
  }

  @Property
  void aSingleNaNIsFoundAmongManyFloats(
      @ForAll @IntRange(min = 1, max = 1000) int count, @ForAll @IntRange(max = 999) int place) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(4 * (place % count), Float.NaN);
    assertEquals(place % count, Finite.firstOther(bytes, Dtype.F32));
  }
}
