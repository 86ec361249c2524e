package org.riselm.core.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;
import org.riselm.core.testing.Wrappers;

/**
 * Whatever wraps a part of the library says something itself about each default method of the
 * part's interface: inherited, it would answer for the wrapper and not for what is wrapped.
 */
class CompleteWrappersTest {
  /** What wrappers inherit, and why they may. */
  private static final Set<String> INHERITED =
      Set.of(
          // Shorter forms of a method that is forwarded.
          "CachingLearner.complete",
          "CachingLearner.train",
          "CachingPolicy.complete",
          "CancellablePolicy.complete",
          "CancellablePolicy.train",
          "DivergenceMeter.complete",
          "DivergenceMeter.train",
          "ForwardingLearner.complete",
          "ForwardingLearner.train",
          // Named anew: the description is their own toString.
          "NamedObjective.description",
          "Relabeler$1.description",
          "Retention$1.description",
          // Combinations of two, of which the wrapped one is a part.
          "Metric$1.change",
          "Metric$1.minus",
          "Metric$1.over",
          "Metric$1.values",
          "Retention$1.then");

  @Test
  void noWrapperInheritsADefaultMethodOfWhatItWraps() throws IOException {
    Wrappers wrappers = Wrappers.in(ExportedTypes.outputWith(RiseTrainer.class), "org.riselm.core");
    assertTrue(wrappers.types().size() >= 6, wrappers::toString);
    assertEquals(INHERITED, wrappers.inherited(), wrappers::toString);
  }

  @Test
  void aWrapperThatForgetsAMethodIsFound() {
    Wrappers wrappers = Wrappers.of(List.of(Forgetful.class));
    assertEquals(Set.of(Forgetful.class.getName()), wrappers.types());
    assertTrue(
        wrappers.inherited().contains("CompleteWrappersTest$Forgetful.restating"),
        wrappers::toString);
  }

  private record Forgetful(Feedback feedback) implements Feedback {
    @Override
    public String after(Problem problem, Turn turn) {
      return feedback.after(problem, turn);
    }

    @Override
    public boolean revealsOutcome() {
      return feedback.revealsOutcome();
    }
  }
}
