package org.riselm.core.teacher;

import java.util.List;
import org.riselm.core.policy.Completion;

/**
 * Thrown when an endpoint responds no more. The message names it and says what the last failure
 * was.
 */
public final class EndpointDownException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Completion> completions;

  EndpointDownException(String message, List<Completion> completions) {
    super(message);
    this.completions = completions;
  }

  /**
   * {@return the batch's completions: those that came before, and a failed one for each other
   * query}
   */
  public List<Completion> completions() {
    return completions;
  }
}
