package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.util.function.BiFunction;

/** See {@link Feedback#of}. */
record FunctionFeedback(String name, boolean revealsOutcome, BiFunction<Problem, Turn, String> text)
    implements Feedback {
  FunctionFeedback {
    requireNonNull(name, "name");
    requireNonNull(text, "text");
  }

  @Override
  public String after(Problem problem, Turn turn) {
    return text.apply(problem, turn);
  }

  @Override
  public String toString() {
    return name;
  }
}
