package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.SamplingOptions;

/** The relabelers of the paper. None gives back a response with a lower reward than the own. */
public final class Relabelers {
  private Relabelers() {}

  /**
   * Self-distillation: the learner's own response if it was right; else up to {@code n} more are
   * drawn from the same state, and the first right one is taken. If none is right, the first with
   * the highest reward is, and the own comes first.
   *
   * @param n how many more, at least 1; the released code draws 16
   */
  public static Relabeler bestOf(int n) {
    return bestOf(n, BestOfOptions.ofDefaults());
  }

  /** {@link #bestOf(int)}, with other rules for ties and for where none is better. */
  public static Relabeler bestOf(int n, BestOfOptions choice) {
    if (n < 1) {
      throw new IllegalArgumentException("bestOf(" + n + ") draws nothing; 1 or more");
    }
    return new BestOfRelabeler(n, requireNonNull(choice, "choice"));
  }

  /**
   * Distillation: what {@code teacher} answers in the learner's state, sampled as the learner is.
   *
   * <p>Only the teacher's text is taken, because its token ids may be of another vocabulary. If it
   * fails, or scores below the learner's own response, the own is kept.
   */
  public static Relabeler teacher(Policy teacher) {
    return teacher(teacher, null);
  }

  /** {@link #teacher(Policy)}, sampled its own way; null is as the learner is. */
  public static Relabeler teacher(Policy teacher, @Nullable SamplingOptions sampling) {
    return new TeacherRelabeler(requireNonNull(teacher, "teacher"), sampling);
  }

  /**
   * No relabeling: every attempt keeps the learner's own response. For objectives that learn from
   * rewards of the own responses, as {@code PolicyGradient} and rejection sampling do.
   */
  public static Relabeler none() {
    return new NoRelabeler();
  }

  /** Distillation from the problems' own {@linkplain Problem#reference reference solutions}. */
  public static Relabeler reference() {
    return reference(Problem::reference);
  }

  /** Distillation from a solution that is known for each problem. Called once per attempt. */
  public static Relabeler reference(Function<Problem, String> solution) {
    return new ReferenceRelabeler(requireNonNull(solution, "solution"));
  }
}
