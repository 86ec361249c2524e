package org.riselm.core.inference;

import static java.util.Objects.requireNonNull;

/**
 * What a vote does where the paper does not say: between answers with equally many votes, and with
 * responses that no answer can be read in.
 *
 * @param ties which of the tied answers wins
 * @param unreadable what such responses do
 */
public record VoteRules(Ties ties, Unreadable unreadable) {
  /** Which of several answers with equally many votes wins. */
  public enum Ties {
    /** The one that was given first. */
    FIRST,
    /** The one that was given last: of several turns, the most revised. */
    LAST,
    /** Any, by the seed of the vote. */
    RANDOM,
    /** None: the vote has no winner. */
    NONE
  }

  /** What a response without a readable answer does. */
  public enum Unreadable {
    /** It does not vote. */
    ABSTAINS,
    /** All of them vote together for having no answer; if they win, the vote has no winner. */
    VOTES
  }

  /** Ties go to the answer that was given first; unreadable responses abstain. */
  public static final VoteRules DEFAULT = new VoteRules(Ties.FIRST, Unreadable.ABSTAINS);

  /** Checks the components. */
  public VoteRules {
    requireNonNull(ties, "ties");
    requireNonNull(unreadable, "unreadable");
  }
}
