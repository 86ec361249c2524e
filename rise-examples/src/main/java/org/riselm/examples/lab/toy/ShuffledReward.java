package org.riselm.examples.lab.toy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;

/**
 * A control: as many rewards as a verifier would give, for nothing. Whether a response is rewarded
 * is a coin toss that depends on the problem and the response, so a retry can win it, but being
 * right does not help.
 *
 * <p>If training on these rewards helps as much, the gain does not come from the reward.
 */
public final class ShuffledReward implements Verifier {
  private final Verifier verifier;
  private final double share;
  private final long seed;

  /**
   * Rewards {@code share} of all responses.
   *
   * @param verifier reads the answers, as ever
   * @param share in [0, 1]
   * @param seed of the coin
   */
  public ShuffledReward(Verifier verifier, double share, long seed) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share is " + share + "; it must be in [0, 1]");
    }
    this.verifier = requireNonNull(verifier, "verifier");
    this.share = share;
    this.seed = seed;
  }

  @Override
  public double score(Problem problem, String response) {
    long toss =
        Seeds.derive(seed, Seeds.coordinate(problem.id()), Seeds.coordinate(response)) >>> 11;
    return toss * 0x1.0p-53 < share ? CORRECT : 0;
  }

  @Override
  public boolean correct(Problem problem, String response) {
    return verifier.correct(problem, response);
  }

  @Override
  public Optional<String> answer(String response) {
    return verifier.answer(response);
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return verifier.equivalent(answer, other);
  }

  @Override
  public String referenceAnswer(Problem problem) {
    return verifier.referenceAnswer(problem);
  }

  @Override
  public boolean readsAnswers() {
    return verifier.readsAnswers();
  }

  @Override
  public String description() {
    return "coin tosses, %s of them won, seed %d".formatted(share, seed);
  }
}
