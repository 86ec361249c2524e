package org.riselm.examples.gpu;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.riselm.core.policy.Sampling;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.onnx.generate.Generated;
import org.riselm.onnx.generate.Generator;
import org.riselm.onnx.generate.GeneratorLimits;
import org.riselm.onnx.generate.Prompt;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.DecoderGraphs;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.runtime.Device;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.runtime.OutOfDeviceMemoryException;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.SessionSettings;
import org.riselm.onnx.runtime.Tensor;
import org.riselm.onnx.train.AdamW;
import org.riselm.onnx.train.Batches;
import org.riselm.onnx.train.EncodedExample;
import org.riselm.onnx.train.MicroBatch;
import org.riselm.onnx.train.PlainExecutor;
import org.riselm.onnx.train.Scorer;

/**
 * Whether a device computes what the CPU computes, keeps its memory, and says so when it is full.
 */
public final class GpuChecks {
  // With so large an epsilon a step follows the gradient, and does not amplify its noise.
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1, 0, AdamW.Decay.ALL, 0);

  private final Device device;
  private final DecoderConfig config = GpuSetting.small();
  private final MicroBatch batch;

  private GpuChecks(GpuSetting setting) {
    this.device = setting.device();
    this.batch = setting.batch();
  }

  /** Checks, always on the tiny shape, and prints rows. */
  public static void main(String[] args) {
    List<String> words = new ArrayList<>(List.of(args));
    words.remove("8b");
    GpuChecks checks = new GpuChecks(GpuSetting.of(words.toArray(String[]::new)));
    checks.agreement(ElementType.FLOAT, 1e-3, 1e-3);
    if (checks.device.kind() == Device.Kind.CUDA) {
      checks.agreement(ElementType.BFLOAT16, 3e-2, 0.1);
      checks.samplerAgainstScorer();
      checks.memory();
      checks.full();
    }
  }

  /** The loss, and the way that the adapters go in one step, against the CPU's. */
  private void agreement(ElementType precision, double lossTolerance, double wayTolerance) {
    try (Resources r = new Resources()) {
      ModelTensors here = RandomModel.of(config, 8, ElementType.FLOAT, r);
      ModelTensors there = RandomModel.of(config, 8, ElementType.FLOAT, r);
      double expected = step(r.add(new PlainExecutor(here, ADAMW, 2)));
      double found = step(r.add(PlainExecutor.on(device, precision, there, ADAMW, 2, 0)));
      float[] start = RandomModel.of(config, 8, ElementType.FLOAT, r).trained().block().toFloats();
      double cosine =
          cosine(here.trained().block().toFloats(), there.trained().block().toFloats(), start);
      double difference = Math.abs(expected - found) / expected;
      GpuSetting.row(
          "loss in " + precision + ", relative difference to the CPU's fp32",
          GpuSetting.number(difference),
          "≤ " + lossTolerance,
          difference <= lossTolerance);
      GpuSetting.row(
          "gradient in " + precision + ", 1 − cosine to the CPU's fp32",
          GpuSetting.number(1 - cosine),
          "≤ " + wayTolerance,
          1 - cosine <= wayTolerance);
    }
  }

  private double step(PlainExecutor executor) {
    double loss = executor.accumulate(batch);
    executor.step(1);
    executor.writeBack();
    return loss;
  }

  private static double cosine(float[] a, float[] b, float[] start) {
    double dot = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (int i = 0; i < start.length; i++) {
      double x = a[i] - start[i];
      double y = b[i] - start[i];
      dot += x * y;
      lengthA += x * x;
      lengthB += y * y;
    }
    return dot / Math.sqrt(lengthA * lengthB);
  }

  private Generator generator(ModelTensors model, Resources owner) {
    return owner.add(
        Generator.load(
            DecoderGraphs.sampling(model.layout().computedIn(ElementType.BFLOAT16)).toModel(),
            new SessionSettings(2, model.all(), device),
            new GeneratorLimits(config.contextLength(), ImmutableIntArray.of(), 8)));
  }

  private void samplerAgainstScorer() {
    try (Resources r = new Resources()) {
      ModelTensors model = RandomModel.of(config, 8, ElementType.BFLOAT16, r);
      int[] prompt = {1, 2, 3, 4, 5};
      Generated answer =
          generator(model, r)
              .generate(
                  List.of(Prompt.of(prompt, 1)), Sampling.ofMaxNewTokens(40), SamplingProgress.NONE)
              .get(0);
      ModelTensors copy = model.on(device, ElementType.BFLOAT16, r);
      EncodedExample example = EncodedExample.of(prompt, answer.tokens().toArray(), 1);
      float[] losses = r.add(new Scorer(copy, 2)).tokenLosses(Batches.pack(List.of(example), 1));
      double worst = 0;
      for (int i = 0; i < losses.length; i++) {
        worst = Math.max(worst, Math.abs(losses[i] + answer.logProbabilities().get(i)));
      }
      GpuSetting.row(
          "log-probability of a token, sampler against scorer, worst of 40",
          GpuSetting.number(worst),
          "≤ 0.15",
          worst <= 0.15);
    }
  }

  /** 300 steps of changing shapes, with sampling in between. */
  private void memory() {
    try (Resources r = new Resources()) {
      ModelTensors model = RandomModel.of(config, 8, ElementType.BFLOAT16, r);
      PlainExecutor executor =
          r.add(PlainExecutor.on(device, ElementType.BFLOAT16, model, ADAMW, 2, 0));
      long warm = 0;
      for (int step = 1; step <= 300; step++) {
        int[] target = new int[8 + step % 40];
        EncodedExample example = EncodedExample.of(new int[] {1, 2, 3}, target, 1e-3);
        executor.accumulate(Batches.pack(List.of(example, example), 1));
        executor.step(1e-3);
        if (step % 30 == 0) {
          try (Resources phase = new Resources()) {
            generator(model, phase)
                .generate(
                    List.of(Prompt.of(new int[] {1, 2}, step)),
                    Sampling.ofMaxNewTokens(20),
                    SamplingProgress.NONE);
          }
        }
        if (step == 60) {
          warm = device.freeBytes();
        }
      }
      double grown = 1 - (double) device.freeBytes() / warm;
      GpuSetting.row(
          "device memory lost from step 60 to 300, sampling in between",
          String.format(Locale.ROOT, "%.3f %%", 100 * grown),
          "< 1 %",
          grown < 0.01);
    }
  }

  private void full() {
    String said = "nothing";
    try (Tensor tooLarge = Tensor.zeros(device, ElementType.FLOAT, 1L << 42)) {
      said = "it fitted: " + tooLarge;
    } catch (OutOfDeviceMemoryException e) {
      said = String.valueOf(e.getMessage());
    }
    GpuSetting.row(
        "asking for 16 TiB", said, "an error that says what is free", said.contains("free"));
    agreement(ElementType.FLOAT, 1e-3, 1e-3);
  }
}
