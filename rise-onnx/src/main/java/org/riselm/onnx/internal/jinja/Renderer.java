package org.riselm.onnx.internal.jinja;

import com.google.common.collect.AbstractIterator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.jinja.Statement.Block;
import org.riselm.onnx.internal.jinja.Statement.Target;

/** Runs statements, which write text. */
final class Renderer {
  /** How a list of statements ended. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private final Operations operations;
  private final Evaluator evaluator;
  private final Names names;
  private final boolean tracing;

  /** {@code tracing} puts marks around what is generated. */
  Renderer(Operations operations, Names names, boolean tracing) {
    this.operations = operations;
    this.evaluator = new Evaluator(operations);
    this.names = names;
    this.tracing = tracing;
  }

  /** What {@code block} writes with the names of {@code around}. */
  String render(Block block, Scope around) {
    return renderIn(block, new Scope(around));
  }

  private String renderIn(Block block, Scope scope) {
    StringBuilder out = new StringBuilder();
    hide(block, scope);
    run(block.statements(), scope, out);
    return out.toString();
  }

  private void hide(Block block, Scope scope) {
    names.hidden(block).forEach(name -> scope.set(name, Undefined.name(name)));
  }

  private Flow run(List<Statement> statements, Scope scope, StringBuilder out) {
    for (Statement s : statements) {
      evaluator.enter(s.at());
      try {
        operations.meter().spend(1);
        Flow flow = run(s, scope, out);
        if (flow != Flow.NEXT) {
          return flow;
        }
      } catch (Failure failure) {
        throw failure.at(s.at());
      } finally {
        evaluator.leave();
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Statement s, Scope scope, StringBuilder out) {
    if (s instanceof Statement.Data data) {
      write(data.text(), out);
    } else if (s instanceof Statement.Output output) {
      write(operations.str(evaluator.value(output.value(), scope)), out);
    } else if (s instanceof Statement.If branches) {
      return choose(branches, scope, out);
    } else if (s instanceof Statement.Assign assign) {
      assign(assign.target(), evaluator.value(assign.value(), scope), scope);
    } else if (s instanceof Statement.For loop) {
      Object items = evaluator.value(loop.items(), scope);
      loop(loop, items, 0, scope, out);
    } else if (s instanceof Statement.Break) {
      return Flow.BREAK;
    } else if (s instanceof Statement.Continue) {
      return Flow.CONTINUE;
    } else {
      runBlock(s, scope, out);
    }
    return Flow.NEXT;
  }

  private void runBlock(Statement s, Scope scope, StringBuilder out) {
    if (s instanceof Statement.AssignBlock assign) {
      String text = render(assign.body(), scope);
      Expression.Filter filter = assign.filter();
      Object value = filter == null ? text : evaluator.filter(filter, text, scope);
      assign(assign.target(), value, scope);
    } else if (s instanceof Statement.MacroDefinition definition) {
      scope.set(
          definition.name(),
          macro(definition.name(), definition.signature(), definition.body(), scope));
    } else if (s instanceof Statement.CallBlock block) {
      Macro caller = macro("caller", block.signature(), block.body(), scope);
      Object text = evaluator.call(block.call(), Map.of("caller", caller), scope);
      write(Values.string(text, "a call block"), out);
    } else if (s instanceof Statement.FilterBlock block) {
      Object text = evaluator.filter(block.filter(), render(block.body(), scope), scope);
      write(Values.string(text, "a filter block"), out);
    } else if (s instanceof Statement.Generation generation) {
      Macro body = macro("generation", Statement.Signature.NONE, generation.body(), scope);
      String text = Values.string(body.call(Arguments.NONE), "generation");
      write(
          tracing ? ProvenanceCodec.GENERATION_START + text + ProvenanceCodec.GENERATION_END : text,
          out);
    } else if (s instanceof Statement.With with) {
      Scope inner = new Scope(scope);
      for (int i = 0; i < with.targets().size(); i++) {
        assign(with.targets().get(i), evaluator.value(with.values().get(i), scope), inner);
      }
      write(renderIn(with.body(), inner), out);
    } else {
      throw new IllegalStateException("a statement of a new kind: " + s);
    }
  }

  private Macro macro(String name, Statement.Signature signature, Block body, Scope scope) {
    return new Macro(
        name, signature, names.special(body), scope, evaluator, s -> renderIn(body, s));
  }

  private void write(String text, StringBuilder out) {
    operations.meter().spend(text.length());
    out.append(text);
  }

  private Flow choose(Statement.If branches, Scope scope, StringBuilder out) {
    for (Statement.Branch branch : branches.branches()) {
      if (branch.test() == null || evaluator.isTrue(branch.test(), scope)) {
        return run(branch.body(), scope, out);
      }
    }
    return Flow.NEXT;
  }

  private void assign(Target target, Object value, Scope scope) {
    if (target instanceof Target.Variable variable) {
      scope.set(variable.name(), value);
    } else if (target instanceof Target.Member member) {
      if (!(scope.get(member.namespace()) instanceof Namespace namespace)) {
        throw Failure.evaluation(
            "\"%s\" is no namespace, so \"%s\" cannot be assigned",
            member.namespace(), member.attribute());
      }
      namespace.set(member.attribute(), value);
    } else if (target instanceof Target.Unpacked unpacked) {
      List<Object> items = Values.list(value, operations.meter());
      List<Target> targets = unpacked.targets();
      if (items.size() != targets.size()) {
        throw Failure.evaluation("%d values for %d names", items.size(), targets.size());
      }
      for (int i = 0; i < targets.size(); i++) {
        assign(targets.get(i), items.get(i), scope);
      }
    }
  }

  private void loop(
      Statement.For statement, Object items, int depth0, Scope scope, StringBuilder out) {
    Iterator<Object> rest = Values.iterate(items, operations.meter());
    int length = items instanceof OneShot ? -1 : Values.length(items);
    if (statement.test() != null) {
      rest = passing(rest, statement, statement.test(), scope);
      length = -1;
    }
    Callable recursion = statement.recursive() ? recursion(statement, depth0, scope) : null;
    Loop loop = new Loop(rest, length, depth0, recursion, operations.equality());
    boolean completed = false;
    for (Object item = loop.advance(); item != null; item = loop.advance()) {
      operations.meter().spend(1);
      Scope inner = new Scope(scope);
      hide(statement.body(), inner);
      inner.set("loop", loop);
      assign(statement.target(), item, inner);
      Flow flow = run(statement.body().statements(), inner, out);
      if (flow == Flow.BREAK) {
        break;
      }
      // In Jinja, "else" asks whether a round came to its end, not whether there was one.
      completed |= flow == Flow.NEXT;
    }
    if (!completed && statement.otherwise() != null) {
      write(render(statement.otherwise(), scope), out);
    }
  }

  private Iterator<Object> passing(
      Iterator<Object> items, Statement.For statement, Expression test, Scope scope) {
    return new AbstractIterator<>() {
      @Override
      protected @Nullable Object computeNext() {
        while (items.hasNext()) {
          Object item = items.next();
          Scope inner = new Scope(scope);
          assign(statement.target(), item, inner);
          if (evaluator.isTrue(test, inner)) {
            return item;
          }
        }
        return endOfData();
      }
    };
  }

  private Callable recursion(Statement.For statement, int depth0, Scope scope) {
    return arguments -> {
      StringBuilder out = new StringBuilder();
      Object items = arguments.bind("loop", "iterable").get(0);
      evaluator.enter(statement.at());
      try {
        loop(statement, items, depth0 + 1, scope, out);
      } finally {
        evaluator.leave();
      }
      return out.toString();
    };
  }
}
