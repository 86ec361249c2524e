package org.riselm.onnx.internal.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.artifact.ArtifactInputs;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Port;

/** Checks what artifacts take and give against what their inputs are said to stand for. */
final class ArtifactMapping {
  private final ArtifactFiles artifacts;
  private final ArtifactInputs mapping;
  private final Map<String, ArtifactInput> roles;

  ArtifactMapping(ArtifactFiles artifacts, ArtifactInputs mapping) {
    this.artifacts = artifacts;
    this.mapping = mapping;
    this.roles = ArtifactInput.roles(mapping);
  }

  static ArtifactInput role(Map<String, ArtifactInput> roles, Port port) {
    ArtifactInput role = roles.get(port.name());
    if (role == null) {
      throw new IllegalStateException("input " + port.name() + " stands for nothing");
    }
    return role;
  }

  /** Returns if every input has one meaning and fits it, and every meaning has its input. */
  void inputs() {
    check(ArtifactFiles.TRAINING_MODEL, artifacts.trainingInputs(), true);
    check(ArtifactFiles.EVAL_MODEL, artifacts.evaluationInputs(), false);
    mapping
        .logits()
        .ifPresent(
            name -> {
              List<String> outputs =
                  artifacts.evaluationOutputs().stream().map(Port::name).toList();
              if (!outputs.contains(name)) {
                throw artifacts.refuse(
                    ArtifactFiles.EVAL_MODEL, "output " + name, "none; " + outputs, "the logits");
              }
            });
  }

  private void check(String file, List<Port> ports, boolean all) {
    List<String> names = ports.stream().map(Port::name).toList();
    List<String> unknown = new ArrayList<>(names);
    unknown.removeAll(roles.keySet());
    if (!unknown.isEmpty()) {
      throw artifacts.refuse(
          file, "inputs " + unknown, "no meaning for them", "one for each user input: " + names);
    }
    if (all) {
      List<String> missing = new ArrayList<>(roles.keySet());
      missing.removeAll(names);
      if (!missing.isEmpty()) {
        throw artifacts.refuse(
            file, "inputs " + missing, "none of these names", "some of the user inputs " + names);
      }
    }
    for (Port port : ports) {
      ArtifactInput role = role(roles, port);
      if (!role.takes(port.type(), port.shape().size())) {
        throw artifacts.refuse(
            file, "input " + port.name(), port.type() + port.shape().toString(), role.wanted());
      }
    }
  }

  /** The input of the token ids. */
  Port tokenIds() {
    return artifacts.trainingInputs().stream()
        .filter(p -> p.name().equals(mapping.tokenIds()))
        .findFirst()
        .orElseThrow();
  }

  /** The place of the loss among the training graph's outputs: the only one that is one number. */
  int loss() {
    List<Port> outputs = artifacts.trainingOutputs();
    List<Integer> scalars = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Port p = outputs.get(i);
      if (p.type() == ElementType.FLOAT && p.shape().stream().allMatch(d -> d == 1)) {
        scalars.add(i);
      }
    }
    if (scalars.size() != 1) {
      throw artifacts.refuse(
          ArtifactFiles.TRAINING_MODEL,
          "outputs " + outputs.stream().map(Port::name).toList(),
          scalars.size() + " that are one FLOAT",
          "one, the loss");
    }
    return scalars.get(0);
  }
}
