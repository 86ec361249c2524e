package org.riselm.onnx.internal.generate;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.DecoderConfig;

/** The cached, batched sampler and the graph that learns see the same model. */
class SamplerAgainstTrainerTest {
  private static final int VOCABULARY = 40;
  private static final int CONTEXT = 48;

  @ParameterizedTest(name = "{0} key-value heads, temperature {1}, top-p {2}")
  @CsvSource({"4, 1, 1", "2, 1, 1", "1, 1.4, 1", "2, 0.7, 0.9"})
  void logProbabilitiesAreThoseOfTheScoringGraph(int kvHeads, double temperature, double topP) {
    compare(
        TestDecoder.of(VOCABULARY, CONTEXT, kvHeads),
        SamplingOptions.builder().temperature(temperature).topP(topP).maxNewTokens(20).build());
  }

  // What comes from one product, with biases on all three, on one of them, and heads that do not.
  @ParameterizedTest(name = "biases {0}, heads of {1}")
  @CsvSource({"QUERY KEY VALUE, 16", "VALUE, 16", "QUERY, 16", "QUERY KEY VALUE, 20"})
  void biasesAreThoseOfTheScoringGraph(String biases, int headSize) {
    DecoderConfig.Builder config =
        TestDecoder.config(VOCABULARY, CONTEXT, 2)
            .headSize(headSize)
            .biases(Stream.of(biases.split(" ", -1)).map(Bias::valueOf).collect(toSet()));
    compare(new TestDecoder(config.build()), SamplingOptions.ofMaxNewTokens(20));
  }

  private static void compare(TestDecoder opened, SamplingOptions sampling) {
    Random random = new Random(21);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      int[] ids = random.ints(1 + random.nextInt(25), 0, VOCABULARY).toArray();
      prompts.add(Prompt.of(ids, i));
    }
    try (TestDecoder decoder = opened;
        Generator generator = decoder.generator(1, 4, 3, 17)) {
      List<GenerationResult> answers =
          generator.generate(
              prompts, sampling.toBuilder().logProbabilities(true).build(), SamplingProgress.NONE);
      List<Double> scored = score(decoder, prompts, answers);
      int next = 0;
      for (int i = 0; i < answers.size(); i++) {
        ImmutableDoubleArray sampled = answers.get(i).logProbabilities();
        for (int t = 0; t < sampled.length(); t++) {
          assertEquals(scored.get(next++), sampled.get(t), 1e-4, "answer " + i + ", token " + t);
        }
      }
      assertEquals(scored.size(), next);
    }
  }

  // log p of every answer token, answer by answer, in one pass over whole sequences.
  private static List<Double> score(
      TestDecoder decoder, List<Prompt> prompts, List<GenerationResult> answers) {
    int batch = prompts.size();
    long[] ids = new long[batch * CONTEXT];
    List<Long> positions = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      ImmutableIntArray prompt = prompts.get(i).ids();
      ImmutableIntArray answer = ImmutableIntArray.copyOf(answers.get(i).tokens().toArray());
      for (int t = 0; t < prompt.length() + answer.length(); t++) {
        boolean given = t < prompt.length();
        ids[i * CONTEXT + t] = given ? prompt.get(t) : answer.get(t - prompt.length());
        if (!given) {
          positions.add(i * (long) CONTEXT + t - 1);
          targets.add(ids[i * CONTEXT + t]);
        }
      }
    }
    Graph scoring = DecoderGraphs.scoring(ParameterLayout.full(decoder.config)).graph();
    float[] weights = new float[targets.size()];
    try (Resources open = new Resources()) {
      Tensor losses = open.add(Tensor.zeros(ElementType.FLOAT, targets.size()));
      OnnxSession session =
          open.add(OnnxSession.load(scoring.toModel(), SessionSettings.ofThreads(1)));
      Binding binding = open.add(session.bind());
      binding
          .input("input_ids", open.add(Tensor.of(ids, batch, CONTEXT)))
          .input("target_positions", open.add(longs(positions)))
          .input("target_ids", open.add(longs(targets)))
          .input("target_weights", open.add(Tensor.of(weights, weights.length)))
          .output("loss", open.add(Tensor.scalar(0)))
          .output("token_losses", losses);
      for (Parameter p : decoder.weights.parameters()) {
        binding.input(p.name(), decoder.weights.tensor(p.name()));
      }
      binding.run();
      List<Double> result = new ArrayList<>();
      for (float loss : losses.toFloats()) {
        result.add(-(double) loss);
      }
      return result;
    }
  }

  private static Tensor longs(List<Long> values) {
    long[] array = values.stream().mapToLong(Long::longValue).toArray();
    return Tensor.of(array, array.length);
  }
}
