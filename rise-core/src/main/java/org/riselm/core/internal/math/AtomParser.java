package org.riselm.core.internal.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.riselm.core.internal.math.Token.Kind;

/** Reads what has no operator around it: numbers, symbols, functions, commands, brackets. */
abstract class AtomParser extends TokenReader {
  private static final Set<String> MATRICES =
      Set.of("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array");

  /** How many absolute values are open here. */
  int bars;

  /** Whether a bracket such as ]1, 2[ is open. */
  boolean french;

  /** The currency sign that was read last in this item. */
  String unit = "";

  AtomParser(String source, List<Token> tokens, Budget budget) {
    super(source, tokens, budget);
  }

  /** Items between commas; a single one is itself. */
  abstract Node list();

  /** Terms with signs between. */
  abstract Node sum();

  /** An atom and what is raised or written behind it. */
  abstract Node power();

  /** Whether what follows is a factor without a sign between. */
  abstract boolean startsFactor();

  Node atom() {
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
          case WORD -> {
            if (!isFactorAt(at - 1)) {
              throw new BeyondGraderException("words among the mathematics");
            }
            yield new Node.Sym(token.text());
          }
          case END -> throw new BeyondGraderException("an expression ends too soon");
        };
    depth--;
    return node;
  }

  /** Whether the word that comes next is a factor, as in \\text{base} \\cdot \\text{height}. */
  boolean isFactor() {
    return isFactorAt(at);
  }

  private boolean isFactorAt(int word) {
    return isTimes(word + 1) || isTimes(word - 1);
  }

  private boolean isTimes(int token) {
    return token >= 0 && (token(token).is("*") || token(token).is("/"));
  }

  private Node numberOrBased(Token token) {
    if (takeIf("_")) {
      String digits = source.substring(token.from(), token.to());
      String base = subscript();
      return new Node.Based(
          digits.replace(" ", ""), NumberWords.read(base).map(Rational::toString).orElse(base));
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
    Node symbol = new Node.Sym(name.toString());
    if (Vocabulary.FUNCTION_LETTERS.contains(token.text()) && isNumberInBrackets()) {
      return new Node.Call("value", List.of(symbol, power()));
    }
    return symbol;
  }

  /** I(0) is a value of a function and no product. */
  private boolean isNumberInBrackets() {
    int number = peek().is("(") && token(at + 1).is("-") ? at + 2 : at + 1;
    return peek().is("(") && token(number).kind() == Kind.NUMBER && token(number + 1).is(")");
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
        String letters = covered.replaceAll("[{}\\s]", "");
        yield new Node.Sym(
            letters.matches("[A-Z]{2}") ? letters : "overline" + letters); // a segment
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
    Token command = tokens.get(Math.max(0, at - 1));
    if (token.kind() == Kind.NUMBER
        && token.text().length() > 1
        && token.text().indexOf('.') < 0
        && command.kind() == Kind.COMMAND
        && (command.text().equals("frac") || command.text().equals("sqrt"))
        && source.charAt(command.from()) == '\\') {
      // \frac12, \frac123 and \sqrt23: TeX takes the first digit. The rest is what comes next.
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
        boolean conditional = takeIfVariable();
        Node inner = outsideBars(this::list);
        require("\\}");
        yield !conditional
            ? new Node.Braces(items(inner))
            : inner instanceof Node.Items all ? new Node.Joined('∩', all.items()) : inner;
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

  /** Skips "x |", "x :" or "x ∈ ℝ |" of a set that has a condition. */
  private boolean takeIfVariable() {
    int bar = at + 1;
    if (token(bar).is("∈")) {
      while (bar < Math.min(at + 7, tokens.size() - 1) && !isBar(bar)) {
        bar++;
      }
    }
    boolean conditional = peek().kind() == Kind.SYMBOL && isBar(bar);
    at = conditional ? bar + 1 : at;
    return conditional;
  }

  private boolean isBar(int token) {
    return token(token).is("|") || token(token).is(":");
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

  private Node outsideBars(Supplier<Node> inside) {
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
