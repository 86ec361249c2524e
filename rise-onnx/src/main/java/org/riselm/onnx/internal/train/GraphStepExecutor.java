package org.riselm.onnx.internal.train;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Workers;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsFile;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsWriter;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * Steps by plain sessions: gradients are outputs, and weights, gradients and moments are blocks of
 * memory that we own and bind. The weights it was given are updated in place, and where they are,
 * in a device's memory for example, is where everything is and runs.
 */
public final class GraphStepExecutor implements StepExecutor {
  private static final String STATE = "training.safetensors";
  private static final String COUNTS = "counts.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Resources resources;
  private final ModelTensors model;
  private final ParameterBlock weights;
  private final ParameterBlock home;
  private final int threads;
  private final long seed;
  private final ParameterBlock gradients;
  private final ParameterBlock first;
  private final ParameterBlock second;
  private final ParameterUpdate update;
  private GradientEngine sessions;
  private @Nullable Scorer scorer;
  private @Nullable WorkerGradients elsewhere;
  private int accumulated;
  private long updates;
  private long runs;

  /**
   * Prepares to train with seed 0; see {@link #GraphStepExecutor(ModelTensors, AdamW, int, long)}.
   */
  public GraphStepExecutor(ModelTensors model, AdamW optimizer, int threads) {
    this(model, optimizer, threads, 0);
  }

  /**
   * Prepares to train.
   *
   * @param model whose trained numbers change in place; it stays the caller's
   * @param optimizer how gradients are applied
   * @param threads that ONNX Runtime may use
   * @param seed of what adapters drop out
   */
  public GraphStepExecutor(ModelTensors model, AdamW optimizer, int threads, long seed) {
    this(model, model.trained(), optimizer, threads, seed, new Resources());
  }

  private GraphStepExecutor(
      ModelTensors model,
      ParameterBlock home,
      AdamW optimizer,
      int threads,
      long seed,
      Resources resources) {
    this.resources = resources;
    this.home = home;
    this.seed = seed;
    this.model = model;
    this.weights = model.trained();
    this.threads = threads;
    try {
      this.gradients =
          resources.add(ParameterBlock.zeros(weights.parameters(), model.device(), FLOAT));
      this.first = resources.add(ParameterBlock.zeros(weights.parameters(), model.device(), FLOAT));
      this.second =
          resources.add(ParameterBlock.zeros(weights.parameters(), model.device(), FLOAT));
      ParameterUpdate.Blocks blocks = new ParameterUpdate.Blocks(weights, gradients, first, second);
      this.update = resources.add(ParameterUpdate.of(blocks, optimizer, threads));
      this.sessions = sessions(seed);
      resources.add(() -> sessions.close());
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * Prepares to train a copy of {@code model} on a device, which this owns.
   *
   * @param precision that is computed in
   * @param model whose trained numbers {@link #writeBack} changes; it stays the caller's
   * @param seed of what adapters drop out
   */
  public static GraphStepExecutor on(
      Device device,
      ElementType precision,
      ModelTensors model,
      AdamW optimizer,
      int threads,
      long seed) {
    Resources resources = new Resources();
    try {
      ModelTensors copy = model.on(device, precision, resources);
      return new GraphStepExecutor(copy, model.trained(), optimizer, threads, seed, resources);
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /** Has gradients computed by {@code workers} from now on. */
  public void computeGradientsBy(Workers workers) {
    elsewhere = resources.add(new WorkerGradients(workers, weights, gradients, threads));
  }

  @Override
  public int shares() {
    return elsewhere == null ? 1 : elsewhere.shares();
  }

  private GradientEngine sessions(long from) {
    LayeredGraph graph = TrainingGraph.layered(model.layout(), from);
    return new GradientEngine(graph, model, gradients, threads);
  }

  /** Where every node of a step's graph runs; known on a GPU only. */
  public List<Placement> placements() {
    return sessions.placements();
  }

  @Override
  public double accumulate(MicroBatch batch) {
    return accumulate(List.of(batch), batch.paddedTokens());
  }

  @Override
  public double accumulate(List<MicroBatch> batches, int atOnce) {
    int before = accumulated;
    accumulated = 0; // Where one fails, what is there is nobody's sum.
    double loss =
        elsewhere == null
            ? sessions.accumulate(batches, atOnce, before == 0)
            : elsewhere.accumulate(batches, before == 0);
    accumulated = before + batches.size();
    runs += batches.size();
    return loss;
  }

  @Override
  public int microBatchTokens(int atOnce) {
    return sessions.plan(atOnce).tokens();
  }

  @Override
  public double step(double learningRate) {
    if (accumulated == 0) {
      throw new IllegalStateException("no gradients were accumulated since the last step");
    }
    double norm = update.gradientNorm();
    discard();
    if (!Double.isFinite(norm)) {
      return Double.POSITIVE_INFINITY;
    }
    updates++;
    update.apply(updates, learningRate, norm);
    return norm;
  }

  @Override
  public float[] tokenLosses(MicroBatch batch) {
    if (scorer == null) {
      scorer = resources.add(new Scorer(model, threads));
    }
    return scorer.tokenLosses(batch);
  }

  /** The gradients accumulated since the last step, by parameter; views that this owns. */
  ParameterBlock gradients() {
    return gradients;
  }

  @Override
  public void discard() {
    accumulated = 0;
  }

  @Override
  public void save(Path folder) throws IOException {
    AtomicFiles.writeFolder(
        folder,
        work -> {
          try (Resources copies = new Resources()) {
            List<TensorSource> numbers = new ArrayList<>();
            state().forEach((name, t) -> numbers.add(TensorSource.of(name, onHost(t, copies))));
            SafetensorsWriter.write(work.resolve(STATE), Dtype.F32, numbers);
          }
          ObjectNode counts = JSON.createObjectNode().put("updates", updates).put("runs", runs);
          Files.writeString(work.resolve(COUNTS), counts.toString());
        });
  }

  @Override
  public void restore(Path folder) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(STATE))) {
      for (Map.Entry<String, Tensor> t : state().entrySet()) {
        try (Tensor host = Tensor.zeros(t.getValue().type(), t.getValue().shape())) {
          file.copy(t.getKey(), host);
          t.getValue().copyFrom(host);
        }
      }
    }
    JsonNode counts = JSON.readTree(InputFiles.text(folder.resolve(COUNTS)));
    updates = counts.path("updates").asLong();
    runs = counts.path("runs").asLong();
    // A session does not tell where its random draws are; one that begins there is another.
    sessions.close();
    sessions = sessions(seed + runs);
    discard();
  }

  private static Tensor onHost(Tensor tensor, Resources copies) {
    return tensor.device().hasOwnMemory() ? copies.add(tensor.toHost()) : tensor;
  }

  private Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (Parameter p : weights.parameters()) {
      state.put(p.name(), weights.tensor(p.name()));
      state.put(p.name() + ".first_moment", first.tensor(p.name()));
      state.put(p.name() + ".second_moment", second.tensor(p.name()));
    }
    return state;
  }

  @Override
  public void writeBack() {
    if (home != weights) {
      home.block().copyFrom(weights.block());
    }
  }

  @Override
  public void close() {
    resources.close();
    NativeMemory.giveBack();
  }
}
