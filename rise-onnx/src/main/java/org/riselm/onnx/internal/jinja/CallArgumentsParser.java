package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.jinja.Expression.CallArguments;
import org.riselm.onnx.internal.jinja.Token.Kind;

/** Reads the arguments of a call, a filter or a test, from one parenthesis to the other. */
final class CallArgumentsParser {
  private CallArgumentsParser() {}

  static CallArguments parse(TokenStream stream, ExpressionParser expressions) {
    stream.expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression items = null;
    Expression dict = null;
    boolean first = true;
    while (!stream.isOperator(")")) {
      if (!first) {
        stream.expectOperator(",");
        if (stream.isOperator(")")) {
          break;
        }
      }
      first = false;
      Token token = stream.current();
      if (dict != null || (items != null && stream.isOperator("*"))) {
        throw token.at().syntax("an argument follows those that are unpacked");
      }
      if (stream.skipOperator("*")) {
        items = expressions.expression();
      } else if (stream.skipOperator("**")) {
        dict = expressions.expression();
      } else if (token.kind() == Kind.NAME && stream.look().isOperator("=")) {
        stream.take();
        stream.take();
        if (named.put(token.text(), expressions.expression()) != null) {
          throw token.at().syntax("the argument " + token.text() + " is given twice");
        }
      } else if (!named.isEmpty() || items != null) {
        throw token.at().syntax("an argument by place follows one by name");
      } else {
        positional.add(expressions.expression());
      }
    }
    stream.expectOperator(")");
    // Their order is that of evaluation, and shows in a macro's kwargs.
    return new CallArguments(
        List.copyOf(positional), Collections.unmodifiableMap(named), items, dict);
  }
}
