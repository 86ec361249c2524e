package org.riselm.examples.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.Interval;

/** The quickstart's result for programs: {@code summary.json}. All accuracies are shares of 1. */
final class Summary {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Summary() {}

  /** Writes {@code file}, whole or not at all. */
  static void write(
      Path file, int problems, long seed, double wallSeconds, Map<String, Evaluation> stages)
      throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("problems", problems).put("seed", seed).put("wallSeconds", wallSeconds);
    ArrayNode list = root.putArray("stages");
    stages.forEach((name, evaluation) -> add(list.addObject().put("name", name), evaluation));
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.writeString(draft, root.toPrettyString() + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void add(ObjectNode stage, Evaluation evaluation) {
    ArrayNode byTurn = stage.putArray("accuracyByTurn");
    for (Interval accuracy : evaluation.accuracyByTurn()) {
      byTurn.add(accuracy.estimate());
    }
    stage.put("m1@t1", evaluation.firstTurn().estimate());
    stage.put("m5@t1", evaluation.parallelVote().estimate());
    stage.put("m1@t5", evaluation.sequentialVote().estimate());
    stage.put("p1@t5", evaluation.passAtTurns().estimate());
    stage.put("incorrectToCorrect", evaluation.incorrectToCorrect().estimate());
    stage.put("correctToIncorrect", evaluation.correctToIncorrect().estimate());
  }
}
