package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.SamplingOptions;

/**
 * The relabelers of the paper. None returns a response with a lower reward than the learner's own.
 */
public final class Relabelers {
  private Relabelers() {}

  /**
   * {@return self-distillation: the target is the learner's own response if it was correct; else up
   * to {@code n} more are drawn from the same state, and the first correct one is taken} If none is
   * correct, the first with the highest reward is taken, the learner's own being the first of all.
   *
   * @param n how many more, at least 1; the released code draws 16
   */
  public static Relabeler bestOf(int n) {
    return bestOf(n, BestOfOptions.ofDefaults());
  }

  /**
   * {@return {@link #bestOf(int)} with other rules for ties and for where none is better}
   *
   * @param n how many samples; 1 or more
   * @param choice the rules
   */
  public static Relabeler bestOf(int n, BestOfOptions choice) {
    if (n < 1) {
      throw new IllegalArgumentException("bestOf(" + n + ") draws nothing; 1 or more");
    }
    return new BestOfRelabeler(n, requireNonNull(choice, "choice"));
  }

  /**
   * {@return distillation: the target is what {@code teacher} responds in the learner's state,
   * sampled as the learner is}
   *
   * <p>Only the teacher's text is taken, because its token ids may be of another vocabulary. If it
   * fails, or scores below the learner's own response, the own is kept.
   *
   * @param teacher responds better than the learner
   */
  public static Relabeler teacher(Policy teacher) {
    return teacher(teacher, null);
  }

  /**
   * {@return {@link #teacher(Policy)} with its own sampling; null is as the learner is}
   *
   * @param teacher responds better than the learner
   * @param sampling how the teacher is sampled; null is as the learner is
   */
  public static Relabeler teacher(Policy teacher, @Nullable SamplingOptions sampling) {
    return new TeacherRelabeler(requireNonNull(teacher, "teacher"), sampling);
  }

  /**
   * {@return no relabeling: every target is the learner's own response} For objectives that learn
   * from the rewards of the learner's own responses, as {@code PolicyGradient} and rejection
   * sampling do.
   */
  public static Relabeler none() {
    return new NoRelabeler();
  }

  /**
   * {@return distillation from the problems' own {@linkplain Problem#reference reference
   * solutions}}
   */
  public static Relabeler reference() {
    return reference(Problem::reference);
  }

  /**
   * {@return distillation from a known solution of each problem}
   *
   * @param solution called once per attempt
   */
  public static Relabeler reference(Function<Problem, String> solution) {
    return new ReferenceRelabeler(requireNonNull(solution, "solution"));
  }
}
