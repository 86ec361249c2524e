package org.riselm.examples.lab.gpu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.riselm.examples.Arguments;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.TransferCounter;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.internal.train.GraphStepExecutor;
import org.riselm.onnx.internal.train.MicroBatch;
import org.riselm.onnx.internal.util.Resources;

/**
 * Speed of LoRA steps (rank 16, every linear layer) beside a base of bfloat16. Operations are
 * counted as 4 for each number of the base and 6 for each of an adapter, per token, those of the
 * head per target; attention's are not counted.
 */
public final class GpuLora {
  private static final double PEAK = 790e12;

  private static final String USAGE =
      """
      Usage: java … org.riselm.examples.lab.gpu.GpuLora [cuda|rehearsal] [tiny|8b]
        Prints a training step with adapters. rehearsal: on the CPU, in the place of a GPU.
      """;

  private GpuLora() {}

  /** Measures and prints rows. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, GpuLora::start);
  }

  private static void start(String[] args) throws IOException {
    GpuSetting setting = GpuSetting.of(args);
    boolean gpu = setting.device().isCuda();
    MicroBatch batch = setting.batch();
    AdamW adamw = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);
    try (Resources r = new Resources()) {
      ElementType base = gpu ? ElementType.BFLOAT16 : ElementType.FLOAT;
      ModelTensors model = RandomModel.of(setting.config(), 16, base, r);
      GraphStepExecutor executor =
          r.add(GraphStepExecutor.on(setting.device(), setting.precision(), model, adamw, 4, 0));
      List<Double> seconds = new ArrayList<>();
      double first = 0;
      double loss = 0;
      long crossed = 0;
      for (int i = 0; i < 13; i++) {
        long before = System.nanoTime();
        crossed = TransferCounter.toDevices() + TransferCounter.fromDevices();
        loss = executor.accumulate(batch);
        executor.step(1e-4);
        crossed = TransferCounter.toDevices() + TransferCounter.fromDevices() - crossed;
        first = i == 0 ? loss : first;
        if (i > 2) {
          seconds.add((System.nanoTime() - before) / 1e9);
        }
      }
      double median = GpuSetting.median(seconds);
      double share = operations(model, batch) / median / PEAK;
      double rate = batch.paddedTokens() / median;
      GpuSetting.row(
          "LoRA step, loss over 13 steps",
          String.format(Locale.ROOT, "%.4f to %.4f", first, loss),
          "falls",
          loss < first);
      GpuSetting.row(
          "LoRA training, tokens/s", String.format(Locale.ROOT, "%.0f", rate), "see PEFT", true);
      GpuSetting.row(
          "LoRA training, share of 790 TFLOP/s",
          String.format(Locale.ROOT, "%.1f %%", 100 * share),
          "40 %",
          share >= 0.4 || setting.tiny());
      long allowed = 28L * batch.paddedTokens() + 4096;
      GpuSetting.row(
          "bytes across the bus in a LoRA step",
          Long.toString(crossed),
          "ids, targets and settings: at most " + allowed,
          crossed <= allowed);
    }
  }

  private static double operations(ModelTensors model, MicroBatch batch) {
    double operations = 0;
    for (Parameter p : Parameter.of(model.layout().config())) {
      boolean head = p.name().equals("lm_head.weight");
      boolean table = p.name().equals("model.embed_tokens.weight");
      double times = head ? batch.targets() : table ? 0 : batch.paddedTokens();
      operations += 4.0 * p.elements() * times;
    }
    return operations + 6.0 * model.trained().elements() * batch.paddedTokens();
  }
}
