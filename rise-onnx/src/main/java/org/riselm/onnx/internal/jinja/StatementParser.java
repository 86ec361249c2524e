package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.internal.jinja.Statement.Block;
import org.riselm.onnx.internal.jinja.Statement.Branch;
import org.riselm.onnx.internal.jinja.Statement.Signature;
import org.riselm.onnx.internal.jinja.Statement.Target;
import org.riselm.onnx.internal.jinja.Token.Kind;

/** Reads a template's text and tags into statements. */
final class StatementParser {
  private static final Set<String> CONSTANTS =
      Set.of("true", "True", "false", "False", "none", "None");
  // Names that Jinja gives a meaning of its own inside loops and macros.
  private static final Set<String> RESERVED = Set.of("loop", "caller", "varargs", "kwargs");

  private final TokenStream stream;
  private final ExpressionParser expressions;
  // Loops around the current statement, up to the nearest block that is rendered apart.
  private int loops;

  private StatementParser(TokenStream stream) {
    this.stream = stream;
    this.expressions = new ExpressionParser(stream);
  }

  static Block parse(String source) {
    StatementParser parser = new StatementParser(new TokenStream(Lexer.tokens(source)));
    Block block = new Block(parser.statementsUntil(Set.of()));
    parser.expressions.unknown().requireNone();
    return block;
  }

  /** Statements up to a tag in {@code ends}, which becomes current; or up to the end, if empty. */
  private List<Statement> statementsUntil(Set<String> ends) {
    stream.enter();
    List<Statement> body = new ArrayList<>();
    while (true) {
      Token token = stream.current();
      switch (token.kind()) {
        case END -> {
          if (!ends.isEmpty()) {
            throw token.at().syntax("the template ends where one of %s is missing".formatted(ends));
          }
          stream.leave();
          return body;
        }
        case DATA -> body.add(new Statement.Data(stream.take().text(), token.at()));
        case VARIABLE_BEGIN -> {
          stream.take();
          body.add(new Statement.Output(expressions.tuple(true, ""), token.at()));
          stream.expect(Kind.VARIABLE_END, "the end of the expression");
        }
        default -> {
          stream.take();
          if (stream.isKind(Kind.NAME) && ends.contains(stream.current().text())) {
            stream.leave();
            return body;
          }
          body.add(statement());
          endTag();
        }
      }
    }
  }

  private void endTag() {
    stream.expect(Kind.BLOCK_END, "the end of the tag");
  }

  /** The body of a tag up to its end tag, which is read as far as its name. */
  private List<Statement> body(String end) {
    return bodyUntil(Set.of(end));
  }

  private List<Statement> bodyUntil(Set<String> ends) {
    stream.skipOperator(":");
    endTag();
    List<Statement> body = statementsUntil(ends);
    lastEnd = stream.take().text();
    return body;
  }

  // The name of the end tag that was read last.
  private String lastEnd = "";

  /** A body that is rendered apart, so that a loop around it cannot be left from inside. */
  private Block apart(String end) {
    int around = loops;
    int unknown = expressions.unknown().count();
    loops = 0;
    Block block = new Block(body(end));
    loops = around;
    expressions.unknown().refuse(unknown);
    return block;
  }

  private Statement statement() {
    Token tag = stream.expect(Kind.NAME, "the name of a tag");
    Position at = tag.at();
    return switch (tag.text()) {
      case "if" -> ifStatement(at);
      case "for" -> forStatement(at);
      case "set" -> set(at);
      case "macro" -> macro(at);
      case "call" -> call(at);
      case "filter" -> {
        Expression.Filter filter = filters(expressions.filterOf(null));
        yield new Statement.FilterBlock(filter, apart("endfilter"), at);
      }
      case "with" -> with(at);
      case "generation" -> new Statement.Generation(apart("endgeneration"), at);
      case "break" -> {
        requireLoop(tag);
        yield new Statement.Break(at);
      }
      case "continue" -> {
        requireLoop(tag);
        yield new Statement.Continue(at);
      }
      default ->
          throw at.unsupported("the tag \"%s\" is unknown or misplaced".formatted(tag.text()));
    };
  }

  private void requireLoop(Token tag) {
    if (loops == 0) {
      throw tag.at().syntax("\"%s\" stands in no loop that it could act on".formatted(tag.text()));
    }
  }

  private Statement ifStatement(Position at) {
    int unknown = expressions.unknown().count();
    List<Branch> branches = new ArrayList<>();
    do {
      Expression test = expressions.tuple(false, "");
      branches.add(new Branch(test, bodyUntil(Set.of("elif", "else", "endif"))));
    } while (lastEnd.equals("elif"));
    if (lastEnd.equals("else")) {
      branches.add(new Branch(null, body("endif")));
    }
    expressions.unknown().leave(unknown);
    return new Statement.If(List.copyOf(branches), at);
  }

  private Statement forStatement(Position at) {
    Target target = target(false);
    if (!stream.skipName("in")) {
      throw stream.unexpected("\"in\"");
    }
    Expression items = expressions.tuple(false, "recursive");
    Expression test = stream.skipName("if") ? expressions.expression() : null;
    boolean recursive = stream.skipName("recursive");
    int unknown = expressions.unknown().count();
    loops++;
    Block body = new Block(bodyUntil(Set.of("endfor", "else")));
    loops--;
    Block otherwise = lastEnd.equals("else") ? new Block(body("endfor")) : null;
    expressions.unknown().refuse(unknown);
    return new Statement.For(target, items, test, recursive, body, otherwise, at);
  }

  private Statement set(Position at) {
    Target target = target(true);
    if (stream.skipOperator("=")) {
      return new Statement.Assign(target, expressions.tuple(true, ""), at);
    }
    Expression.Filter filter = null;
    if (stream.skipOperator("|")) {
      filter = filters(expressions.filterOf(null));
    }
    return new Statement.AssignBlock(target, filter, apart("endset"), at);
  }

  private Expression.Filter filters(Expression.Filter first) {
    int depth = stream.depth();
    Expression.Filter filter = first;
    while (stream.skipOperator("|")) {
      stream.enter();
      filter = expressions.filterOf(filter);
    }
    stream.leaveTo(depth);
    return filter;
  }

  private Statement macro(Position at) {
    String name = variable(stream.expect(Kind.NAME, "the name of the macro"));
    Signature signature = signature();
    return new Statement.MacroDefinition(name, signature, apart("endmacro"), at);
  }

  private Statement call(Position at) {
    Signature signature = stream.isOperator("(") ? signature() : Signature.NONE;
    Expression called = expressions.expression();
    if (!(called instanceof Expression.Call call)) {
      throw called.at().syntax("a call block needs a call");
    }
    return new Statement.CallBlock(signature, call, apart("endcall"), at);
  }

  private Statement with(Position at) {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!stream.isKind(Kind.BLOCK_END)) {
      if (!targets.isEmpty()) {
        stream.expectOperator(",");
      }
      targets.add(target(false));
      stream.expectOperator("=");
      values.add(expressions.expression());
    }
    int unknown = expressions.unknown().count();
    Block body = new Block(body("endwith"));
    expressions.unknown().refuse(unknown);
    return new Statement.With(List.copyOf(targets), List.copyOf(values), body, at);
  }

  private Signature signature() {
    stream.expectOperator("(");
    List<String> names = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    while (!stream.isOperator(")")) {
      if (!names.isEmpty()) {
        stream.expectOperator(",");
      }
      Token token = stream.expect(Kind.NAME, "the name of a parameter");
      String name = variable(token);
      if (names.contains(name)) {
        throw token.at().syntax("the parameter " + name + " is there twice");
      }
      names.add(name);
      if (stream.skipOperator("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw token.at().syntax("a parameter without a default follows one with a default");
      }
    }
    stream.expectOperator(")");
    return new Signature(List.copyOf(names), List.copyOf(defaults));
  }

  private Target target(boolean members) {
    Position at = stream.current().at();
    List<Target> targets = new ArrayList<>();
    boolean comma = false;
    while (!stream.isName("in") && !stream.isOperator("=") && !stream.isKind(Kind.BLOCK_END)) {
      targets.add(single(members));
      if (!stream.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (targets.isEmpty()) {
      throw stream.unexpected("a name");
    }
    return comma ? new Target.Unpacked(List.copyOf(targets), at) : targets.get(0);
  }

  private Target single(boolean members) {
    Position at = stream.current().at();
    if (stream.skipOperator("(")) {
      stream.enter();
      Target inner = parenthesized(members, at);
      stream.leave();
      return inner;
    }
    Token token = stream.expect(Kind.NAME, "a name");
    if (members && stream.skipOperator(".")) {
      String attribute = stream.expect(Kind.NAME, "a name after the dot").text();
      return new Target.Member(token.text(), attribute, at);
    }
    return new Target.Variable(variable(token));
  }

  private Target parenthesized(boolean members, Position at) {
    List<Target> targets = new ArrayList<>();
    boolean comma = false;
    while (!stream.isOperator(")")) {
      targets.add(single(members));
      if (!stream.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    stream.expectOperator(")");
    if (!comma && targets.size() == 1) {
      return targets.get(0);
    }
    return new Target.Unpacked(List.copyOf(targets), at);
  }

  private static String variable(Token token) {
    String name = token.text();
    if (CONSTANTS.contains(name)) {
      throw token.at().syntax("\"%s\" cannot be assigned to".formatted(name));
    }
    if (RESERVED.contains(name)) {
      throw token.at().unsupported("a variable named \"%s\" is not supported".formatted(name));
    }
    return name;
  }
}
