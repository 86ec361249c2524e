package org.riselm.examples.lab.gpu;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.examples.Arguments;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.generate.GenerationResult;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.generate.GeneratorLimits;
import org.riselm.onnx.internal.generate.Prompt;
import org.riselm.onnx.internal.generate.SamplingProgress;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.util.Resources;

/** Sampled tokens per second, 64 answers together, temperature 1. */
public final class GpuDecode {
  private static final String USAGE =
      """
      Usage: java … org.riselm.examples.lab.gpu.GpuDecode [cuda|rehearsal] [tiny|8b]
        Prints sampled tokens per second. rehearsal: on the CPU, in the place of a GPU.
      """;

  private GpuDecode() {}

  /** Measures and prints a row. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, GpuDecode::start);
  }

  private static void start(String[] args) throws IOException {
    GpuSetting setting = GpuSetting.of(args);
    int prompt = setting.tiny() ? 8 : 128;
    int added = setting.tiny() ? 8 : 128;
    boolean gpu = setting.device().isCuda();
    try (Resources r = new Resources()) {
      ElementType base = gpu ? ElementType.BFLOAT16 : ElementType.FLOAT;
      ModelTensors model = RandomModel.of(setting.config(), 16, base, r);
      Generator generator =
          r.add(
              Generator.load(
                  model.layout().computedIn(setting.precision()),
                  new SessionSettings(4, model.all(), setting.device()),
                  new GeneratorLimits(prompt + added, ImmutableIntArray.of(), 64)));
      SplittableRandom random = new SplittableRandom(5);
      List<Prompt> prompts = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        int[] ids = random.ints(prompt, 0, setting.config().vocabularySize()).toArray();
        prompts.add(Prompt.of(ids, i));
      }
      List<Double> rates = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        long before = System.nanoTime();
        long tokens = 0;
        for (GenerationResult g :
            generator.generate(
                prompts, SamplingOptions.ofMaxNewTokens(added), SamplingProgress.NONE)) {
          tokens += g.tokens().size();
        }
        if (i > 0) {
          rates.add(tokens / ((System.nanoTime() - before) / 1e9));
        }
      }
      GpuSetting.row(
          "decoding at batch 64, tokens/s",
          String.format(Locale.ROOT, "%.0f", GpuSetting.median(rates)),
          "3 × transformers",
          true);
    }
  }
}
