package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Path;
import org.riselm.core.RiseTrainer;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Gsm8k;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;

/** The README's code, so that it compiles. {@link ReadmeTest} holds the two together. */
final class ReadmeUsage {
  private ReadmeUsage() {}

  static void train() throws IOException {
    // README begins
    try (OnnxPolicy policy =
        OnnxPolicy.builder(Path.of("models/mine")).lora(Lora.rank(16)).build()) {
      RiseTrainer trainer =
          RiseTrainer.builder(policy, Gsm8k.load(Path.of("gsm8k/train.jsonl")))
              .relabeler(Relabelers.bestOf(16))
              .evaluateOn(Gsm8k.load(Path.of("gsm8k/test.jsonl")))
              .build();
      for (int i = 0; i < 3; i++) {
        System.out.println(trainer.iterate());
      }
      policy.export(Path.of("models/mine-revised"));
    }
    // README ends
  }
}
