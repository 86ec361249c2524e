package org.riselm.examples.lab.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.OnnxPolicyBuilder;
import org.riselm.onnx.Precision;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.Message;

/** A model in this library, with adapters of rank 16. */
final class OwnModel implements ModelWork {
  private static final int RANK = 16;

  private final String bits;
  private final OnnxPolicy policy;

  /**
   * Opens a model.
   *
   * @param bits that what is frozen is quantized to: none, 8 or 4
   */
  OwnModel(Path folder, String bits, int threads) throws IOException {
    this.bits = bits;
    OnnxPolicyBuilder builder = OnnxPolicy.builder(folder).threads(threads).lora(Lora.rank(RANK));
    switch (bits) {
      case "none" -> {}
      case "8" -> builder.quantized(Precision.Bits.EIGHT);
      case "4" -> builder.quantized(Precision.Bits.FOUR);
      default -> throw new IllegalArgumentException("--bits has \"" + bits + "\"; none, 8 or 4");
    }
    this.policy = builder.build();
  }

  @Override
  public String name() {
    return bits;
  }

  @Override
  public Sampled sample(List<Problem> problems, int response) {
    SamplingOptions greedy =
        SamplingOptions.builder().temperature(0).maxNewTokens(response).build();
    List<Query> queries = problems.stream().map(p -> new Query(State.initial(p), 0)).toList();
    double cpu = ProcessUse.cpuSeconds();
    long start = System.nanoTime();
    long tokens = 0;
    for (Completion c : policy.complete(queries, greedy)) {
      tokens += c.response().tokens().size();
    }
    return new Sampled(tokens, (System.nanoTime() - start) / 1e9, ProcessUse.cpuSeconds() - cpu);
  }

  @Override
  public Trained train(List<Problem> problems, int steps) {
    List<Conversation> conversations = new ArrayList<>();
    for (Problem p : problems) {
      List<Message> messages = List.of(Message.user(p.prompt()), Message.assistant(p.reference()));
      conversations.add(new Conversation(p.id(), messages, 1));
    }
    TrainingOptions training =
        TrainingOptions.builder().steps(steps).batchSize(conversations.size()).build();
    List<Double> seconds = new ArrayList<>();
    List<Double> cpuSeconds = new ArrayList<>();
    double[] last = {System.nanoTime() / 1e9, ProcessUse.cpuSeconds()};
    long[] tokens = {0};
    policy.fineTune(
        conversations,
        TrainingRequest.of(training, 2e-4),
        event -> {
          TrainingStep step = event.step();
          if (step != null) {
            double now = System.nanoTime() / 1e9;
            double cpu = ProcessUse.cpuSeconds();
            seconds.add(now - last[0]);
            cpuSeconds.add(cpu - last[1]);
            last[0] = now;
            last[1] = cpu;
            tokens[0] = step.tokens();
          }
        });
    return new Trained(tokens[0], seconds, cpuSeconds);
  }

  @Override
  public void close() {
    policy.close();
  }
}
