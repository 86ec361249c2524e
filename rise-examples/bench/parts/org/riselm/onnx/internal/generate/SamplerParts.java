package org.riselm.onnx.internal.generate;

import java.nio.FloatBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.riselm.core.policy.SamplingOptions;

/** A token drawn from a row of logits, some of which are much likelier than the rest. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SamplerParts {
  /** Tokens to draw from. */
  @Param({"128", "8192", "151936"})
  public int vocabulary;

  private FloatBuffer logits;
  private TokenSampler greedy;
  private TokenSampler temperature;
  private TokenSampler topK;
  private TokenSampler topP;
  private long seed;

  /** Logits of a normal distribution, three wide. */
  @Setup
  public void logits() {
    Random random = new Random(1);
    float[] drawn = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      drawn[i] = (float) (3 * random.nextGaussian());
    }
    logits = FloatBuffer.wrap(drawn);
    greedy = new TokenSampler(vocabulary, SamplingOptions.greedy(1));
    SamplingOptions warm = SamplingOptions.ofMaxNewTokens(1).toBuilder().temperature(0.7).build();
    temperature = new TokenSampler(vocabulary, warm);
    topK = new TokenSampler(vocabulary, warm.toBuilder().topK(20).build());
    topP = new TokenSampler(vocabulary, warm.toBuilder().topP(0.9).build());
  }

  @Benchmark
  public int greedy() {
    return greedy.sample(logits, 0, next());
  }

  @Benchmark
  public int temperature() {
    return temperature.sample(logits, 0, next());
  }

  @Benchmark
  public int topK() {
    return topK.sample(logits, 0, next());
  }

  @Benchmark
  public int topP() {
    return topP.sample(logits, 0, next());
  }

  private long next() {
    return seed += 0x9E3779B97F4A7C15L; // All bits of the seeds change.
  }
}
