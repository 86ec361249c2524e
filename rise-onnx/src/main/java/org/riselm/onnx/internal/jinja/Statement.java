package org.riselm.onnx.internal.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a template: what writes text, sets names or chooses. */
sealed interface Statement {
  Position at();

  record Data(String text, Position at) implements Statement {}

  record Output(Expression value, Position at) implements Statement {}

  /** Branches in order; a branch without a test is {@code else}. */
  record If(List<Branch> branches, Position at) implements Statement {}

  record Branch(@Nullable Expression test, List<Statement> body) {}

  record For(
      Target target,
      Expression items,
      @Nullable Expression test,
      boolean recursive,
      Block body,
      @Nullable Block otherwise,
      Position at)
      implements Statement {}

  record Assign(Target target, Expression value, Position at) implements Statement {}

  /** The set block: what it writes, filtered, becomes the value. */
  record AssignBlock(Target target, Expression.@Nullable Filter filter, Block body, Position at)
      implements Statement {}

  record MacroDefinition(String name, Signature signature, Block body, Position at)
      implements Statement {}

  /** The call block: its body is the caller that the call gets. */
  record CallBlock(Signature signature, Expression.Call call, Block body, Position at)
      implements Statement {}

  record FilterBlock(Expression.Filter filter, Block body, Position at) implements Statement {}

  record With(List<Target> targets, List<Expression> values, Block body, Position at)
      implements Statement {}

  /** The generation block: writes its body, whose names stay inside. */
  record Generation(Block body, Position at) implements Statement {}

  record Break(Position at) implements Statement {}

  record Continue(Position at) implements Statement {}

  /** Statements with names of their own. Compared by identity, not by content. */
  final class Block {
    private final List<Statement> statements;

    Block(List<Statement> statements) {
      this.statements = List.copyOf(statements);
    }

    List<Statement> statements() {
      return statements;
    }
  }

  /** The parameters of a macro; the last ones may have defaults. */
  record Signature(List<String> names, List<Expression> defaults) {
    static final Signature NONE = new Signature(List.of(), List.of());

    @Nullable Expression defaultOf(int parameter) {
      int i = parameter - (names.size() - defaults.size());
      return i < 0 ? null : defaults.get(i);
    }
  }

  /** What a value is assigned to. */
  sealed interface Target {
    record Variable(String name) implements Target {}

    /** {@code namespace.attribute}. */
    record Member(String namespace, String attribute, Position at) implements Target {}

    record Unpacked(List<Target> targets, Position at) implements Target {}
  }
}
