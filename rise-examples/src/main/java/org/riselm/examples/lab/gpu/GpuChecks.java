package org.riselm.examples.lab.gpu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.examples.Arguments;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.generate.Prompt;
import org.riselm.onnx.internal.generate.SamplingProgress;
import org.riselm.onnx.internal.runtime.DeviceMemory;
import org.riselm.onnx.internal.runtime.DeviceMemoryUse;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.BatchPlanner;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.train.MicroBatch;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * Whether a device computes what the CPU computes, keeps its memory, and says so when it is full.
 */
public final class GpuChecks {
  private static final String USAGE =
      """
      Usage: java … org.riselm.examples.lab.gpu.GpuChecks [cuda|rehearsal] [tiny|8b]
        Prints the checks of a GPU, on a small model. rehearsal: on the CPU, in the place of a GPU.
      """;

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
    Arguments.run(USAGE, args, given -> given, GpuChecks::start);
  }

  private static void start(String[] args) throws IOException {
    List<String> words = new ArrayList<>(List.of(args));
    words.remove("8b");
    GpuChecks checks = new GpuChecks(GpuSetting.of(words.toArray(String[]::new)));
    boolean gpu = checks.device.isCuda();
    checks.agreement(true, ElementType.FLOAT, 1e-3, 1e-3);
    checks.agreement(false, ElementType.FLOAT, 1e-3, 1e-3);
    if (gpu) {
      checks.agreement(true, ElementType.BFLOAT16, 3e-2, 0.1);
      checks.agreement(false, ElementType.BFLOAT16, 3e-2, 0.1);
    }
    GpuSetting setting = GpuSetting.of(words.toArray(String[]::new));
    new GpuSampling(setting).check();
    checks.memory(setting.precision());
    new GpuFull(setting).check();
    if (gpu) {
      checks.agreement(true, ElementType.FLOAT, 1e-3, 1e-3);
    }
  }

  /** The loss, and the way that the adapters go in one step, against the CPU's. */
  private void agreement(
      boolean lora, ElementType precision, double lossTolerance, double wayTolerance) {
    try (Resources r = new Resources()) {
      ModelTensors here = model(lora, r);
      ModelTensors there = model(lora, r);
      double expected = step(r.add(new GraphStepExecutor(here, ADAMW, 2)));
      double found = step(r.add(GraphStepExecutor.on(device, precision, there, ADAMW, 2, 0)));
      float[] start = model(lora, r).trained().block().toFloats();
      double cosine =
          cosine(here.trained().block().toFloats(), there.trained().block().toFloats(), start);
      double difference = Math.abs(expected - found) / expected;
      String what = (lora ? "LoRA in " : "full training in ") + precision;
      GpuSetting.row(
          what + ", loss, relative difference to the CPU's fp32",
          GpuSetting.number(difference),
          "≤ " + lossTolerance,
          difference <= lossTolerance);
      GpuSetting.row(
          what + ", gradient, 1 − cosine to the CPU's fp32",
          GpuSetting.number(1 - cosine),
          "≤ " + wayTolerance,
          1 - cosine <= wayTolerance);
    }
  }

  private ModelTensors model(boolean lora, Resources owner) {
    return lora
        ? RandomModel.of(config, 8, ElementType.FLOAT, owner)
        : ModelTensors.full(config, owner.add(ParameterBlock.random(config, 5)));
  }

  private double step(GraphStepExecutor executor) {
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

  /** 300 steps of changing shapes, with sampling in between. */
  private void memory(ElementType precision) {
    boolean gpu = device.isCuda();
    try (Resources r = new Resources()) {
      ElementType base = gpu ? ElementType.BFLOAT16 : ElementType.FLOAT;
      ModelTensors model = RandomModel.of(config, 8, base, r);
      GraphStepExecutor executor =
          r.add(GraphStepExecutor.on(device, precision, model, ADAMW, 2, 0));
      long warm = 0;
      for (int step = 1; step <= 300; step++) {
        int[] target = new int[8 + step % 40];
        EncodedExample example = EncodedExample.of(new int[] {1, 2, 3}, target, 1e-3);
        executor.accumulate(BatchPlanner.pack(List.of(example, example), 1));
        executor.step(1e-3);
        if (step % 30 == 0) {
          try (Resources phase = new Resources()) {
            GpuSampling.generator(device, precision, model, phase)
                .generate(
                    List.of(Prompt.of(new int[] {1, 2}, step)),
                    SamplingOptions.ofMaxNewTokens(20),
                    SamplingProgress.NONE);
          }
        }
        if (step == 60) {
          warm = used();
        }
      }
      double grown = (double) used() / warm - 1;
      GpuSetting.row(
          "device memory, growth from step 60 to 300, sampling in between",
          String.format(Locale.ROOT, "%.3f %%", 100 * grown),
          "< 1 %",
          grown < 0.01);
    }
  }

  /** All that is taken of a GPU, whoever took it; of a rehearsal, what is in use. */
  private long used() {
    return device.isCuda()
        ? DeviceMemory.of(device).free().total() - DeviceMemory.of(device).free().free()
        : DeviceMemoryUse.of(device).bytes();
  }
}
