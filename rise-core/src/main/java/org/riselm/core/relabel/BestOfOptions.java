package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import org.riselm.core.internal.util.EditDistance;

/**
 * What best of N does where the paper does not say.
 *
 * @param ties which of several draws with the highest reward is taken
 * @param noneBetter what happens where no draw scores above the learner's own wrong response
 */
public record BestOfOptions(Ties ties, NoneBetter noneBetter) {
  /** Which of several draws with the same highest reward is taken. */
  public enum Ties {
    /** The first, as the released code has it. Drawing stops at the first right one. */
    FIRST,
    /** The one of the fewest tokens, or words where a response came as text. */
    SHORTEST,
    /**
     * The one nearest to the learner's own response by {@link EditDistance}: the least revision.
     */
    NEAREST
  }

  /** What happens where nothing better was found. */
  public enum NoneBetter {
    /** The own response is the target; its low reward makes it weigh little. As released. */
    KEEP_OWN,
    /** There is no target: the attempt is skipped, and counted. */
    DROP
  }

  /** The first draw, and the own response where none is better. */
  public static final BestOfOptions DEFAULT = new BestOfOptions(Ties.FIRST, NoneBetter.KEEP_OWN);

  public BestOfOptions {
    requireNonNull(ties, "ties");
    requireNonNull(noneBetter, "noneBetter");
  }
}
