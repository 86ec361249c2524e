package org.riselm.onnx.internal.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.jinja.Expression.CallArguments;
import org.riselm.onnx.internal.jinja.Expression.Comparator;
import org.riselm.onnx.internal.jinja.Token.Kind;

/**
 * Reads expressions, from the loosest binding to the tightest: conditional, or, and, not,
 * comparisons, sums, concatenations, products, powers, signs, and what follows a value (attributes,
 * items, calls, filters, tests).
 */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
  // After a test, what does not start its argument.
  private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and");

  private static final int LONGEST_INTEGER = 4300;

  private final TokenStream stream;
  private final UnknownNames unknown = new UnknownNames();

  ExpressionParser(TokenStream stream) {
    this.stream = stream;
  }

  /** The filters and tests read so far that are not known. */
  UnknownNames unknown() {
    return unknown;
  }

  Expression expression() {
    int start = unknown.count();
    int depth = stream.depth();
    stream.enter();
    Expression value = or();
    while (stream.isName("if")) {
      stream.enter();
      Position at = stream.take().at();
      Expression test = or();
      Expression otherwise = stream.skipName("else") ? expression() : null;
      value = new Expression.Conditional(test, value, otherwise, at);
      unknown.leave(start);
    }
    stream.leaveTo(depth);
    return value;
  }

  /** An expression, or several with commas between them, which are a tuple. */
  Expression tuple(boolean conditional, String endName) {
    Position at = stream.current().at();
    List<Expression> items = new ArrayList<>();
    boolean comma = false;
    while (!endsTuple(endName)) {
      items.add(conditional ? expression() : or());
      if (!stream.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (items.isEmpty()) {
      throw stream.unexpected("an expression");
    }
    return comma ? new Expression.TupleOf(List.copyOf(items), at) : items.get(0);
  }

  private boolean endsTuple(String endName) {
    return stream.isKind(Kind.VARIABLE_END)
        || stream.isKind(Kind.BLOCK_END)
        || stream.isOperator(")")
        || stream.isName(endName);
  }

  private Expression or() {
    int depth = stream.depth();
    stream.enter();
    Expression left = and();
    while (stream.isName("or")) {
      stream.enter();
      Position at = stream.take().at();
      left = new Expression.Or(left, and(), at);
    }
    stream.leaveTo(depth);
    return left;
  }

  private Expression and() {
    int depth = stream.depth();
    Expression left = not();
    while (stream.isName("and")) {
      stream.enter();
      Position at = stream.take().at();
      left = new Expression.And(left, not(), at);
    }
    stream.leaveTo(depth);
    return left;
  }

  private Expression not() {
    if (!stream.isName("not")) {
      return comparison();
    }
    stream.enter();
    Position at = stream.take().at();
    Expression negated = new Expression.Not(not(), at);
    stream.leave();
    return negated;
  }

  private Expression comparison() {
    Position at = stream.current().at();
    Expression first = sum();
    List<Comparator> rest = new ArrayList<>();
    while (true) {
      Token token = stream.current();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        stream.take();
        rest.add(new Comparator(token.text(), sum()));
      } else if (stream.skipName("in")) {
        rest.add(new Comparator("in", sum()));
      } else if (token.isName("not") && stream.look().isName("in")) {
        stream.take();
        stream.take();
        rest.add(new Comparator("not in", sum()));
      } else {
        break;
      }
    }
    return rest.isEmpty() ? first : new Expression.Comparison(first, List.copyOf(rest), at);
  }

  private Expression sum() {
    int depth = stream.depth();
    Expression left = concatenation();
    while (stream.isOperator("+") || stream.isOperator("-")) {
      stream.enter();
      Token operator = stream.take();
      left = new Expression.Binary(operator.text(), left, concatenation(), operator.at());
    }
    stream.leaveTo(depth);
    return left;
  }

  private Expression concatenation() {
    Position at = stream.current().at();
    Expression first = product();
    if (!stream.isOperator("~")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (stream.skipOperator("~")) {
      items.add(product());
    }
    return new Expression.Concatenation(List.copyOf(items), at);
  }

  private Expression product() {
    int depth = stream.depth();
    Expression left = power();
    while (stream.isKind(Kind.OPERATOR) && PRODUCTS.contains(stream.current().text())) {
      stream.enter();
      Token operator = stream.take();
      left = new Expression.Binary(operator.text(), left, power(), operator.at());
    }
    stream.leaveTo(depth);
    return left;
  }

  private Expression power() {
    int depth = stream.depth();
    Expression left = signed(true);
    while (stream.isOperator("**")) {
      stream.enter();
      Token operator = stream.take();
      left = new Expression.Binary(operator.text(), left, signed(true), operator.at());
    }
    stream.leaveTo(depth);
    return left;
  }

  // A sign binds tighter than a filter: -x|abs is (-x)|abs.
  private Expression signed(boolean filtered) {
    stream.enter();
    Expression value;
    if (stream.isOperator("-") || stream.isOperator("+")) {
      Token sign = stream.take();
      value = new Expression.Sign(sign.text().equals("-"), signed(false), sign.at());
    } else {
      value = primary();
    }
    value = postfix(value);
    if (filtered) {
      value = filtersAndTests(value);
    }
    stream.leave();
    return value;
  }

  Expression primary() {
    Token token = stream.current();
    Position at = token.at();
    switch (token.kind()) {
      case NAME -> {
        stream.take();
        return named(token);
      }
      case STRING -> {
        StringBuilder text = new StringBuilder();
        while (stream.isKind(Kind.STRING)) {
          text.append(stream.take().text());
        }
        return new Expression.Constant(text.toString(), at);
      }
      case INTEGER -> {
        return new Expression.Constant(integer(stream.take()), at);
      }
      case FLOAT -> {
        return new Expression.Constant(Double.valueOf(stream.take().text()), at);
      }
      case OPERATOR -> {
        switch (token.text()) {
          case "(" -> {
            return parenthesized();
          }
          case "[" -> {
            return list();
          }
          case "{" -> {
            return dict();
          }
          default -> {}
        }
      }
      default -> {}
    }
    throw stream.unexpected("an expression");
  }

  private static Expression named(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expression.Constant(true, token.at());
      case "false", "False" -> new Expression.Constant(false, token.at());
      case "none", "None" -> new Expression.Constant(None.NONE, token.at());
      default -> new Expression.Name(token.text(), token.at());
    };
  }

  private static Object integer(Token token) {
    if (token.text().length() > LONGEST_INTEGER) {
      throw token.at().limit("an integer has more than %d digits".formatted(LONGEST_INTEGER));
    }
    return Numbers.integer(new BigInteger(token.text()));
  }

  private Expression parenthesized() {
    Position at = stream.take().at();
    Expression value =
        stream.isOperator(")") ? new Expression.TupleOf(List.of(), at) : tuple(true, ")");
    stream.expectOperator(")");
    return value;
  }

  private Expression list() {
    Position at = stream.take().at();
    List<Expression> items = new ArrayList<>();
    while (!stream.isOperator("]")) {
      if (!items.isEmpty()) {
        stream.expectOperator(",");
        if (stream.isOperator("]")) {
          break;
        }
      }
      items.add(expression());
    }
    stream.expectOperator("]");
    return new Expression.ListOf(List.copyOf(items), at);
  }

  private Expression dict() {
    Position at = stream.take().at();
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!stream.isOperator("}")) {
      if (!keys.isEmpty()) {
        stream.expectOperator(",");
        if (stream.isOperator("}")) {
          break;
        }
      }
      keys.add(expression());
      stream.expectOperator(":");
      values.add(expression());
    }
    stream.expectOperator("}");
    return new Expression.DictOf(List.copyOf(keys), List.copyOf(values), at);
  }

  private Expression postfix(Expression value) {
    int depth = stream.depth();
    Expression out = value;
    while (true) {
      stream.enter();
      if (stream.isOperator(".")) {
        out = dotted(out);
      } else if (stream.isOperator("[")) {
        out = subscript(out);
      } else if (stream.isOperator("(")) {
        Position at = stream.current().at();
        out = new Expression.Call(out, CallArgumentsParser.parse(stream, this), at);
      } else {
        stream.leaveTo(depth);
        return out;
      }
    }
  }

  private Expression dotted(Expression object) {
    Position at = stream.take().at();
    Token name = stream.take();
    return switch (name.kind()) {
      case NAME -> new Expression.Attribute(object, name.text(), at);
      case INTEGER ->
          new Expression.Item(object, new Expression.Constant(integer(name), name.at()), at);
      default -> throw name.at().syntax("expected a name after the dot, found " + name.describe());
    };
  }

  private Expression subscript(Expression object) {
    Position at = stream.take().at();
    Expression start = stream.isOperator(":") ? null : expression();
    if (!stream.skipOperator(":")) {
      if (start == null || stream.isOperator(",")) {
        throw stream.current().at().unsupported("several subscripts in one are not supported");
      }
      stream.expectOperator("]");
      return new Expression.Item(object, start, at);
    }
    Expression stop = endsSlicePart() ? null : expression();
    Expression step = stream.skipOperator(":") && !endsSlicePart() ? expression() : null;
    stream.expectOperator("]");
    return new Expression.Slice(object, start, stop, step, at);
  }

  private boolean endsSlicePart() {
    return stream.isOperator(":") || stream.isOperator("]");
  }

  private Expression filtersAndTests(Expression value) {
    int depth = stream.depth();
    Expression out = value;
    while (true) {
      stream.enter();
      if (stream.isOperator("|")) {
        out = filter(out);
      } else if (stream.isName("is")) {
        out = test(out);
      } else if (stream.isOperator("(")) {
        Position at = stream.current().at();
        out = new Expression.Call(out, CallArgumentsParser.parse(stream, this), at);
      } else {
        stream.leaveTo(depth);
        return out;
      }
    }
  }

  private Expression filter(Expression input) {
    stream.take();
    return filterOf(input);
  }

  /** A filter from its name on; {@code input} is null for the first filter of a block. */
  Expression.Filter filterOf(@Nullable Expression input) {
    Token name = stream.expect(Kind.NAME, "the name of a filter");
    note("filter", name, Filters.exists(name.text()));
    CallArguments arguments =
        stream.isOperator("(") ? CallArgumentsParser.parse(stream, this) : CallArguments.NONE;
    return new Expression.Filter(input, name.text(), arguments, name.at());
  }

  private void note(String kind, Token name, boolean known) {
    TemplateException exception =
        name.at().unsupported("the %s \"%s\" is not supported".formatted(kind, name.text()));
    if (stream.isOperator(".")) {
      throw exception;
    }
    if (!known) {
      unknown.add(exception);
    }
  }

  private Expression test(Expression input) {
    stream.take();
    boolean negated = stream.skipName("not");
    Token name = stream.expect(Kind.NAME, "the name of a test");
    note("test", name, Tests.exists(name.text()));
    CallArguments arguments = CallArguments.NONE;
    if (stream.isOperator("(")) {
      arguments = CallArgumentsParser.parse(stream, this);
    } else if (startsTestArgument()) {
      if (stream.isName("is")) {
        throw stream.current().at().syntax("tests cannot be chained with \"is\"");
      }
      arguments = new CallArguments(List.of(postfix(primary())), Map.of(), null, null);
    }
    Expression test = new Expression.Test(input, name.text(), arguments, name.at());
    return negated ? new Expression.Not(test, name.at()) : test;
  }

  private boolean startsTestArgument() {
    Token token = stream.current();
    return switch (token.kind()) {
      case NAME -> !NO_ARGUMENT.contains(token.text());
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
