package org.riselm.core.internal.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.riselm.core.internal.math.Token.Kind;

/** Reads an answer by recursive descent: lists, relations, quantities, sets, ratios. */
public final class Parser extends ExpressionParser {
  private static final Set<String> SIGNS = Set.of("=", "<", ">", "≤", "≥", "≠", "≈", "≡", "∈");

  /** Three or more words, which would be units and variables otherwise: "It is a Friday". */
  private static final Pattern SENTENCE =
      Pattern.compile(
          "(?i)(?=.*[a-z]{4})(?!.*\\b(?:and|or|infinity)\\b)"
              + "(?!(?:the )?(?:final|answer|value|result|solution|option|choice)\\b)"
              + "[a-z]++(?: [a-z'-]++){2,}");

  private Parser(String source, List<Token> tokens, Budget budget) {
    super(source, tokens, budget);
  }

  /**
   * The meaning of {@code answer}, which {@link Cleaner} has cleaned. Of an equation whose left
   * side cannot be read, such as an integral, the right side is the meaning.
   *
   * @throws BeyondGraderException if it has none that is known here
   */
  public static Node parse(String answer, Budget budget) {
    try {
      return whole(answer, budget);
    } catch (BeyondGraderException e) {
      int equals = Cleaner.lastOutside(answer, '=');
      String name = answer.substring(0, Math.max(0, equals)).strip();
      if (name.isEmpty()
          || Cleaner.lastOutside(name, ',') >= 0
          || name.matches(".*\\b(?:and|or)\\b.*")) {
        throw e;
      }
      Node left = new Node.Words(name);
      Node right = whole(answer.substring(equals + 1).strip(), budget);
      return new Node.Relation(List.of(left, right), List.of("="));
    }
  }

  private static Node whole(String answer, Budget budget) {
    if (SENTENCE.matcher(answer).matches()) {
      return spelled(answer);
    }
    Parser parser = new Parser(answer, Lexer.tokens(answer, budget), budget);
    Node node = parser.list();
    parser.require(Kind.END);
    return node;
  }

  @Override
  Node list() {
    enter();
    List<Node> items = new ArrayList<>();
    boolean onlyAnd = true;
    do {
      while (peek().is(",")) {
        // "1, and 2" has one separator, however it is spelled.
        onlyAnd &= source.startsWith("and", peek().from());
        take();
      }
      if (!closesList() || (items.isEmpty() && peek().is("]"))) {
        items.add(item());
      }
    } while (peek().is(","));
    depth--;
    if (items.isEmpty()) {
      throw unexpected();
    }
    if (items.size() == 1) {
      return items.get(0);
    }
    if ((onlyAnd && items.stream().allMatch(Inequalities::isInequality))
        || Inequalities.isPunctured(items)) {
      return new Node.Joined('∩', List.copyOf(items));
    }
    return Quantities.sum(items).orElseGet(() -> new Node.Items(List.copyOf(items)));
  }

  private boolean closesList() {
    Token token = peek();
    return token.kind() == Kind.END
        || (token.kind() == Kind.OPERATOR && ")]}\\}".contains(token.text()));
  }

  private Node item() {
    String outerUnit = unit;
    int from = at;
    List<Node> operands = new ArrayList<>(List.of(measured()));
    if (isSign() && isFunction(from, at)) {
      operands.set(0, function(from));
    }
    List<String> signs = new ArrayList<>();
    while (isSign()) {
      signs.add(take().text());
      from = at;
      Node operand = measured();
      operands.add(isSign() && isFunction(from, at) ? function(from) : operand);
    }
    unit = outerUnit;
    return signs.isEmpty()
        ? operands.get(0)
        : new Node.Relation(List.copyOf(operands), List.copyOf(signs));
  }

  /** Whether (f ∘ g) stands at {@code from}. */
  private boolean isComposition(int from) {
    return tokens.get(from).is("(") && token(from + 2).is("°") && token(from + 4).is(")");
  }

  private boolean isSign() {
    return peek().kind() == Kind.OPERATOR && SIGNS.contains(peek().text());
  }

  /** The tokens from {@code from} to here as one symbol: f(x). */
  private Node function(int from) {
    String name = source.substring(tokens.get(from).from(), tokens.get(at - 1).to());
    return new Node.Sym(name.replaceAll("\\\\(?:left|right)(?![a-zA-Z])|\\s", ""));
  }

  /** Whether the tokens in a range are a function and its argument: f(3), f'(x), P(A ∩ B), y(0). */
  private boolean isFunction(int from, int to) {
    int open = isComposition(from) ? from + 5 : from + 1;
    while (open < to && !tokens.get(open).is("(") && !tokens.get(open).is("[")) {
      open++;
    }
    Token name = tokens.get(from);
    String close = open < to && tokens.get(open).is("[") ? "]" : ")";
    if ((name.kind() != Kind.SYMBOL && !isComposition(from))
        || open == to
        || !tokens.get(to - 1).is(close)) {
      return false;
    }
    for (Token between : tokens.subList(from + 1, open)) {
      // A prime, a subscript or the exponent of an inverse.
      if (between.kind() == Kind.OPERATOR && !"'_^{}-°)".contains(between.text())) {
        return false;
      }
    }
    int depth = 1;
    boolean sets = false;
    for (int i = open + 1; i < to - 1; i++) {
      sets |= tokens.get(i).is("∪") || tokens.get(i).is("∩");
      depth += tokens.get(i).is(tokens.get(open).text()) ? 1 : tokens.get(i).is(close) ? -1 : 0;
      if (depth == 0) {
        return false;
      }
    }
    boolean single = to - open == 3 && !tokens.get(open + 1).text().equals(name.text());
    return single
        || sets
        || isComposition(from)
        || Vocabulary.FUNCTION_LETTERS.contains(name.text());
  }

  /** An expression and the unit around it, or words. */
  private Node measured() {
    unit = "";
    if (peek().kind() == Kind.WORD && !isFactor()) {
      return spelled(words(false));
    }
    Node value = joined();
    if (peek().kind() == Kind.CURRENCY) {
      unit = take().text();
    }
    if (peek().kind() == Kind.WORD || isRemark()) {
      String words = words(true);
      Optional<Rational> magnitude = Units.magnitude(words);
      if (magnitude.isPresent()) {
        value = new Node.Product(List.of(new Node.Num(magnitude.get(), -1), value));
      } else if (!Units.isPlain(words)) {
        throw new BeyondGraderException("words change the number: " + words);
      }
      unit = unit.isEmpty() ? words : unit; // "$5 per hour" is money
    }
    if (unit.isEmpty()) {
      return value;
    }
    Node measured = new Node.Measured(value, Units.canonical(unit));
    return peek().kind() == Kind.NUMBER ? withSmallerUnit(measured) : measured;
  }

  /** "2 hours 30 minutes". */
  private Node withSmallerUnit(Node larger) {
    enter();
    Node smaller = measured();
    depth--;
    return Quantities.sum(List.of(larger, smaller)).orElseThrow(this::unexpected);
  }

  /** Words, or the number that they say: "five", "five percent", "five dollars". */
  private static Node spelled(String words) {
    Optional<Node> number = NumberWords.read(words).map(n -> new Node.Num(n, -1));
    if (number.isPresent()) {
      return number.get();
    }
    int space = words.lastIndexOf(' ');
    Optional<Node> counted =
        space < 0
            ? Optional.empty()
            : NumberWords.read(words.substring(0, space)).map(n -> new Node.Num(n, -1));
    String last = words.substring(space + 1);
    if (counted.isPresent() && last.equals("percent")) {
      return new Node.Percent(counted.get());
    }
    String unit = Units.canonical(last);
    return counted.isPresent() && Units.find(unit).isPresent()
        ? new Node.Measured(counted.get(), unit)
        : new Node.Words(words);
  }

  /** The source up to the end of the item, or to the number that follows a unit. */
  private String words(boolean unit) {
    int from = peek().from();
    int to = from;
    while (peek().kind() != Kind.END
        && !peek().is(",")
        && !closesList()
        && !isSign()
        && !(unit && peek().kind() == Kind.NUMBER && isWord(at - 1) && to > from)) {
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

  private boolean isWord(int token) {
    return tokens.get(token).kind() == Kind.WORD && !Units.isModulus(tokens.get(token).text());
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
}
