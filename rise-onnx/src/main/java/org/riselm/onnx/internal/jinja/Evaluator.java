package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the values of expressions. */
final class Evaluator {
  // Deep enough for macros that walk nested schemas, shallow enough for a thread's stack.
  private static final int MAX_DEPTH = 400;

  private final Operations operations;
  private int depth;

  Evaluator(Operations operations) {
    this.operations = operations;
  }

  /** Counts one more level of evaluation or rendering. */
  void enter(Position at) {
    if (++depth > MAX_DEPTH) {
      throw at.limit("rendering goes more than %d levels deep".formatted(MAX_DEPTH));
    }
  }

  void leave() {
    depth--;
  }

  Object value(Expression e, Scope scope) {
    enter(e.at());
    try {
      operations.meter().spend(1);
      return compute(e, scope);
    } catch (Failure failure) {
      throw failure.at(e.at());
    } finally {
      leave();
    }
  }

  boolean isTrue(Expression e, Scope scope) {
    return Values.isTrue(value(e, scope));
  }

  private Object compute(Expression e, Scope scope) {
    if (e instanceof Expression.Constant constant) {
      return constant.value();
    } else if (e instanceof Expression.Name name) {
      return scope.get(name.name());
    } else if (e instanceof Expression.Attribute a) {
      return operations.attributes().attribute(value(a.object(), scope), a.name());
    } else if (e instanceof Expression.Item item) {
      Object object = value(item.object(), scope);
      return operations.attributes().item(object, value(item.key(), scope));
    } else if (e instanceof Expression.Comparison c) {
      return compare(c, scope);
    } else if (e instanceof Expression.And and) {
      Object left = value(and.left(), scope);
      return Values.isTrue(left) ? value(and.right(), scope) : left;
    } else if (e instanceof Expression.Or or) {
      Object left = value(or.left(), scope);
      return Values.isTrue(left) ? left : value(or.right(), scope);
    } else if (e instanceof Expression.Not not) {
      return !isTrue(not.operand(), scope);
    } else if (e instanceof Expression.Binary b) {
      Object left = value(b.left(), scope);
      return operations.numbers().apply(b.operator(), left, value(b.right(), scope));
    } else if (e instanceof Expression.Concatenation c) {
      return concatenate(c, scope);
    } else if (e instanceof Expression.Test test) {
      Object input = value(test.input(), scope);
      return Tests.apply(test.name(), input, arguments(test.arguments(), scope), operations);
    } else if (e instanceof Expression.Filter filter) {
      return filter(filter, null, scope);
    } else if (e instanceof Expression.Call call) {
      return call(call, Map.of(), scope);
    }
    return computeOther(e, scope);
  }

  private Object computeOther(Expression e, Scope scope) {
    if (e instanceof Expression.Conditional c) {
      if (isTrue(c.test(), scope)) {
        return value(c.then(), scope);
      }
      return c.otherwise() == null
          ? new Undefined("the condition is false, and there is no else")
          : value(c.otherwise(), scope);
    } else if (e instanceof Expression.Slice s) {
      return operations
          .attributes()
          .slice(
              value(s.object(), scope),
              part(s.start(), scope),
              part(s.stop(), scope),
              part(s.step(), scope));
    } else if (e instanceof Expression.ListOf list) {
      return values(list.items(), scope);
    } else if (e instanceof Expression.TupleOf tuple) {
      return new Tuple(values(tuple.items(), scope));
    } else if (e instanceof Expression.DictOf dict) {
      return dict(dict, scope);
    } else if (e instanceof Expression.Sign sign) {
      return operations.numbers().signed(sign.negative(), value(sign.operand(), scope));
    }
    throw new IllegalStateException("an expression of a new kind: " + e);
  }

  private Object part(@Nullable Expression e, Scope scope) {
    return e == null ? None.NONE : value(e, scope);
  }

  private List<Object> values(List<Expression> items, Scope scope) {
    List<Object> out = new ArrayList<>(items.size());
    for (Expression item : items) {
      out.add(value(item, scope));
    }
    return Collections.unmodifiableList(out);
  }

  private Object dict(Expression.DictOf dict, Scope scope) {
    Map<Object, Object> out = new LinkedHashMap<>();
    for (int i = 0; i < dict.keys().size(); i++) {
      Object key = Values.key(value(dict.keys().get(i), scope));
      out.put(key, value(dict.values().get(i), scope));
    }
    return Collections.unmodifiableMap(out);
  }

  private boolean compare(Expression.Comparison c, Scope scope) {
    Object left = value(c.first(), scope);
    for (Expression.Comparator next : c.rest()) {
      Object right = value(next.operand(), scope);
      if (!operations.compare(next.operator(), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private String concatenate(Expression.Concatenation c, Scope scope) {
    StringBuilder out = new StringBuilder();
    for (Expression item : c.items()) {
      String text = operations.str(value(item, scope));
      operations.meter().spend(text.length());
      out.append(text);
    }
    return out.toString();
  }

  /** A filter, or a chain of them, on {@code block} where the chain has no input of its own. */
  Object filter(Expression.Filter filter, @Nullable String block, Scope scope) {
    Expression from = filter.input();
    Object input;
    if (from instanceof Expression.Filter inner) {
      input = filter(inner, block, scope);
    } else if (from != null) {
      input = value(from, scope);
    } else {
      input = block == null ? "" : block;
    }
    try {
      return Filters.apply(filter.name(), input, arguments(filter.arguments(), scope), operations);
    } catch (Failure failure) {
      throw failure.at(filter.at());
    }
  }

  /** Calls with {@code more} arguments by name than are written. */
  Object call(Expression.Call call, Map<String, Object> more, Scope scope) {
    Object function = value(call.function(), scope);
    Arguments arguments = arguments(call.arguments(), scope);
    if (function instanceof Undefined u) {
      throw u.failure();
    }
    if (!(function instanceof Callable callable)) {
      throw Failure.evaluation("%s cannot be called", Values.describe(function));
    }
    if (more.isEmpty()) {
      return callable.call(arguments);
    }
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    named.putAll(more);
    return callable.call(new Arguments(arguments.positional(), named));
  }

  private static void unpack(Object dict, Map<String, Object> named) {
    if (!(dict instanceof Map<?, ?> map)) {
      throw Failure.evaluation("what \"**\" unpacks is %s, no dict", Values.describe(dict));
    }
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String name) || named.put(name, value) != null) {
            throw Failure.evaluation("the argument %s is no name, or is given twice", key);
          }
        });
  }

  private Arguments arguments(Expression.CallArguments written, Scope scope) {
    if (written.equals(Expression.CallArguments.NONE)) {
      return Arguments.NONE;
    }
    List<Object> positional = new ArrayList<>(values(written.positional(), scope));
    Map<String, Object> named = new LinkedHashMap<>();
    written.named().forEach((name, e) -> named.put(name, value(e, scope)));
    if (written.items() != null) {
      positional.addAll(Values.list(value(written.items(), scope), operations.meter()));
    }
    if (written.dict() != null) {
      unpack(value(written.dict(), scope), named);
    }
    return new Arguments(positional, named);
  }
}
