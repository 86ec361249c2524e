package org.riselm.examples.lab.gpu;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.generate.GenerationResult;
import org.riselm.onnx.internal.generate.Generator;
import org.riselm.onnx.internal.generate.GeneratorLimits;
import org.riselm.onnx.internal.generate.Prompt;
import org.riselm.onnx.internal.generate.SamplingProgress;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.TransferCounter;
import org.riselm.onnx.internal.train.BatchPlanner;
import org.riselm.onnx.internal.train.EncodedExample;
import org.riselm.onnx.internal.train.Scorer;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Whether a device samples what its probabilities say, and what they should be. */
final class GpuSampling {
  private static final int DRAWS = 4096;
  private static final int[] PROMPT = {1, 2, 3, 4, 5};

  private final Device device;
  private final ElementType precision;
  private final DecoderConfig config = GpuSetting.small();

  GpuSampling(GpuSetting setting) {
    this.device = setting.device();
    this.precision = setting.precision();
  }

  static Generator generator(
      Device device, ElementType precision, ModelTensors model, Resources owner) {
    int context = model.layout().config().contextLength();
    return owner.add(
        Generator.load(
            model.layout().computedIn(precision),
            new SessionSettings(2, model.all(), device),
            new GeneratorLimits(context, ImmutableIntArray.of(), 64)));
  }

  void check() {
    try (Resources r = new Resources()) {
      boolean gpu = device.isCuda();
      ElementType base = gpu ? ElementType.BFLOAT16 : ElementType.FLOAT;
      ModelTensors model = RandomModel.of(config, 8, base, r);
      Generator generator = generator(device, precision, model, r);
      repeated(generator);
      frequencies(generator);
      truncated(generator);
      bytes(generator);
      againstScorers(generator, model, r);
    }
  }

  private static List<GenerationResult> draw(
      Generator generator, SamplingOptions sampling, int answers) {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < answers; i++) {
      prompts.add(Prompt.of(PROMPT, Seeds.derive(17, i)));
    }
    return generator.generate(
        prompts, sampling.toBuilder().logProbabilities(true).build(), SamplingProgress.NONE);
  }

  private static void repeated(Generator generator) {
    List<GenerationResult> first = draw(generator, SamplingOptions.ofMaxNewTokens(20), 64);
    boolean same = first.equals(draw(generator, SamplingOptions.ofMaxNewTokens(20), 64));
    GpuSetting.row("64 answers, sampled twice", same ? "the same" : "differ", "the same", same);
  }

  /** First tokens against the probabilities that come with them. */
  private static void frequencies(Generator generator) {
    Map<Integer, Integer> counts = new HashMap<>();
    Map<Integer, Double> shares = new HashMap<>();
    for (GenerationResult g : draw(generator, SamplingOptions.ofMaxNewTokens(1), DRAWS)) {
      counts.merge(g.tokens().toArray()[0], 1, Integer::sum);
      shares.put(g.tokens().toArray()[0], Math.exp(g.logProbabilities().get(0)));
    }
    double chiSquare = 0;
    int classes = 1;
    double rest = 1;
    int others = DRAWS;
    for (Map.Entry<Integer, Integer> e : counts.entrySet()) {
      double expected = DRAWS * shares.getOrDefault(e.getKey(), 0.0);
      if (expected >= 5) {
        chiSquare += Math.pow(e.getValue() - expected, 2) / expected;
        classes++;
        rest -= expected / DRAWS;
        others -= e.getValue();
      }
    }
    chiSquare += rest * DRAWS < 1 ? 0 : Math.pow(others - rest * DRAWS, 2) / (rest * DRAWS);
    // χ² of n − 1 degrees of freedom is beyond n + 4√(2n) once in tens of thousands.
    double most = classes + 4 * Math.sqrt(2.0 * classes);
    GpuSetting.row(
        "χ² of %d first tokens in %d classes".formatted(DRAWS, classes),
        GpuSetting.number(chiSquare),
        "≤ " + GpuSetting.number(most),
        chiSquare <= most);
  }

  private static void truncated(Generator generator) {
    long of5 =
        distinct(draw(generator, SamplingOptions.builder().topK(5).maxNewTokens(1).build(), 512))
            .size();
    GpuSetting.row(
        "different tokens with top-k 5", Long.toString(of5), "2 to 5", of5 > 1 && of5 < 6);
    long greedy = distinct(draw(generator, SamplingOptions.greedy(1), 512)).size();
    GpuSetting.row("different tokens with greedy", Long.toString(greedy), "1", greedy == 1);
    Map<Integer, Double> half =
        distinct(
            draw(generator, SamplingOptions.builder().topP(0.5).maxNewTokens(1).build(), 2048));
    double mass = half.values().stream().mapToDouble(Double::doubleValue).sum();
    double least = half.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
    GpuSetting.row(
        "mass of the tokens drawn with top-p 0.5, without the least",
        GpuSetting.number(mass - least),
        "< 0.5",
        mass - least < 0.5);
  }

  private static Map<Integer, Double> distinct(List<GenerationResult> answers) {
    Map<Integer, Double> tokens = new HashMap<>();
    answers.forEach(
        g -> tokens.put(g.tokens().toArray()[0], Math.exp(g.logProbabilities().get(0))));
    return tokens;
  }

  private static void bytes(Generator generator) {
    long before = TransferCounter.toDevices() + TransferCounter.fromDevices();
    draw(generator, SamplingOptions.ofMaxNewTokens(21), 64);
    long first = TransferCounter.toDevices() + TransferCounter.fromDevices();
    draw(generator, SamplingOptions.ofMaxNewTokens(1), 64);
    long second = TransferCounter.toDevices() + TransferCounter.fromDevices();
    // Both calls run the prompt; 20 steps of 64 rows are between them.
    double perToken = ((first - before) - (second - first)) / (20.0 * 64);
    GpuSetting.row(
        "bytes across the bus for a sampled token",
        GpuSetting.number(perToken),
        "52 and 4 for each step",
        perToken <= 52 + 4 / 64.0);
  }

  /** The same tokens' log-probabilities by the sampler, the device's scorer and the CPU's. */
  private void againstScorers(Generator generator, ModelTensors model, Resources r) {
    List<EncodedExample> examples = new ArrayList<>();
    List<GenerationResult> answers = draw(generator, SamplingOptions.ofMaxNewTokens(40), 4);
    answers.forEach(g -> examples.add(EncodedExample.of(PROMPT, g.tokens().toArray(), 1)));
    float[] here =
        r.add(new Scorer(RandomModel.of(config, 8, ElementType.FLOAT, r), 2))
            .tokenLosses(BatchPlanner.pack(examples, 1));
    float[] there =
        r.add(new Scorer(model.on(device, precision, r), 2))
            .tokenLosses(BatchPlanner.pack(examples, 1));
    double[] sampled = new double[here.length];
    int next = 0;
    for (GenerationResult g : answers) {
      for (double p : g.logProbabilities().toArray()) {
        sampled[next++] = -p;
      }
    }
    double tolerance = precision == ElementType.FLOAT ? 1e-3 : 0.15;
    row("sampler against the device's scorer", sampled, there, tolerance);
    row("sampler against the CPU's scorer in fp32", sampled, here, tolerance);
  }

  private void row(String what, double[] a, float[] b, double tolerance) {
    double worst = 0;
    for (int i = 0; i < b.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
    GpuSetting.row(
        "log-probability of a token in %s, %s, worst of %d".formatted(precision, what, b.length),
        GpuSetting.number(worst),
        "≤ " + tolerance,
        worst <= tolerance);
  }
}
