package org.riselm.examples.lab.toy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;

/** The answer is the number after the first {@code ####}; the working is not graded. */
public final class ToyVerifier implements Verifier {
  private static final Pattern ANSWER = Pattern.compile("####\\s+(\\S+)");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  @Override
  public Optional<String> answer(String response) {
    Matcher matcher = ANSWER.matcher(response);
    return matcher.find() && NUMBER.matcher(matcher.group(1)).matches()
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return answer.equals(other);
  }

  @Override
  public String referenceAnswer(Problem problem) {
    return answer(problem.reference())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "problem %s: its reference has no number after ####: %s"
                        .formatted(problem.id(), problem.reference())));
  }
}
