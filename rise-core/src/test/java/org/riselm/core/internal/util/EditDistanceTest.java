package org.riselm.core.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EditDistanceTest {
  @Provide
  Arbitrary<List<String>> texts() {
    return Arbitraries.of("a", "b", "c").list().ofMaxSize(5);
  }

  /** The definition, without remembering anything. */
  private static int bruteForce(List<String> a, List<String> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.size() + b.size();
    }
    List<String> shorterA = a.subList(1, a.size());
    List<String> shorterB = b.subList(1, b.size());
    int replaced = bruteForce(shorterA, shorterB) + (a.get(0).equals(b.get(0)) ? 0 : 1);
    return Math.min(replaced, 1 + Math.min(bruteForce(shorterA, b), bruteForce(a, shorterB)));
  }

  @Property(tries = 300)
  void isTheFewestEdits(@ForAll("texts") List<String> a, @ForAll("texts") List<String> b) {
    String one = String.join(" ", a);
    String other = String.join("  \n", b);
    assertEquals(bruteForce(a, b), EditDistance.words(one, other));
    double ratio = EditDistance.ratio(one, other);
    assertTrue(ratio >= 0 && ratio <= 1);
    assertEquals(a.equals(b), ratio == 0);
  }

  @Test
  void textsWithNothingInCommonAreOneApart() {
    assertEquals(1, EditDistance.ratio("8 + 5 = 13", "no idea"));
    assertEquals(0.25, EditDistance.ratio("a b c d", "a b x d"));
    assertEquals(0, EditDistance.ratio(" ", ""));
  }
}
