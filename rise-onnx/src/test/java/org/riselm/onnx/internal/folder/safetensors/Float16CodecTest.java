package org.riselm.onnx.internal.folder.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;

/** Rounding to 16 bits; that reading is right is shown by {@link SafetensorsFileTest}. */
class Float16CodecTest {
  // Of the largest float below 65520, from which on there is no finite half near enough.
  private static final int LARGEST_BITS = 0x477FEFFF;

  private static float ofUpper(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  @Property
  void whatHas16BitsStaysWhatItIs(@ForAll short bits) {
    float half = Float16Codec.ofHalf(bits);
    if (Float.isNaN(half)) {
      assertTrue(Float.isNaN(Float16Codec.ofHalf(Float16Codec.toHalf(half))));
    } else {
      assertEquals(bits, Float16Codec.toHalf(half));
    }
    float upper = ofUpper(bits);
    if (Float.isNaN(upper)) {
      assertTrue(Float.isNaN(ofUpper(Float16Codec.toUpperHalf(upper))));
    } else {
      assertEquals(bits, Float16Codec.toUpperHalf(upper));
    }
  }

  @Property
  void theNearestIsTaken(
      @ForAll @IntRange(min = 0, max = LARGEST_BITS) int bits, @ForAll boolean negative) {
    float value = Float.intBitsToFloat(bits) * (negative ? -1 : 1);
    checkNearest(value, Float16Codec.toHalf(value), Float16Codec::ofHalf);
    checkNearest(value, Float16Codec.toUpperHalf(value), Float16CodecTest::ofUpper);
  }

  @Property
  void halfWayTheEvenOneIsTaken(@ForAll @IntRange(min = 0, max = 0x7BFE) int bits) {
    float between =
        (Float16Codec.ofHalf((short) bits) + Float16Codec.ofHalf((short) (bits + 1))) / 2;
    assertEquals(bits + (bits & 1), Float16Codec.toHalf(between));
    float upper = Float.intBitsToFloat(bits << 16 | 0x8000);
    assertEquals(bits + (bits & 1), Float16Codec.toUpperHalf(upper));
  }

  private static void checkNearest(float value, short bits, Function<Short, Float> number) {
    double error = Math.abs((double) number.apply(bits) - value);
    for (int neighbour : new int[] {bits - 1, bits + 1}) {
      float other = number.apply((short) neighbour);
      if (Float.isFinite(other)) {
        assertTrue(error <= Math.abs((double) other - value), value + " became " + bits);
      }
    }
  }

  @Property
  void whatIsTooLargeIsRefused(
      @ForAll @FloatRange(min = 65520, max = Float.MAX_VALUE) float value) {
    assertThrows(ArithmeticException.class, () -> Float16Codec.toHalf(value));
    assertThrows(ArithmeticException.class, () -> Float16Codec.toHalf(-value));
    assertThrows(ArithmeticException.class, () -> Float16Codec.toUpperHalf(Float.MAX_VALUE));
    assertEquals((short) 0xFC00, Float16Codec.toHalf(Float.NEGATIVE_INFINITY));
    assertEquals((short) 0x7F80, Float16Codec.toUpperHalf(Float.POSITIVE_INFINITY));
  }
}
