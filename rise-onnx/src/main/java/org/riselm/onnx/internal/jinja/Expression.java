package org.riselm.onnx.internal.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of a template: what has a value. */
sealed interface Expression {
  Position at();

  record Constant(Object value, Position at) implements Expression {}

  record Name(String name, Position at) implements Expression {}

  record TupleOf(List<Expression> items, Position at) implements Expression {}

  record ListOf(List<Expression> items, Position at) implements Expression {}

  record DictOf(List<Expression> keys, List<Expression> values, Position at)
      implements Expression {}

  /** {@code then if test else otherwise}. */
  record Conditional(Expression test, Expression then, @Nullable Expression otherwise, Position at)
      implements Expression {}

  record And(Expression left, Expression right, Position at) implements Expression {}

  record Or(Expression left, Expression right, Position at) implements Expression {}

  record Not(Expression operand, Position at) implements Expression {}

  /** A chain such as {@code a < b < c}: one operator between each two operands. */
  record Comparison(Expression first, List<Comparator> rest, Position at) implements Expression {}

  /** An operator and its right side. */
  record Comparator(String operator, Expression operand) {}

  record Binary(String operator, Expression left, Expression right, Position at)
      implements Expression {}

  record Sign(boolean negative, Expression operand, Position at) implements Expression {}

  /** {@code a ~ b ~ c}. */
  record Concatenation(List<Expression> items, Position at) implements Expression {}

  record Attribute(Expression object, String name, Position at) implements Expression {}

  record Item(Expression object, Expression key, Position at) implements Expression {}

  record Slice(
      Expression object,
      @Nullable Expression start,
      @Nullable Expression stop,
      @Nullable Expression step,
      Position at)
      implements Expression {}

  record Call(Expression function, CallArguments arguments, Position at) implements Expression {}

  /** A filter; without an input where it filters a block. */
  record Filter(@Nullable Expression input, String name, CallArguments arguments, Position at)
      implements Expression {}

  record Test(Expression input, String name, CallArguments arguments, Position at)
      implements Expression {}

  /** What stands between the parentheses of a call, {@code *items} and {@code **dict} included. */
  record CallArguments(
      List<Expression> positional,
      Map<String, Expression> named,
      @Nullable Expression items,
      @Nullable Expression dict) {
    static final CallArguments NONE = new CallArguments(List.of(), Map.of(), null, null);
  }
}
