package org.riselm.core.mdp;

import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** See {@link Verifier#of}. */
record FunctionVerifier(
    Function<String, Optional<String>> reader, BiPredicate<String, String> equality)
    implements Verifier {
  @Override
  public Optional<String> answer(String response) {
    return reader.apply(response);
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return equality.test(answer, other);
  }

  @Override
  public String description() {
    return "Verifier.of(%s, %s)".formatted(Described.of(reader), Described.of(equality));
  }
}
