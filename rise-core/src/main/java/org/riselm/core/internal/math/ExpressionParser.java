package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.internal.math.Token.Kind;

/** Reads sums, products and powers. */
abstract class ExpressionParser extends AtomParser {
  private static final ImmutableSet<String> FACTOR_STARTS =
      ImmutableSet.of("(", "[", "{", "⌊", "⌈", "\\{");

  ExpressionParser(String source, List<Token> tokens, Budget budget) {
    super(source, tokens, budget);
  }

  @Override
  Node sum() {
    enter();
    List<Node> terms = new ArrayList<>();
    terms.add(signed());
    while (peek().is("+") || peek().is("-") || peek().is("±") || peek().is("∓")) {
      terms.add(signed());
    }
    depth--;
    return terms.size() == 1 ? terms.get(0) : new Node.Sum(List.copyOf(terms));
  }

  private Node signed() {
    boolean negative = false;
    while (true) {
      if (takeIf("-")) {
        negative = !negative;
      } else if (peek().is("±") || peek().is("∓")) {
        boolean opposite = take().text().equals("∓") ^ negative;
        enter();
        Node value = signed();
        depth--;
        return new Node.PlusMinus(value, opposite);
      } else if (!takeIf("+")) {
        break;
      }
    }
    Node term = term();
    return negative ? Node.negative(term) : term;
  }

  private Node term() {
    List<Node> factors = new ArrayList<>();
    factors.add(mixed());
    while (true) {
      if (takeIf("*")) {
        factors.add(signedFactor());
      } else if (takeIf("/")) {
        factors.add(Node.inverse(signedFactor()));
      } else if (startsFactor()) {
        factors.add(power());
      } else {
        return factors.size() == 1 ? factors.get(0) : new Node.Product(List.copyOf(factors));
      }
    }
  }

  private Node signedFactor() {
    boolean negative = false;
    while (peek().is("-") || peek().is("+")) {
      negative ^= take().text().equals("-");
    }
    Node factor = power();
    return negative ? Node.negative(factor) : factor;
  }

  @Override
  boolean startsFactor() {
    Token token = peek();
    return switch (token.kind()) {
      case SYMBOL, FUNCTION -> true;
      case NUMBER -> at > 0 && tokens.get(at - 1).kind() != Kind.NUMBER;
      case COMMAND ->
          ImmutableSet.of("frac", "sqrt", "binom", "overline").contains(token.text())
              || token.text().startsWith("begin:");
      case OPERATOR ->
          (FACTOR_STARTS.contains(token.text())
                  && !isRemark()
                  && !(token.is("[") && (french || closesHere())))
              || (bars == 0 && (token.text().equals("|") || token.text().equals("‖")));
      default -> false;
    };
  }

  /** Whether the bracket that comes next closes an interval, as in [0, 1[. */
  private boolean closesHere() {
    Token after = token(at + 1);
    return after.kind() == Kind.END || after.is("∪") || after.is("∩") || after.is(",");
  }

  /** 3\frac{1}{2} and 3 1/2 are mixed numbers; every other neighbour multiplies. */
  private Node mixed() {
    Token whole = peek();
    Node value = power();
    if (whole.kind() != Kind.NUMBER
        || !(value instanceof Node.Num number)
        || !number.value().isInteger()
        || number.places() >= 0) {
      return value;
    }
    int back = at;
    Node fraction = null;
    if (peek().kind() == Kind.COMMAND && peek().text().equals("frac")) {
      fraction = power();
    } else if (peek().kind() == Kind.NUMBER
        && tokens.get(at + 1).is("/")
        && tokens.get(at + 2).kind() == Kind.NUMBER) {
      Node above = power();
      take();
      fraction = new Node.Product(List.of(above, Node.inverse(power())));
    }
    boolean percent = fraction instanceof Node.Percent;
    if (fraction instanceof Node.Percent part) {
      fraction = part.value(); // the sign is of the whole number
    }
    if (fraction instanceof Node.Product quotient
        && quotient.factors().get(0) instanceof Node.Num above
        && quotient.factors().get(1) instanceof Node.Power inverse
        && inverse.base() instanceof Node.Num below
        && above.value().signum() > 0
        && above.value().compareTo(below.value()) < 0) {
      Node sum = new Node.Sum(List.of(value, fraction));
      return percent ? new Node.Percent(sum) : sum;
    }
    at = back;
    return value;
  }

  @Override
  Node power() {
    int outer = depth;
    enter();
    Node node = atom();
    while (true) {
      if (takeIf("^")) {
        node = raised(node);
      } else if (takeIf("!")) {
        node = new Node.Call("factorial", List.of(node));
      } else if (takeIf("%")) {
        node = new Node.Percent(node);
      } else if (takeIf("°")) {
        node = new Node.Degrees(node);
      } else {
        depth = outer;
        return node;
      }
      enter();
    }
  }

  private Node raised(Node base) {
    if (takeIf("°")) {
      return new Node.Degrees(base);
    }
    boolean braces = peek().is("{");
    if (braces && tokens.get(at + 1).is("°") && tokens.get(at + 2).is("}")) {
      at += 3;
      return new Node.Degrees(base);
    }
    boolean negative = false;
    while (peek().is("-") || peek().is("+")) {
      negative ^= take().text().equals("-");
    }
    // To the right: 2^3^2 is 2^9.
    enter();
    Node exponent = atom();
    if (takeIf("^")) {
      exponent = raised(exponent);
    }
    depth--;
    return new Node.Power(base, negative ? Node.negative(exponent) : exponent);
  }
}
