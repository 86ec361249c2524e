package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Map;

/**
 * A prompt whose answer can be checked. Immutable.
 *
 * @param id names the problem; unique in its set. Centering, seeds and reports go by it
 * @param prompt what the learner is asked
 * @param reference what a response is checked against: a bare answer, or a whole worked solution
 *     that the task's verifier can read
 * @param metadata anything else worth keeping, such as a difficulty level
 */
public record Problem(String id, String prompt, String reference, Map<String, String> metadata)
    implements Serializable {
  /** Checks the components. */
  public Problem {
    if (requireNonNull(id, "id").isBlank()) {
      throw new IllegalArgumentException("a problem's id is blank; give every problem its own id");
    }
    if (requireNonNull(prompt, "prompt").isBlank()) {
      throw new IllegalArgumentException("problem " + id + ": its prompt is blank");
    }
    requireNonNull(reference, "reference");
    metadata = Map.copyOf(metadata);
  }

  /**
   * {@return a problem without metadata}
   *
   * @param id unique within its set
   * @param prompt what the policy is asked
   * @param reference the correct answer, or a worked solution that ends with it
   */
  public static Problem of(String id, String prompt, String reference) {
    return new Problem(id, prompt, reference, Map.of());
  }
}
