package org.riselm.core.internal.math;

/** Evaluates scalars in doubles, with given values for the variables. */
final class Numeric {
  private final Budget budget;
  private final int sample;

  /**
   * An evaluator.
   *
   * @param sample which of the fixed assignments of values to variables
   */
  Numeric(Budget budget, int sample) {
    this.budget = budget;
    this.sample = sample;
  }

  /** The value of {@code node}; NaN where there is none. */
  Complex of(Node node) {
    return of(node, false);
  }

  private Complex of(Node node, boolean angle) {
    budget.spend(1);
    if (node instanceof Node.Num number) {
      return Complex.of(number.value().doubleValue());
    }
    if (node instanceof Node.Sym symbol) {
      return symbol(symbol.name());
    }
    if (node instanceof Node.Sum sum) {
      return sum.terms().stream().map(t -> of(t, angle)).reduce(Complex.of(0), Complex::plus);
    }
    if (node instanceof Node.Product product) {
      return product.factors().stream()
          .map(f -> of(f, angle))
          .reduce(Complex.of(1), Complex::times);
    }
    if (node instanceof Node.Power power) {
      return power(of(power.base(), angle), power.exponent());
    }
    if (node instanceof Node.Call call) {
      return call(call);
    }
    if (node instanceof Node.Percent percent) {
      return of(percent.value(), angle).over(Complex.of(100));
    }
    if (node instanceof Node.Degrees degrees) {
      Complex value = of(degrees.value(), angle);
      return angle ? value.times(Complex.of(Math.PI / 180)) : value;
    }
    return Complex.NAN;
  }

  private Complex symbol(String name) {
    return switch (name) {
      case "π" -> Complex.of(Math.PI);
      case "e" -> Complex.of(Math.E);
      case "i" -> Complex.I;
      case "∞" -> Complex.NAN;
      // Fixed, spread over (-2, 2), different for each name and sample.
      default -> {
        int hash = (name.hashCode() * 31 + sample) * 0x9E3779B9;
        hash ^= hash >>> 15;
        yield Complex.of(((hash * 0x85EBCA6B) >> 8) / (double) (1 << 22));
      }
    };
  }

  private Complex power(Complex base, Node exponent) {
    if (base.im() == 0 && base.re() < 0) {
      Quotient exact = new Exact(budget).of(exponent);
      if (exact.isRational() && exact.rational().denominator().testBit(0)) {
        // An odd root of a negative number is the real one.
        double size = Math.pow(-base.re(), exact.rational().doubleValue());
        return Complex.of(exact.rational().numerator().testBit(0) ? -size : size);
      }
    }
    return base.pow(of(exponent, false));
  }

  private Complex call(Node.Call call) {
    String name = call.function();
    Node argument = call.arguments().get(0);
    Complex x = of(argument, Exact.ANGLES.contains(name));
    return switch (name) {
      case "root" -> power(x, Node.inverse(call.arguments().get(1)));
      case "exp" -> x.exp();
      case "ln" -> x.log();
      case "lg" -> x.log().over(Complex.of(Math.log(10)));
      case "log" -> {
        Node base = call.arguments().size() > 1 ? call.arguments().get(1) : Node.integer(10);
        yield x.log().over(of(base, false).log());
      }
      case "abs" -> Complex.of(x.abs());
      case "sin" -> x.sin();
      case "cos" -> x.cos();
      case "tan" -> x.sin().over(x.cos());
      case "cot" -> x.cos().over(x.sin());
      case "sec" -> Complex.of(1).over(x.cos());
      case "csc" -> Complex.of(1).over(x.sin());
      case "cis" -> x.times(Complex.I).exp();
      default -> x.im() == 0 ? Complex.of(real(name, x.re())) : Complex.NAN;
    };
  }

  private static double real(String name, double x) {
    return switch (name) {
      case "arcsin" -> Math.asin(x);
      case "arccos" -> Math.acos(x);
      case "arctan" -> Math.atan(x);
      case "sinh" -> Math.sinh(x);
      case "cosh" -> Math.cosh(x);
      case "tanh" -> Math.tanh(x);
      case "floor" -> Math.floor(x);
      case "ceil" -> Math.ceil(x);
      default -> Double.NaN;
    };
  }
}
