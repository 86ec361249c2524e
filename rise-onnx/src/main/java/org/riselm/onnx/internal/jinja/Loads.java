package org.riselm.onnx.internal.jinja;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds the names that expressions and statements read. */
final class Loads {
  private final Consumer<String> found;

  Loads(Consumer<String> found) {
    this.found = found;
  }

  void in(@Nullable Expression e) {
    if (e instanceof Expression.Name name) {
      found.accept(name.name());
    } else if (e instanceof Expression.TupleOf tuple) {
      tuple.items().forEach(this::in);
    } else if (e instanceof Expression.ListOf list) {
      list.items().forEach(this::in);
    } else if (e instanceof Expression.DictOf dict) {
      dict.keys().forEach(this::in);
      dict.values().forEach(this::in);
    } else if (e instanceof Expression.Conditional c) {
      in(c.test());
      in(c.then());
      in(c.otherwise());
    } else if (e instanceof Expression.And and) {
      in(and.left());
      in(and.right());
    } else if (e instanceof Expression.Or or) {
      in(or.left());
      in(or.right());
    } else if (e instanceof Expression.Not not) {
      in(not.operand());
    } else if (e instanceof Expression.Comparison c) {
      in(c.first());
      c.rest().forEach(r -> in(r.operand()));
    } else if (e instanceof Expression.Binary b) {
      in(b.left());
      in(b.right());
    } else if (e instanceof Expression.Sign sign) {
      in(sign.operand());
    } else if (e instanceof Expression.Concatenation c) {
      c.items().forEach(this::in);
    } else if (e instanceof Expression.Attribute a) {
      in(a.object());
    } else if (e instanceof Expression.Item item) {
      in(item.object());
      in(item.key());
    } else if (e instanceof Expression.Slice s) {
      in(s.object());
      in(s.start());
      in(s.stop());
      in(s.step());
    } else if (e instanceof Expression.Call call) {
      in(call.function());
      in(call.arguments());
    } else if (e instanceof Expression.Filter filter) {
      in(filter.input());
      in(filter.arguments());
    } else if (e instanceof Expression.Test test) {
      in(test.input());
      in(test.arguments());
    }
  }

  private void in(Expression.CallArguments arguments) {
    arguments.positional().forEach(this::in);
    arguments.named().values().forEach(this::in);
    in(arguments.items());
    in(arguments.dict());
  }

  /** Everything read in {@code statements}, however deep. */
  void in(List<Statement> statements) {
    statements.forEach(this::in);
  }

  private void in(Statement.@Nullable Block block) {
    if (block != null) {
      in(block.statements());
    }
  }

  private void in(Statement s) {
    if (s instanceof Statement.Output output) {
      in(output.value());
    } else if (s instanceof Statement.If branches) {
      for (Statement.Branch branch : branches.branches()) {
        in(branch.test());
        in(branch.body());
      }
    } else if (s instanceof Statement.For loop) {
      in(loop.items());
      in(loop.test());
      in(loop.body());
      in(loop.otherwise());
    } else if (s instanceof Statement.Assign assign) {
      in(assign.value());
    } else if (s instanceof Statement.AssignBlock assign) {
      in(assign.filter());
      in(assign.body());
    } else if (s instanceof Statement.MacroDefinition macro) {
      macro.signature().defaults().forEach(this::in);
      in(macro.body());
    } else if (s instanceof Statement.CallBlock call) {
      in(call.call());
      call.signature().defaults().forEach(this::in);
      in(call.body());
    } else if (s instanceof Statement.FilterBlock filter) {
      in(filter.filter());
      in(filter.body());
    } else if (s instanceof Statement.With with) {
      with.values().forEach(this::in);
      in(with.body());
    } else if (s instanceof Statement.Generation generation) {
      in(generation.body());
    }
  }
}
