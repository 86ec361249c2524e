package org.riselm.onnx.internal.artifact;

import static org.riselm.onnx.internal.artifact.TrainingNames.ACCUMULATED;
import static org.riselm.onnx.internal.artifact.TrainingNames.ACCUMULATOR;
import static org.riselm.onnx.internal.artifact.TrainingNames.ADAM_W;
import static org.riselm.onnx.internal.artifact.TrainingNames.BUFFER;
import static org.riselm.onnx.internal.artifact.TrainingNames.DOMAIN;
import static org.riselm.onnx.internal.artifact.TrainingNames.OPTIMIZER_INPUTS;
import static org.riselm.onnx.internal.artifact.TrainingNames.PARAMETERS;
import static org.riselm.onnx.internal.artifact.TrainingNames.RESET;
import static org.riselm.onnx.internal.artifact.TrainingNames.STEP;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Checks that the artifacts fit each other, by the rules that ONNX Runtime goes by: it knows
 * parameters, gradients and data by their names alone, and takes what it does not know for data.
 */
public final class ArtifactCheck {
  private static final String ONE_FLAG = "BOOL[1]";

  private final ModelFile training;
  private final ModelFile evaluation;
  private final ModelFile optimizer;
  private final Map<String, NamedTensor> parameters = new LinkedHashMap<>();
  private final Map<String, NamedTensor> trainable = new LinkedHashMap<>();

  private ArtifactCheck(
      Checkpoint checkpoint, ModelFile training, ModelFile evaluation, ModelFile optimizer) {
    this.training = training;
    this.evaluation = evaluation;
    this.optimizer = optimizer;
    checkpoint.trainable().forEach(t -> trainable.put(t.name(), t));
    parameters.putAll(trainable);
    checkpoint.frozen().forEach(t -> parameters.put(t.name(), t));
  }

  /** Returns if all fit, and throws what does not. */
  public static void check(
      Checkpoint checkpoint, ModelFile training, ModelFile evaluation, ModelFile optimizer) {
    ArtifactCheck check = new ArtifactCheck(checkpoint, training, evaluation, optimizer);
    check.trainingInputs();
    check.trainingOutputs();
    check.accumulators();
    check.evaluationInputs();
    check.optimizerModel();
  }

  private void trainingInputs() {
    for (ValueInfoProto input : training.inputs().values()) {
      String name = input.getName();
      NamedTensor parameter = parameters.get(name);
      Optional<String> ending = TrainingNames.gradientEnding(name);
      if (parameter != null) {
        training.requireType("input", input, floats(parameter));
      } else if (name.equals(RESET)) {
        training.requireType("input", input, ONE_FLAG);
      } else if (ending.isPresent()) {
        bufferInput(input, ending.get());
      }
    }
    for (NamedTensor parameter : trainable.values()) {
      training.requireInput(parameter.name(), "the trainable parameter of the checkpoint");
      training.requireInput(parameter.name() + BUFFER, "the buffer of the parameter's gradient");
    }
    training.requireInput(RESET, "the flag that empties the gradient buffers");
  }

  private void bufferInput(ValueInfoProto input, String ending) {
    String name = input.getName();
    String owner = name.substring(0, name.length() - ending.length());
    NamedTensor parameter = trainable.get(owner);
    if (parameter == null) {
      throw training.refuse(
          "input " + name,
          "a name that makes it the gradient of " + owner,
          "a trainable parameter of that name in the checkpoint, or another name for the input");
    }
    if (!ending.equals(BUFFER)) {
      throw training.refuse(
          "input " + name, "the ending " + ending, "for an input, " + owner + BUFFER);
    }
    training.requireType("input", input, floats(parameter));
  }

  private void trainingOutputs() {
    int results = 0;
    for (ValueInfoProto output : training.outputs().values()) {
      String name = output.getName();
      Optional<String> ending = TrainingNames.gradientEnding(name);
      if (ending.isEmpty()) {
        results++;
        continue;
      }
      String owner = name.substring(0, name.length() - ending.get().length());
      if (!ending.get().equals(ACCUMULATED) || !trainable.containsKey(owner)) {
        throw training.refuse(
            "output " + name,
            "a name that makes it a gradient",
            "such names only as <trainable parameter>" + ACCUMULATED);
      }
      training.requireType("output", output, ONE_FLAG);
    }
    for (String name : trainable.keySet()) {
      if (!training.outputs().containsKey(name + ACCUMULATED)) {
        throw training.refuse(
            "output " + name + ACCUMULATED,
            "no such output",
            "one for each trainable parameter, or its gradient is not computed");
      }
    }
    if (results == 0) {
      throw training.refuse("outputs", "gradients only", "a loss");
    }
  }

  private void accumulators() {
    Map<String, NodeProto> makers = new LinkedHashMap<>();
    training.nodes().forEach(n -> n.getOutputList().forEach(o -> makers.put(o, n)));
    for (String name : trainable.keySet()) {
      NodeProto node = makers.get(name + ACCUMULATED);
      String where = "node of output " + name + ACCUMULATED;
      if (node == null) {
        throw training.refuse(where, "none", ACCUMULATOR);
      }
      if (!node.getDomain().equals(DOMAIN) || !node.getOpType().equals(ACCUMULATOR)) {
        throw training.refuse(where, ModelFile.describe(node), DOMAIN + "." + ACCUMULATOR);
      }
      List<String> inputs = node.getInputList();
      if (inputs.size() != 3
          || !inputs.get(0).equals(name + BUFFER)
          || !inputs.get(2).equals(RESET)) {
        throw training.refuse(
            where,
            ModelFile.describe(node) + " of " + inputs,
            "[%s%s, the gradient, %s]".formatted(name, BUFFER, RESET));
      }
    }
  }

  private void evaluationInputs() {
    for (ValueInfoProto input : evaluation.inputs().values()) {
      NamedTensor parameter = parameters.get(input.getName());
      if (parameter != null) {
        evaluation.requireType("input", input, floats(parameter));
      } else if (TrainingNames.gradientEnding(input.getName()).isPresent()) {
        throw evaluation.refuse(
            "input " + input.getName(),
            "a name that makes it a gradient",
            "no gradients in the evaluation graph, or another name");
      }
    }
    List<String> found =
        evaluation.inputs().keySet().stream().filter(parameters::containsKey).toList();
    List<String> expected =
        training.inputs().keySet().stream().filter(parameters::containsKey).toList();
    if (!found.equals(expected)) {
      throw evaluation.refuse(
          "parameters among the inputs",
          firstDifference(found, expected),
          firstDifference(expected, found)
              + ": ONNX Runtime hands them over in the training graph's order");
    }
  }

  private static String firstDifference(List<String> list, List<String> other) {
    int i = 0;
    while (i < list.size() && i < other.size() && list.get(i).equals(other.get(i))) {
      i++;
    }
    return i == list.size() ? "nothing as number " + i : list.get(i) + " as number " + i;
  }

  private void optimizerModel() {
    List<String> found = List.copyOf(optimizer.inputs().keySet());
    if (!found.equals(OPTIMIZER_INPUTS)) {
      throw optimizer.refuse("inputs", found.toString(), OPTIMIZER_INPUTS + ", as AdamW takes");
    }
    int i = 0;
    for (ValueInfoProto input : optimizer.inputs().values()) {
      ElementType element = input.getName().equals(STEP) ? ElementType.INT64 : ElementType.FLOAT;
      boolean sequence = i >= OPTIMIZER_INPUTS.indexOf(PARAMETERS);
      optimizer.requireElement(input, element, sequence);
      i++;
    }
    List<NodeProto> updates =
        optimizer.nodes().stream()
            .filter(n -> n.getDomain().equals(DOMAIN) && n.getOpType().equals(ADAM_W))
            .toList();
    if (updates.size() != 1) {
      throw optimizer.refuse("nodes", updates.size() + " of " + ADAM_W, "one");
    }
    if (optimizer.outputs().isEmpty()) {
      throw optimizer.refuse("outputs", "none", "the flag that says whether it updated");
    }
    optimizer.requireElement(
        optimizer.outputs().values().iterator().next(), ElementType.BOOL, false);
  }

  private static String floats(NamedTensor parameter) {
    return ElementType.FLOAT + parameter.shape().toString();
  }
}
