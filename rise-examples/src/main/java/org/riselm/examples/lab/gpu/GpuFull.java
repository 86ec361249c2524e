package org.riselm.examples.lab.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.Device;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.OutOfDeviceMemoryException;
import org.riselm.onnx.internal.runtime.DeviceMemory;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/** A device that becomes full in the middle of a run: one error, and the run goes on afterwards. */
final class GpuFull {
  private static final List<String> SPECIALS = List.of("<user>", "<asst>", "<eos>");
  private static final List<String> WORDS = List.of("red", "green", "blue", "try", "again");

  private final Device device;

  GpuFull(GpuSetting setting) {
    this.device = setting.device();
  }

  void check() {
    try {
      Path folder = Files.createTempDirectory("rise-full");
      Path tokenizer = folder.resolve("tokenizer.json");
      TokenizerFiles.wordLevel(WORDS, SPECIALS, tokenizer);
      Path run = folder.resolve("run");
      String said = "no error";
      try {
        iterate(tokenizer, run, true);
      } catch (OutOfDeviceMemoryException e) {
        said = String.valueOf(e.getMessage());
      }
      boolean plain = said.contains("free") && said.contains("moments");
      String line = said.replaceAll("\\s+", " ").replace("|", "/");
      GpuSetting.row("training on a full device", line, "what is free, and the plan", plain);
      int done = iterate(tokenizer, run, false);
      GpuSetting.row("the run afterwards, iterations", Integer.toString(done), "1", done == 1);
    } catch (IOException | RuntimeException e) {
      String line = e.toString().replaceAll("\\s+", " ").replace("|", "/");
      GpuSetting.row("a full device in the middle of a run", line, "no other error", false);
    }
  }

  /** Goes on with the run; the device is full while it trains, if {@code full}. */
  private int iterate(Path tokenizer, Path run, boolean full) throws IOException {
    PromptPieces format =
        PromptPieces.builder("<eos>")
            .beforeUser("<user> ")
            .afterUser(" <asst>")
            .stopTokenKept(false)
            .build();
    ProblemSet problems =
        new ProblemSet("one", List.of(Problem.of("1", "green", "red")), new Gsm8kVerifier());
    OnnxOptions options =
        OnnxOptions.builder().threads(2).device(device).memoryLimit(Long.MAX_VALUE).build();
    Shortage shortage = new Shortage(device);
    RiseListener filling =
        new RiseListener() {
          @Override
          public void phaseStarted(PhaseStarted event) {
            if (full && event.phase() == Phase.TRAIN) {
              shortage.begin();
            }
          }
        };
    try (OnnxPolicy policy = OnnxPolicy.create(GpuSetting.small(), tokenizer, format, 1, options);
        RiseTrainer trainer =
            RiseTrainer.builder(policy, problems)
                .relabeler(Relabelers.reference())
                .feedback(Feedback.neutral("try again"))
                .sampling(SamplingOptions.ofMaxNewTokens(4))
                .training(TrainingOptions.builder().steps(2).batchSize(2).build())
                .listener(filling)
                .runDirectory(run)
                .build()) {
      trainer.iterate();
      return trainer.iterations();
    } finally {
      shortage.end();
    }
  }

  /** Takes what a device has left. */
  private static final class Shortage {
    private static final String LIMIT = "rise.rehearsal.bytes";

    private final Device device;
    private Tensor taken = Tensor.zeros(ElementType.UINT8, 1);

    Shortage(Device device) {
      this.device = device;
    }

    void begin() {
      if (!device.isCuda()) {
        System.setProperty(LIMIT, "300000");
      } else {
        // What the sampler held is given back after this, and is too little for anything.
        taken =
            Tensor.zeros(
                device, ElementType.UINT8, DeviceMemory.of(device).free().free() - (1 << 20));
      }
    }

    void end() {
      System.clearProperty(LIMIT);
      taken.close();
    }
  }
}
