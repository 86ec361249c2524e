package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Runs a parser on many damaged inputs. Each must be read, or be refused by an {@link IOException}
 * that names the file, within bounds of time and memory. The property {@code rise.fuzz.inputs} says
 * how many, {@code rise.fuzz.seed} which ones.
 */
public final class Fuzz {
  private static final int INPUTS = Integer.getInteger("rise.fuzz.inputs", 500);
  private static final long SEED = Long.getLong("rise.fuzz.seed", 1);
  private static final long MOST_BYTES = 64L << 20;
  private static final long MOST_NANOS = 5_000_000_000L;

  /** Makes an input from {@code random} and has it parsed. */
  public interface Input {
    void parse(SplittableRandom random) throws IOException;
  }

  private Fuzz() {}

  /** Parses inputs; {@code file} is what every refusal names. */
  public static void run(Path file, Input input) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    for (int i = 0; i < INPUTS; i++) {
      String which = "rise.fuzz.seed %d, input %d".formatted(SEED, i);
      long bytes = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      try {
        input.parse(new SplittableRandom(SEED * 1_000_003 + i));
      } catch (IOException e) {
        refused++;
        assertTrue(e.getMessage().contains(file.toString()), which + ": " + e.getMessage());
      } catch (RuntimeException | Error e) {
        throw new AssertionError(which + ": " + e, e);
      }
      assertTrue(System.nanoTime() - start < MOST_NANOS, which + ": it took too long");
      long taken = threads.getCurrentThreadAllocatedBytes() - bytes;
      assertTrue(taken < MOST_BYTES, which + ": it took " + taken + " bytes");
    }
    assertTrue(
        refused > INPUTS / 10 && refused < INPUTS, refused + " of " + INPUTS + " were refused");
  }

  /** One of {@code values}. */
  @SafeVarargs
  public static <T> T oneOf(SplittableRandom random, T... values) {
    return values[random.nextInt(values.length)];
  }

  /** {@code bytes}, cut, with changed bytes, with a part repeated, or nested deeply. */
  public static byte[] damaged(SplittableRandom random, byte[] bytes) {
    if (bytes.length == 0) {
      return bytes;
    }
    byte[] result = bytes.clone();
    int from = random.nextInt(bytes.length);
    switch (random.nextInt(5)) {
      case 0 -> result = Arrays.copyOf(bytes, from);
      case 1 -> result[from] = (byte) random.nextInt(256);
      case 2 -> {
        for (int i = 0; i < 8; i++) {
          result[random.nextInt(result.length)] = (byte) random.nextInt(256);
        }
      }
      case 3 -> {
        result = Arrays.copyOf(bytes, 2 * bytes.length - from);
        System.arraycopy(bytes, from, result, bytes.length, bytes.length - from);
      }
      default -> Arrays.fill(result, from, bytes.length, (byte) '[');
    }
    return result;
  }
}
