package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.OrderedRun;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.runtime.TerminableRun;
import org.riselm.onnx.internal.runtime.TransferCounter;
import org.riselm.onnx.internal.util.Resources;

/**
 * A layered graph, loaded. On a CPU several threads may run it at a time, each with {@link
 * Activations} of its own.
 */
final class LayeredSession implements AutoCloseable {
  private final Resources resources = new Resources();
  private final LayeredGraph graph;
  private final Device device;
  private final List<OnnxSession> sessions = new ArrayList<>();
  private final List<OrderedRun> parts = new ArrayList<>();
  private final Map<String, Tensor> constants = new HashMap<>();

  /** Loads every part. */
  LayeredSession(LayeredGraph graph, int threads, Device device) {
    this.graph = graph;
    this.device = device;
    try {
      graph.constants().forEach((name, c) -> constants.put(name, resources.add(tensor(c, device))));
      SessionSettings settings = SessionSettings.ofThreads(threads).on(device);
      List<byte[]> models = graph.parts().stream().map(Graph::toModel).toList();
      sessions.addAll(OnnxSession.loadTogether(models, settings, resources));
      sessions.forEach(session -> parts.add(resources.add(new OrderedRun(session))));
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private static Tensor tensor(LayeredGraph.Constant constant, Device device) {
    ElementType type = constant.value().type();
    long[] shape = constant.value().shape().sizes();
    Tensor host = Tensor.zeros(type, shape);
    host.bytes().put(constant.bytes().duplicate());
    if (!device.hasOwnMemory()) {
      return host;
    }
    try (host) {
      Tensor copy = Tensor.zeros(device, type, shape);
      copy.copyFrom(host);
      return copy;
    }
  }

  /**
   * Runs every call.
   *
   * @param model the parameters
   * @param outputs what the whole graph's outputs are written to, by name
   * @param activations room for what goes from one part to another
   */
  void run(
      MicroBatch batch, ModelTensors model, Map<String, Tensor> outputs, Activations activations) {
    Map<String, Tensor> given = new HashMap<>(model.all());
    given.putAll(outputs);
    try (Resources run = new Resources()) {
      List<Tensor> inputs = batch.toTensors();
      for (int i = 0; i < inputs.size(); i++) {
        given.put(DecoderGraphs.USER_INPUTS.get(i), run.add(inputs.get(i)));
      }
      run(given, activations, batch.sizes());
      if (model.device().hasOwnMemory()) {
        inputs.forEach(t -> TransferCounter.in(t.elements() * t.type().bytes()));
        outputs.values().stream()
            .filter(t -> !t.device().hasOwnMemory())
            .forEach(t -> TransferCounter.out(t.elements() * t.type().bytes()));
      }
    }
  }

  private void run(Map<String, Tensor> given, Activations activations, Map<String, Long> sizes) {
    boolean isOther = activations.prepare(graph, sizes);
    // A device's arena would keep what the last shape needed beside what this one does.
    try (TerminableRun options = isOther ? new TerminableRun(device) : new TerminableRun()) {
      for (LayeredGraph.Call call : graph.calls()) {
        List<Tensor> inputs = tensors(call.inputs(), given, activations);
        List<Tensor> outputs = tensors(call.outputs(), given, activations);
        parts.get(call.part()).run(inputs, outputs, options);
      }
    }
  }

  private List<Tensor> tensors(
      List<Value> values, Map<String, Tensor> given, Activations activations) {
    List<Tensor> tensors = new ArrayList<>(values.size());
    for (Value v : values) {
      String name = graph.aliases().getOrDefault(v.name(), v.name());
      Tensor t = given.get(name);
      t = t == null ? constants.get(name) : t;
      tensors.add(t == null ? activations.tensor(name) : t);
    }
    return tensors;
  }

  /** Where every node of the parts runs; known on a GPU only. */
  List<Placement> placements() {
    return sessions.stream().flatMap(s -> s.placements().stream()).toList();
  }

  @Override
  public void close() {
    resources.close();
  }
}
