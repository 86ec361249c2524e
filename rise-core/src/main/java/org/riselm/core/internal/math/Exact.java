package org.riselm.core.internal.math;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Evaluates scalars exactly. What has no exact form becomes an opaque atom with its own name. */
public final class Exact {
  private static final int MAX_FACTORIAL = 1_000;
  private static final int MAX_INDEX = 64;
  private static final long MAX_TRIAL_DIVISOR = 100_000;
  static final Set<String> ANGLES = Set.of("sin", "cos", "tan", "sec", "csc", "cot", "cis");

  private final Budget budget;

  public Exact(Budget budget) {
    this.budget = budget;
  }

  /** The value of {@code node}. */
  public Quotient of(Node node) {
    return of(node, false);
  }

  private Quotient of(Node node, boolean angle) {
    budget.spend(8);
    if (node instanceof Node.Num number) {
      return Quotient.of(number.value());
    }
    if (node instanceof Node.Sym symbol) {
      return Quotient.of(Polynomial.atom(symbol.name()));
    }
    if (node instanceof Node.Sum sum) {
      Quotient total = Quotient.ZERO;
      for (Node term : sum.terms()) {
        total = total.plus(of(term, angle), budget);
      }
      return total;
    }
    if (node instanceof Node.Product product) {
      Quotient total = Quotient.ONE;
      for (Node factor : product.factors()) {
        total = total.times(of(factor, angle), budget);
      }
      return total;
    }
    if (node instanceof Node.Power power) {
      return power(of(power.base(), angle), of(power.exponent(), false));
    }
    if (node instanceof Node.Call call) {
      return call(call);
    }
    if (node instanceof Node.Percent percent) {
      return of(percent.value(), angle).times(Quotient.of(Rational.of(1, 100)), budget);
    }
    if (node instanceof Node.Degrees degrees) {
      Quotient value = of(degrees.value(), angle);
      return angle
          ? value
              .times(Quotient.of(Polynomial.atom("π")), budget)
              .times(Quotient.of(Rational.of(1, 180)), budget)
          : value;
    }
    throw new BeyondGraderException("not a scalar");
  }

  private Quotient power(Quotient base, Quotient exponent) {
    if (!exponent.isRational()) {
      return opaque("power", List.of(base, exponent));
    }
    Rational e = exponent.rational();
    return e.isInteger() ? base.pow(e, budget) : root(base, e);
  }

  /** {@code base} to the power of a fraction; the real one for an odd root of a negative number. */
  private Quotient root(Quotient base, Rational exponent) {
    int index = Rational.of(exponent.denominator()).intWithin(MAX_INDEX);
    if (base.numerator().isZero()) {
      if (exponent.signum() < 0) {
        throw new BeyondGraderException("division by zero");
      }
      return Quotient.ZERO;
    }
    if (!base.numerator().isSingleTerm() || !base.denominator().isSingleTerm()) {
      Quotient inner = opaque("root" + index, List.of(base));
      return inner.pow(Rational.of(exponent.numerator()), budget);
    }
    Quotient flat =
        Quotient.of(base.numerator())
            .times(Quotient.of(base.denominator()).inverse(budget), budget);
    Map<String, Rational> powers = new TreeMap<>();
    for (Map.Entry<String, Rational> power : flat.numerator().powers().entrySet()) {
      Rational old = power.getValue();
      boolean keepsSign =
          Polynomial.isPrime(power.getKey())
              || "π".equals(power.getKey())
              || old.numerator().testBit(0);
      if (!keepsSign || power.getKey().equals(Polynomial.I)) {
        return opaque("root" + index, List.of(base)).pow(Rational.of(exponent.numerator()), budget);
      }
      powers.put(power.getKey(), old.times(exponent));
    }
    Rational coefficient = flat.numerator().coefficient();
    Rational sign = Rational.ONE;
    if (coefficient.signum() < 0) {
      if (index % 2 == 1) {
        sign = exponent.numerator().testBit(0) ? Rational.MINUS_ONE : Rational.ONE;
      } else if (index == 2) {
        powers.put(Polynomial.I, Rational.of(exponent.numerator()));
      } else {
        return opaque("root" + index, List.of(base)).pow(Rational.of(exponent.numerator()), budget);
      }
    }
    factors(coefficient.numerator().abs(), exponent, powers);
    factors(coefficient.denominator(), exponent.negated(), powers);
    return Quotient.of(Polynomial.term(powers, sign, budget));
  }

  /** Adds the primes of {@code n}, each with {@code exponent} for every time it divides. */
  private void factors(BigInteger n, Rational exponent, Map<String, Rational> powers) {
    BigInteger rest = n;
    for (long d = 2; d <= MAX_TRIAL_DIVISOR && !rest.equals(BigInteger.ONE); d += d == 2 ? 1 : 2) {
      BigInteger divisor = BigInteger.valueOf(d);
      budget.spend(1);
      if (divisor.multiply(divisor).compareTo(rest) > 0) {
        divisor = rest; // what is left has no smaller divisor
      }
      while (rest.mod(divisor).signum() == 0) {
        budget.spend(1);
        rest = rest.divide(divisor);
        powers.merge(Polynomial.primeName(divisor), exponent, Rational::plus);
        if (rest.equals(BigInteger.ONE)) {
          return;
        }
      }
    }
    if (!rest.equals(BigInteger.ONE)) {
      throw new BeyondGraderException("a number has no small factors");
    }
  }

  private Quotient call(Node.Call call) {
    String name = call.function();
    List<Quotient> arguments =
        call.arguments().stream().map(a -> of(a, ANGLES.contains(name))).toList();
    Quotient first = arguments.get(0);
    return switch (name) {
      case "root" -> power(first, arguments.get(1).inverse(budget));
      case "exp" -> power(Quotient.of(Polynomial.atom("e")), first);
      case "abs" ->
          first.isRational() && first.rational().signum() < 0
              ? Quotient.of(first.rational().negated())
              : first.isRational() ? first : opaque(name, arguments);
      case "floor", "ceil" -> {
        if (!first.isRational()) {
          yield opaque(name, arguments);
        }
        Rational value = first.rational();
        Rational down = Rational.of(value.floor());
        Rational up = Rational.of(value.negated().floor()).negated();
        yield Quotient.of(name.equals("floor") ? down : up);
      }
      case "factorial" ->
          first.isRational() ? Quotient.of(factorial(first.rational())) : opaque(name, arguments);
      case "binomial" ->
          first.isRational() && arguments.get(1).isRational()
              ? Quotient.of(binomial(first.rational(), arguments.get(1).rational()))
              : opaque(name, arguments);
      default -> opaque(name, arguments);
    };
  }

  private Rational factorial(Rational value) {
    int n = value.intWithin(MAX_FACTORIAL);
    if (n < 0) {
      throw new BeyondGraderException("the factorial of a negative number");
    }
    BigInteger product = BigInteger.ONE;
    for (int k = 2; k <= n; k++) {
      budget.spend(4);
      product = product.multiply(BigInteger.valueOf(k));
    }
    return Rational.of(product);
  }

  private Rational binomial(Rational above, Rational below) {
    int n = above.intWithin(MAX_FACTORIAL);
    int k = below.intWithin(MAX_FACTORIAL);
    if (n < 0 || k < 0) {
      throw new BeyondGraderException("a binomial of negative numbers");
    }
    return k > n
        ? Rational.ZERO
        : factorial(above)
            .times(factorial(below).inverse())
            .times(factorial(above.minus(below)).inverse());
  }

  private Quotient opaque(String function, List<Quotient> arguments) {
    StringBuilder name = new StringBuilder(function);
    for (Quotient argument : arguments) {
      name.append('(').append(argument.canonical()).append(')');
      budget.spend(16);
    }
    if (name.length() > Lexer.MAX_LENGTH) {
      throw new BeyondGraderException("a term is too long");
    }
    return Quotient.of(Polynomial.opaque(name.toString()));
  }
}
