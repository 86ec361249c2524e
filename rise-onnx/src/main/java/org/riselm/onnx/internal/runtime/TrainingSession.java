package org.riselm.onnx.internal.runtime;

import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_API_VERSION;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.onnxruntime.OrtAllocator;
import org.bytedeco.onnxruntime.OrtCheckpointState;
import org.bytedeco.onnxruntime.OrtRunOptions;
import org.bytedeco.onnxruntime.OrtSessionOptions;
import org.bytedeco.onnxruntime.OrtStatus;
import org.bytedeco.onnxruntime.OrtTrainingApi;
import org.bytedeco.onnxruntime.OrtTrainingSession;
import org.bytedeco.onnxruntime.OrtValue;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.internal.util.Resources;

/**
 * ONNX Runtime's own training session: a checkpoint, and three graphs that share its parameters.
 * The session holds the parameters, their gradients and the optimizer's state; graphs are told
 * apart from data by the names of their inputs. Not thread-safe.
 */
public final class TrainingSession implements AutoCloseable {
  private final Resources resources = new Resources();
  private final OrtCheckpointState state;
  private final OrtTrainingSession session;
  private final Ports training;
  private final Ports evaluation;
  private final TerminableRun steps = new TerminableRun();
  private boolean closed;

  /** The names of what a step takes and gives, in order: neither parameters nor gradients. */
  private record Ports(List<String> inputs, List<String> outputs) {}

  private TrainingSession(
      Path checkpoint, byte[] training, byte[] evaluation, byte[] optimizer, int threads) {
    OrtTrainingApi api = Api.get();
    NativeMemory.opened(0);
    resources.add(() -> NativeMemory.closed(0));
    try {
      try (Pointer path = Ort.path(checkpoint)) {
        state =
            Ort.out(
                "load the checkpoint " + checkpoint,
                p -> api.LoadCheckpoint(path, p),
                OrtCheckpointState::new);
      }
      resources.add(() -> api.ReleaseCheckpointState(state));
      // ONNX Runtime keeps no copy of the evaluation graph, and reads it again to export it.
      BytePointer evaluationBytes = resources.add(new BytePointer(evaluation));
      OrtSessionOptions options = OnnxSession.options(SessionSettings.ofThreads(threads));
      try (BytePointer trainingBytes = new BytePointer(training);
          BytePointer optimizerBytes = new BytePointer(optimizer)) {
        session =
            Ort.out(
                "make a training session",
                p ->
                    api.CreateTrainingSessionFromBuffer(
                        Ort.ENV,
                        options,
                        state,
                        trainingBytes,
                        training.length,
                        evaluationBytes,
                        evaluation.length,
                        optimizerBytes,
                        optimizer.length,
                        p),
                OrtTrainingSession::new);
      } finally {
        Ort.API.ReleaseSessionOptions(options);
      }
      resources.add(() -> api.ReleaseTrainingSession(session));
      resources.add(steps);
      this.training =
          new Ports(
              names(
                  api::TrainingSessionGetTrainingModelInputCount,
                  api::TrainingSessionGetTrainingModelInputName),
              names(
                  api::TrainingSessionGetTrainingModelOutputCount,
                  api::TrainingSessionGetTrainingModelOutputName));
      this.evaluation =
          new Ports(
              names(
                  api::TrainingSessionGetEvalModelInputCount,
                  api::TrainingSessionGetEvalModelInputName),
              names(
                  api::TrainingSessionGetEvalModelOutputCount,
                  api::TrainingSessionGetEvalModelOutputName));
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * Loads a checkpoint and the three graphs that go with it, each a serialized ONNX {@code
   * ModelProto}.
   *
   * @param checkpoint read once; the file is not needed after this call
   * @param threads that a step uses, the calling one included; at least 1
   * @throws OnnxRuntimeException if ONNX Runtime refuses one of them, or has no training
   */
  public static TrainingSession load(
      Path checkpoint, byte[] training, byte[] evaluation, byte[] optimizer, int threads) {
    return new TrainingSession(checkpoint, training, evaluation, optimizer, threads);
  }

  /** What a training step takes, in order. */
  public List<String> trainingInputs() {
    return training.inputs();
  }

  /** What a training step gives, in order. */
  public List<String> trainingOutputs() {
    return training.outputs();
  }

  /** What an evaluation step takes, in order. */
  public List<String> evaluationInputs() {
    return evaluation.inputs();
  }

  /** What an evaluation step gives, in order. */
  public List<String> evaluationOutputs() {
    return evaluation.outputs();
  }

  /**
   * Runs the training graph, forward and backward, and adds its gradients to those held.
   *
   * @param inputs as {@link #trainingInputs()}
   * @param outputs as {@link #trainingOutputs()}; written in place, so their shapes must be right
   */
  public void trainStep(List<Tensor> inputs, List<Tensor> outputs) {
    step("run a training step", Api.get()::TrainStep, training, inputs, outputs);
  }

  /**
   * Runs the evaluation graph on the parameters as they are.
   *
   * @param inputs as {@link #evaluationInputs()}
   * @param outputs as {@link #evaluationOutputs()}; written in place, so their shapes must be right
   */
  public void evalStep(List<Tensor> inputs, List<Tensor> outputs) {
    step("run an evaluation step", Api.get()::EvalStep, evaluation, inputs, outputs);
  }

  /**
   * Runs the training graph as {@link #trainStep(List, List)} does, whatever the shapes of its
   * outputs.
   *
   * @param output a place in {@link #trainingOutputs()}; of floats
   * @return a copy of that output
   */
  public float[] trainStep(List<Tensor> inputs, int output) {
    return step("run a training step", Api.get()::TrainStep, training, inputs, output);
  }

  /**
   * Runs the evaluation graph as {@link #evalStep(List, List)} does, whatever the shapes of its
   * outputs.
   *
   * @param output a place in {@link #evaluationOutputs()}; of floats
   * @return a copy of that output
   */
  public float[] evalStep(List<Tensor> inputs, int output) {
    return step("run an evaluation step", Api.get()::EvalStep, evaluation, inputs, output);
  }

  /** Has the next training step overwrite the gradients instead of adding to them. */
  public void resetGradients() {
    Ort.check("reset the gradients", Api.get().LazyResetGrad(session()));
  }

  /**
   * Updates the parameters from the gradients held, which stay as they are.
   *
   * @param learningRate of this update. It is asked for each time because no checkpoint keeps it
   */
  public void optimizerStep(float learningRate) {
    Ort.check("set the learning rate", Api.get().SetLearningRate(session(), learningRate));
    Ort.check("run an optimizer step", Api.get().OptimizerStep(session(), (OrtRunOptions) null));
  }

  /** The learning rate of the last update; 0.001 before the first. */
  public float learningRate() {
    try (FloatPointer rate = new FloatPointer(1)) {
      Ort.check("get the learning rate", Api.get().GetLearningRate(session(), rate));
      return rate.get();
    }
  }

  /** The number of numbers in the trainable parameters, or in all. */
  public long parameterElements(boolean trainableOnly) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      Ort.check(
          "count the parameters", Api.get().GetParametersSize(session(), size, trainableOnly));
      return size.get();
    }
  }

  /**
   * Copies the parameters out, one after the other in the order of the training graph's inputs.
   *
   * @param flat floats, as many as {@link #parameterElements}, in one dimension
   */
  public void copyParametersTo(Tensor flat, boolean trainableOnly) {
    Ort.check(
        "copy the parameters out",
        Api.get().CopyParametersToBuffer(session(), flat.value(), trainableOnly));
  }

  /**
   * Copies the parameters in, one after the other in the order of the training graph's inputs.
   *
   * @param flat floats, as many as {@link #parameterElements}, in one dimension
   */
  public void copyParametersFrom(Tensor flat, boolean trainableOnly) {
    Ort.check(
        "copy the parameters in",
        Api.get().CopyBufferToParameters(session(), flat.value(), trainableOnly));
  }

  /**
   * Writes the parameters and, if asked, the optimizer's state to {@code file}. A write that is cut
   * off leaves a part of a file, so this should be a new path, renamed when done. A checkpoint that
   * was loaded with a second file is also written with one, {@code file} with {@code .data} behind.
   */
  public void save(Path file, boolean withOptimizer) {
    requireOpen();
    try (Pointer path = Ort.path(file)) {
      Ort.check(
          "save the checkpoint " + file, Api.get().SaveCheckpoint(state, path, withOptimizer));
    }
  }

  /**
   * Writes the evaluation graph, cut down to what {@code outputs} need, with the parameters in it.
   */
  public void export(Path file, List<String> outputs) {
    try (Pointer path = Ort.path(file);
        PointerPointer<BytePointer> names = new PointerPointer<>(outputs.toArray(String[]::new))) {
      Ort.check(
          "export the graph " + file,
          Api.get().ExportModelForInferencing(session(), path, outputs.size(), names));
    }
  }

  @Override
  public void close() {
    closed = true;
    resources.close();
  }

  private OrtTrainingSession session() {
    requireOpen();
    return session;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the training session is closed");
    }
  }

  private interface Step {
    OrtStatus run(
        OrtTrainingSession session,
        OrtRunOptions options,
        long inputCount,
        PointerPointer<?> inputs,
        long outputCount,
        PointerPointer<?> outputs);
  }

  private void step(
      String doing, Step step, Ports ports, List<Tensor> inputs, List<Tensor> outputs) {
    OrtTrainingSession open = session();
    try (PointerPointer<OrtValue> in = values(doing, "inputs", ports.inputs(), inputs);
        PointerPointer<OrtValue> out = values(doing, "outputs", ports.outputs(), outputs)) {
      steps.run(
          options ->
              Ort.check(doing, step.run(open, options, inputs.size(), in, outputs.size(), out)));
    }
  }

  private float[] step(String doing, Step step, Ports ports, List<Tensor> inputs, int output) {
    OrtTrainingSession open = session();
    int count = ports.outputs().size();
    try (PointerPointer<OrtValue> in = values(doing, "inputs", ports.inputs(), inputs);
        PointerPointer<OrtValue> out = new PointerPointer<>(count)) {
      for (int i = 0; i < count; i++) {
        out.put(i, (Pointer) null);
      }
      // What is left open here, the session allocates.
      steps.run(
          options -> Ort.check(doing, step.run(open, options, inputs.size(), in, count, out)));
      try {
        return Ort.floats(new OrtValue(out.get(output)));
      } finally {
        for (int i = 0; i < count; i++) {
          Ort.API.ReleaseValue(new OrtValue(out.get(i)));
        }
      }
    }
  }

  private static PointerPointer<OrtValue> values(
      String doing, String what, List<String> names, List<Tensor> tensors) {
    if (tensors.size() != names.size()) {
      throw new IllegalArgumentException(
          "could not %s: found %d %s, expected %d: %s"
              .formatted(doing, tensors.size(), what, names.size(), names));
    }
    PointerPointer<OrtValue> pointers = new PointerPointer<>(Math.max(1, tensors.size()));
    for (int i = 0; i < tensors.size(); i++) {
      pointers.put(i, tensors.get(i).value());
    }
    return pointers;
  }

  private interface Count {
    OrtStatus get(OrtTrainingSession session, SizeTPointer count);
  }

  private interface Name {
    OrtStatus get(
        OrtTrainingSession session, long index, OrtAllocator allocator, PointerPointer<?> name);
  }

  private List<String> names(Count count, Name name) {
    OrtAllocator allocator =
        Ort.out("get an allocator", Ort.API::GetAllocatorWithDefaultOptions, OrtAllocator::new);
    List<String> names = new ArrayList<>();
    try (SizeTPointer size = new SizeTPointer(1)) {
      Ort.check("count a graph's ports", count.get(session, size));
      for (long i = 0; i < size.get(); i++) {
        long index = i;
        BytePointer text =
            Ort.out(
                "name a graph's port",
                p -> name.get(session, index, allocator, p),
                BytePointer::new);
        names.add(text.getString(StandardCharsets.UTF_8));
        Ort.check("free a name", Ort.API.AllocatorFree(allocator, text));
      }
    }
    return List.copyOf(names);
  }

  /** The training part of the C API, looked up when it is first wanted. */
  private static final class Api {
    private static final @Nullable OrtTrainingApi API =
        Ort.API.GetTrainingApi().call(ORT_API_VERSION);

    private Api() {}

    static OrtTrainingApi get() {
      if (API == null || API.isNull()) {
        throw new OnnxRuntimeException(
            "could not train: this build of ONNX Runtime, API version "
                + ORT_API_VERSION
                + ", has no training; org.bytedeco:onnxruntime has");
      }
      return API;
    }
  }
}
