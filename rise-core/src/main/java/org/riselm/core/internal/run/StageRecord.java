package org.riselm.core.internal.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What one stage of one iteration left: the least that a run keeps, and the most that it loses.
 *
 * @param stage such as {@code collect}
 * @param iteration from 1; 0 is before the first
 * @param lines the data, in order, each with its {@code kind}
 * @param seconds that the stage took
 * @param result its outcome in short
 */
public record StageRecord(
    String stage, int iteration, List<ObjectNode> lines, double seconds, JsonNode result) {
  public StageRecord {
    requireNonNull(stage, "stage");
    requireNonNull(result, "result");
    lines = List.copyOf(lines);
  }
}
