package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableSortedMap;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sum of rational multiples of products of powers of atoms. Immutable.
 *
 * <p>An atom is a prime ({@code #2}), the imaginary unit, π, e, a variable, or an opaque term
 * ({@code @…}) such as a sine. Exponents are rational; those of primes are kept in [0, 1) and those
 * of i in {0, 1}. Products of such powers of different primes are linearly independent over the
 * rationals (Besicovitch 1940), so two equal sums without opaque terms have equal maps.
 */
record Polynomial(Map<ImmutableSortedMap<String, Rational>, Rational> terms) {
  static final String I = "i";
  private static final char PRIME = '#';
  private static final char OPAQUE = '@';
  private static final int MAX_TERMS = 400;
  private static final ImmutableSortedMap<String, Rational> UNIT = ImmutableSortedMap.of();

  static final Polynomial ZERO = new Polynomial(Map.of());
  static final Polynomial ONE = of(Rational.ONE);

  static Polynomial of(Rational constant) {
    return constant.signum() == 0 ? ZERO : new Polynomial(Map.of(UNIT, constant));
  }

  static Polynomial atom(String name) {
    return new Polynomial(Map.of(ImmutableSortedMap.of(name, Rational.ONE), Rational.ONE));
  }

  static Polynomial opaque(String name) {
    return atom(OPAQUE + name);
  }

  /** The atom that stands for {@code prime}. */
  static String primeName(BigInteger prime) {
    return PRIME + prime.toString();
  }

  /** One term, with the exponents of primes and of i reduced. */
  static Polynomial term(Map<String, Rational> powers, Rational coefficient, Budget budget) {
    Map<ImmutableSortedMap<String, Rational>, Rational> terms = new HashMap<>();
    add(terms, powers, coefficient, budget);
    return new Polynomial(terms);
  }

  private static void add(
      Map<ImmutableSortedMap<String, Rational>, Rational> terms,
      Map<String, Rational> powers,
      Rational coefficient,
      Budget budget) {
    Rational factor = coefficient;
    TreeMap<String, Rational> reduced = new TreeMap<>();
    for (Map.Entry<String, Rational> power : powers.entrySet()) {
      String atom = power.getKey();
      Rational exponent = power.getValue();
      budget.spend(1);
      if (atom.charAt(0) == PRIME) {
        Rational whole = Rational.of(exponent.floor());
        BigInteger prime = new BigInteger(atom.substring(1));
        factor = factor.times(Rational.of(prime).pow(whole.intWithin(Rational.MAX_BITS)));
        exponent = exponent.minus(whole);
      } else if (atom.equals(I)) {
        int turns = Math.floorMod(exponent.intWithin(1 << 20), 4);
        factor = turns >= 2 ? factor.negated() : factor;
        exponent = Rational.of(turns % 2);
      }
      if (exponent.signum() != 0) {
        reduced.put(atom, exponent);
      }
    }
    Rational sum = terms.merge(ImmutableSortedMap.copyOf(reduced), factor, Rational::plus);
    if (sum.signum() == 0) {
      terms.remove(ImmutableSortedMap.copyOf(reduced));
    }
    if (terms.size() > MAX_TERMS) {
      throw new BeyondGraderException("too many terms");
    }
  }

  Polynomial plus(Polynomial other, Budget budget) {
    Map<ImmutableSortedMap<String, Rational>, Rational> sum = new HashMap<>(terms);
    other.terms.forEach((powers, coefficient) -> add(sum, powers, coefficient, budget));
    return new Polynomial(sum);
  }

  Polynomial times(Polynomial other, Budget budget) {
    Map<ImmutableSortedMap<String, Rational>, Rational> product = new HashMap<>();
    for (Map.Entry<ImmutableSortedMap<String, Rational>, Rational> left : terms.entrySet()) {
      for (Map.Entry<ImmutableSortedMap<String, Rational>, Rational> right :
          other.terms.entrySet()) {
        Map<String, Rational> powers = new TreeMap<>(left.getKey());
        right.getKey().forEach((atom, e) -> powers.merge(atom, e, Rational::plus));
        budget.spend(4 + powers.size());
        add(product, powers, left.getValue().times(right.getValue()), budget);
      }
    }
    return new Polynomial(product);
  }

  Polynomial negated(Budget budget) {
    return times(of(Rational.MINUS_ONE), budget);
  }

  Polynomial minus(Polynomial other, Budget budget) {
    return plus(other.negated(budget), budget);
  }

  boolean isZero() {
    return terms.isEmpty();
  }

  boolean isSingleTerm() {
    return terms.size() == 1;
  }

  /** Whether there is no atom but the unit: a rational. */
  boolean isRational() {
    return terms.isEmpty() || (isSingleTerm() && terms.containsKey(UNIT));
  }

  /** The value, if {@link #isRational}. */
  Rational rational() {
    return terms.isEmpty() ? Rational.ZERO : coefficient();
  }

  /** The powers of the only term. */
  Map<String, Rational> powers() {
    return terms.keySet().iterator().next();
  }

  /** The coefficient of the only term. */
  Rational coefficient() {
    return terms.values().iterator().next();
  }

  /** Whether a term is opaque, so that equal values may have different maps. */
  boolean hasOpaque() {
    return terms.keySet().stream()
        .anyMatch(powers -> powers.keySet().stream().anyMatch(a -> a.charAt(0) == OPAQUE));
  }

  static boolean isPrime(String atom) {
    return atom.charAt(0) == PRIME;
  }

  /** The same text for the same polynomial. */
  String canonical() {
    TreeMap<String, String> sorted = new TreeMap<>();
    terms.forEach((powers, coefficient) -> sorted.put(powers.toString(), coefficient.toString()));
    return sorted.toString();
  }
}
