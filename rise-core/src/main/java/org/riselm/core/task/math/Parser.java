package org.riselm.core.task.math;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.task.math.Token.Kind;

/** Reads an answer by recursive descent, from lists down to numbers. */
final class Parser {
  private static final int MAX_DEPTH = 60;
  private static final Set<String> SIGNS = Set.of("=", "<", ">", "≤", "≥", "≠", "≈", "≡", "∈");
  private static final Set<String> MATRICES =
      Set.of("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array");
  private static final ImmutableSet<String> FACTOR_STARTS =
      ImmutableSet.of("(", "[", "{", "⌊", "⌈", "\\{");

  private final String source;
  private final List<Token> tokens;
  private final Budget budget;
  private int at;
  private int depth;
  private int bars;
  private boolean french;
  private String unit = "";

  private Parser(String source, List<Token> tokens, Budget budget) {
    this.source = source;
    this.tokens = tokens;
    this.budget = budget;
  }

  /**
   * The meaning of {@code answer}, which {@link Cleaner} has cleaned.
   *
   * @throws BeyondGraderException if it has none that is known here
   */
  static Node parse(String answer, boolean thousands, Budget budget) {
    Parser parser = new Parser(answer, Lexer.tokens(answer, thousands, budget), budget);
    Node node = parser.list();
    parser.require(Kind.END);
    return node;
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token take() {
    budget.spend(4);
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  private boolean takeIf(String operator) {
    boolean is = peek().is(operator);
    if (is) {
      take();
    }
    return is;
  }

  private void require(Kind kind) {
    if (peek().kind() != kind) {
      throw unexpected();
    }
  }

  private void require(String operator) {
    if (!takeIf(operator)) {
      throw unexpected();
    }
  }

  private BeyondGraderException unexpected() {
    return new BeyondGraderException("not understood at: " + peek().text());
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new BeyondGraderException("nested too deep");
    }
  }

  /** Items between commas; a single one is itself. */
  private Node list() {
    enter();
    List<Node> items = new ArrayList<>();
    do {
      while (takeIf(",")) {
        // "1, and 2" has one separator, however it is spelled.
      }
      if (!closesList() || (items.isEmpty() && peek().is("]"))) {
        items.add(item());
      }
    } while (peek().is(","));
    depth--;
    if (items.isEmpty()) {
      throw unexpected();
    }
    return items.size() == 1 ? items.get(0) : new Node.Items(List.copyOf(items));
  }

  private boolean closesList() {
    Token token = peek();
    return token.kind() == Kind.END
        || (token.kind() == Kind.OPERATOR && ")]}\\}".contains(token.text()));
  }

  private Node item() {
    String outerUnit = unit;
    List<Node> operands = new ArrayList<>(List.of(measured()));
    List<String> signs = new ArrayList<>();
    while (peek().kind() == Kind.OPERATOR && SIGNS.contains(peek().text())) {
      signs.add(take().text());
      operands.add(measured());
    }
    unit = outerUnit;
    return signs.isEmpty()
        ? operands.get(0)
        : new Node.Relation(List.copyOf(operands), List.copyOf(signs));
  }

  /** An expression and the unit around it, or words. */
  private Node measured() {
    unit = "";
    if (peek().kind() == Kind.WORD) {
      return new Node.Words(words());
    }
    Node value = joined();
    if (peek().kind() == Kind.CURRENCY) {
      unit = take().text();
    }
    if (peek().kind() == Kind.WORD || isRemark()) {
      unit = words();
      Optional<Rational> magnitude = Units.magnitude(unit);
      if (magnitude.isPresent()) {
        value = new Node.Product(List.of(new Node.Num(magnitude.get(), -1), value));
      } else if (!Units.isPlain(unit)) {
        throw new BeyondGraderException("words change the number: " + unit);
      }
    }
    return unit.isEmpty() ? value : new Node.Measured(value, Units.canonical(unit));
  }

  /** "7 (seven)". */
  private boolean isRemark() {
    return peek().is("(") && tokens.get(at + 1).kind() == Kind.WORD;
  }

  /** The source up to the end of the item. */
  private String words() {
    int from = peek().from();
    int to = from;
    while (peek().kind() != Kind.END
        && !peek().is(",")
        && !closesList()
        && !(peek().kind() == Kind.OPERATOR && SIGNS.contains(peek().text()))) {
      // A unit's exponent may stand in braces.
      if (takeIf("{") || takeIf("(")) {
        while (peek().kind() != Kind.END && !closesList()) {
          take();
        }
      }
      to = take().to();
    }
    while (peek().is("}") && bracesOpen(from, to) > 0) {
      to = take().to();
    }
    return source.substring(from, to).replaceAll("\\\\[a-zA-Z]++|[{}\\\\]", " ").strip();
  }

  private int bracesOpen(int from, int to) {
    int open = 0;
    for (int i = from; i < to; i++) {
      open += source.charAt(i) == '{' ? 1 : source.charAt(i) == '}' ? -1 : 0;
    }
    return open;
  }

  private Node joined() {
    Node first = ratio();
    if (!peek().is("∪") && !peek().is("∩") && !peek().is("∖")) {
      return first;
    }
    char operator = peek().text().charAt(0);
    List<Node> parts = new ArrayList<>(List.of(first));
    while (takeIf(String.valueOf(operator))) {
      parts.add(ratio());
    }
    return new Node.Joined(operator, List.copyOf(parts));
  }

  private Node ratio() {
    Node first = sum();
    if (!peek().is(":")) {
      return first;
    }
    List<Node> items = new ArrayList<>(List.of(first));
    while (takeIf(":")) {
      items.add(sum());
    }
    return new Node.Ratio(List.copyOf(items));
  }

  private Node sum() {
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

  /** Whether what follows is a factor without a sign between. */
  private boolean startsFactor() {
    Token token = peek();
    return switch (token.kind()) {
      case SYMBOL, FUNCTION -> true;
      case NUMBER -> at > 0 && tokens.get(at - 1).kind() != Kind.NUMBER;
      case COMMAND ->
          ImmutableSet.of("frac", "sqrt", "binom", "overline").contains(token.text())
              || token.text().startsWith("begin:");
      case OPERATOR ->
          (FACTOR_STARTS.contains(token.text()) && !isRemark() && !(french && token.is("[")))
              || (bars == 0 && (token.text().equals("|") || token.text().equals("‖")));
      default -> false;
    };
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

  private Node power() {
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

  private Node atom() {
    enter();
    Token token = take();
    Node node =
        switch (token.kind()) {
          case NUMBER -> numberOrBased(token);
          case SYMBOL -> symbol(token);
          case FUNCTION -> function(token.text());
          case COMMAND -> command(token.text());
          case CURRENCY -> {
            unit = token.text();
            yield takeIf("-") ? Node.negative(atom()) : atom();
          }
          case OPERATOR -> bracketed(token.text());
          case WORD, END -> throw new BeyondGraderException("an expression ends too soon");
        };
    depth--;
    return node;
  }

  private Node numberOrBased(Token token) {
    if (takeIf("_")) {
      String digits = source.substring(token.from(), token.to());
      return new Node.Based(digits.replace(" ", ""), subscript());
    }
    if (peek().kind() == Kind.COMMAND && peek().text().equals("overline")) {
      return repeating(token);
    }
    int point = token.text().indexOf('.');
    int places = point < 0 ? -1 : token.text().length() - point - 1;
    return new Node.Num(Rational.ofDecimal(token.text()), places);
  }

  /** 0.1\\overline{6}. */
  private Node repeating(Token start) {
    take();
    require("{");
    Token block = take();
    require("}");
    String written = source.substring(start.from(), start.to());
    int point = written.indexOf('.');
    if (point < 0 || block.kind() != Kind.NUMBER || !block.text().matches("\\d{1,50}")) {
      throw new BeyondGraderException("not a repeating decimal");
    }
    int places = written.length() - point - 1;
    Rational nines = Rational.of(10).pow(block.text().length()).minus(Rational.ONE);
    Rational tail =
        Rational.ofDecimal(block.text()).times(nines.inverse()).times(Rational.of(10).pow(-places));
    return new Node.Num(Rational.ofDecimal(start.text()).plus(tail), -1);
  }

  private String subscript() {
    int from = peek().from();
    int to;
    if (takeIf("{")) {
      while (!peek().is("}") && peek().kind() != Kind.END) {
        take();
      }
      to = peek().to();
      require("}");
    } else {
      Token token = take();
      to = token.to();
    }
    return source.substring(from, to).replaceAll("\\\\[a-z]++|[{}\\s]", "");
  }

  private Node symbol(Token token) {
    if (token.text().equals("∅")) {
      return new Node.Braces(List.of());
    }
    if (token.text().equals("∠") || token.text().equals("△")) {
      require(Kind.SYMBOL);
      return new Node.Sym(token.text() + take().text());
    }
    StringBuilder name = new StringBuilder(token.text());
    while (peek().is("'")) {
      name.append(take().text());
    }
    if (takeIf("_")) {
      name.append('_').append(subscript());
    }
    return new Node.Sym(name.toString());
  }

  /** A function's argument is a bracket, or the factors up to the next sign or function. */
  private Node function(String name) {
    Node base = null;
    Node exponent = null;
    while (peek().is("_") || peek().is("^")) {
      if (take().text().equals("_")) {
        base = takeIf("{") ? group() : atom();
      } else {
        boolean negative = takeIf("-");
        exponent = negative ? Node.negative(atom()) : atom();
      }
    }
    Node argument;
    if (peek().is("(") || peek().is("{")) {
      argument = power();
    } else {
      boolean negative = takeIf("-");
      List<Node> factors = new ArrayList<>(List.of(power()));
      while (startsFactor() && peek().kind() != Kind.FUNCTION) {
        factors.add(power());
      }
      argument = factors.size() == 1 ? factors.get(0) : new Node.Product(List.copyOf(factors));
      argument = negative ? Node.negative(argument) : argument;
    }
    if (exponent instanceof Node.Num number && number.value().signum() < 0) {
      name = "arc" + name; // sin^{-1}
      exponent = null;
    }
    List<Node> arguments = base == null ? List.of(argument) : List.of(argument, base);
    Node call = new Node.Call(name, arguments);
    return exponent == null ? call : new Node.Power(call, exponent);
  }

  private Node command(String name) {
    return switch (name) {
      case "frac" -> new Node.Product(List.of(argument(), Node.inverse(argument())));
      case "binom" -> new Node.Call("binomial", List.of(argument(), argument()));
      case "sqrt" -> {
        Node index = Node.integer(2);
        if (takeIf("[")) {
          index = sum();
          require("]");
        }
        yield new Node.Call("root", List.of(argument(), index));
      }
      case "overline" -> {
        int from = peek().from();
        argument();
        String covered = source.substring(from, tokens.get(at - 1).to());
        yield new Node.Sym("overline" + covered.replaceAll("[{}\\s]", ""));
      }
      case "mathbb" -> {
        boolean braces = takeIf("{");
        Node set = new Node.Sym("mathbb" + take().text());
        if (braces) {
          require("}");
        }
        yield set;
      }
      default -> {
        if (!name.startsWith("begin:") || !MATRICES.contains(name.substring(6))) {
          throw new BeyondGraderException("a command is not known: " + name);
        }
        yield matrix(name.substring(6));
      }
    };
  }

  /** A group, or a single digit or symbol: \frac12. */
  private Node argument() {
    if (takeIf("{")) {
      return group();
    }
    Token token = peek();
    if (token.kind() == Kind.NUMBER
        && token.text().length() > 1
        && token.text().indexOf('.') < 0
        && tokens.get(Math.max(0, at - 1)).kind() == Kind.COMMAND
        && tokens.get(at - 1).text().equals("frac")) {
      // \frac12 and \frac123: the first digit is above. The rest is what comes next.
      tokens.set(
          at, new Token(Kind.NUMBER, token.text().substring(1), token.from() + 1, token.to()));
      return Node.integer(token.text().charAt(0) - '0');
    }
    return atom();
  }

  /** What is inside braces, after the opening one. */
  private Node group() {
    Node node = list();
    if (peek().kind() == Kind.COMMAND
        && (peek().text().equals("over") || peek().text().equals("choose"))) {
      boolean over = take().text().equals("over");
      Node below = sum();
      node =
          over
              ? new Node.Product(List.of(node, Node.inverse(below)))
              : new Node.Call("binomial", List.of(node, below));
    }
    require("}");
    return node;
  }

  private Node matrix(String name) {
    if (name.equals("array") && takeIf("{")) {
      while (!takeIf("}")) {
        if (take().kind() == Kind.END) {
          throw unexpected();
        }
      }
    }
    List<List<Node>> rows = new ArrayList<>();
    List<Node> row = new ArrayList<>();
    while (true) {
      row.add(sum());
      if (takeIf("&")) {
        continue;
      }
      rows.add(List.copyOf(row));
      row.clear();
      boolean more = takeIf("\\\\");
      if (peek().kind() == Kind.COMMAND && peek().text().equals("end:" + name)) {
        take();
        return new Node.Matrix(List.copyOf(rows));
      }
      if (!more) {
        throw unexpected();
      }
    }
  }

  private Node bracketed(String open) {
    return switch (open) {
      case "{" -> group();
      case "(", "[", "]" -> roundOrSquare(open.charAt(0));
      case "\\{" -> {
        if (takeIf("\\}")) {
          yield new Node.Braces(List.of());
        }
        Node inner = outsideBars(this::list);
        require("\\}");
        yield new Node.Braces(items(inner));
      }
      case "|", "‖" -> {
        bars++;
        Node inner = sum();
        bars--;
        require(open);
        yield new Node.Call(open.equals("|") ? "abs" : "norm", List.of(inner));
      }
      case "⌊" -> closed("floor", "⌋");
      case "⌈" -> closed("ceil", "⌉");
      default -> throw new BeyondGraderException("not understood at: " + open);
    };
  }

  private Node closed(String function, String close) {
    Node inner = outsideBars(this::sum);
    require(close);
    return new Node.Call(function, List.of(inner));
  }

  private Node roundOrSquare(char open) {
    boolean outer = french;
    french = open == ']';
    Node inner = outsideBars(this::list);
    french = outer;
    Token close = take();
    boolean reversed = open == ']' || close.is("[");
    if (!close.is(")") && !close.is("]") && !(close.is("[") && inner instanceof Node.Items)) {
      throw new BeyondGraderException("a bracket is not closed");
    }
    if (!(inner instanceof Node.Items)) {
      if (reversed || open == '(' != close.is(")")) {
        throw new BeyondGraderException("brackets do not match");
      }
      return inner;
    }
    // ]1, 2[ is French for (1, 2).
    char left = open == ']' ? '(' : open;
    char right = close.is("[") ? ')' : close.text().charAt(0);
    return new Node.Bracketed(left, items(inner), right);
  }

  private Node outsideBars(java.util.function.Supplier<Node> inside) {
    int outer = bars;
    bars = 0;
    Node node = inside.get();
    bars = outer;
    return node;
  }

  private static List<Node> items(Node node) {
    return node instanceof Node.Items items ? items.items() : List.of(node);
  }
}
