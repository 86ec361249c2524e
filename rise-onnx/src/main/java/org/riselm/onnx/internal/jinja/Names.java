package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.jinja.Statement.Block;
import org.riselm.onnx.internal.jinja.Statement.Target;

/**
 * Which names a block hides from its start. Jinja decides where a name lives before it renders: a
 * name that a block assigns before reading it, on every way through, is the block's own and
 * undefined until then, even if the caller passed a variable of that name.
 */
final class Names {
  private static final Set<String> SPECIAL = Set.of("caller", "varargs", "kwargs");

  private final Map<Block, Set<String>> hidden = new HashMap<>();
  private final Map<Block, Set<String>> special = new HashMap<>();

  Names(Block template) {
    analyze(new Inner(template, List.of(), List.of()), null);
  }

  /** The names that are undefined when {@code block} starts, whatever is around it. */
  Set<String> hidden(Block block) {
    return hidden.getOrDefault(block, Set.of());
  }

  /** Which of caller, varargs and kwargs are read in {@code block}, a macro's body. */
  Set<String> special(Block block) {
    return special.getOrDefault(block, Set.of());
  }

  private static Set<String> specialIn(Block block) {
    Set<String> found = new HashSet<>();
    new Loads(found::add).in(block.statements());
    found.retainAll(SPECIAL);
    return Set.copyOf(found);
  }

  /** A block inside another, the names it starts with, and what it reads first. */
  private record Inner(Block block, List<String> parameters, List<Expression> defaults) {}

  /** What is known of names at one point of a block. */
  private static final class Symbols {
    private final @Nullable Symbols around;
    private final Set<String> known = new HashSet<>();
    private final Set<String> stored = new HashSet<>();
    private final Set<String> undefined = new HashSet<>();

    Symbols(@Nullable Symbols around) {
      this.around = around;
    }

    Symbols copy() {
      Symbols copy = new Symbols(around);
      copy.known.addAll(known);
      copy.stored.addAll(stored);
      copy.undefined.addAll(undefined);
      return copy;
    }

    boolean knows(String name) {
      return known.contains(name) || (around != null && around.knows(name));
    }

    void load(String name) {
      if (!knows(name)) {
        known.add(name);
      }
    }

    void store(String name) {
      stored.add(name);
      if (known.add(name) && (around == null || !around.knows(name))) {
        undefined.add(name);
      }
    }

    void parameter(String name) {
      stored.add(name);
      known.add(name);
    }

    void join(List<Symbols> branches) {
      Set<String> news = new HashSet<>();
      branches.forEach(b -> news.addAll(b.stored));
      news.removeAll(stored);
      for (Symbols branch : branches) {
        known.addAll(branch.known);
        stored.addAll(branch.stored);
        undefined.addAll(branch.undefined);
      }
      // What only some branches assign is looked up as if it were read.
      undefined.removeAll(news);
    }
  }

  private void analyze(Inner frame, @Nullable Symbols around) {
    Symbols symbols = new Symbols(around);
    frame.parameters().forEach(symbols::parameter);
    frame.defaults().forEach(d -> new Loads(symbols::load).in(d));
    List<Inner> inner = new ArrayList<>();
    frame.block().statements().forEach(s -> visit(s, symbols, inner));
    if (!symbols.undefined.isEmpty()) {
      hidden.put(frame.block(), Set.copyOf(symbols.undefined));
    }
    inner.forEach(i -> analyze(i, symbols));
  }

  private void visit(Statement s, Symbols symbols, List<Inner> inner) {
    Loads loads = new Loads(symbols::load);
    if (s instanceof Statement.Output output) {
      loads.in(output.value());
    } else if (s instanceof Statement.If branches) {
      visitIf(branches.branches(), symbols, inner);
    } else if (s instanceof Statement.For loop) {
      loads.in(loop.items());
      List<String> names = names(loop.target());
      names.add("loop");
      inner.add(new Inner(loop.body(), names, List.of()));
      if (loop.otherwise() != null) {
        inner.add(new Inner(loop.otherwise(), List.of(), List.of()));
      }
    } else if (s instanceof Statement.Assign assign) {
      loads.in(assign.value());
      store(assign.target(), symbols);
    } else if (s instanceof Statement.AssignBlock assign) {
      store(assign.target(), symbols);
      inner.add(new Inner(assign.body(), List.of(), List.of()));
    } else if (s instanceof Statement.MacroDefinition macro) {
      symbols.store(macro.name());
      inner.add(ofMacro(macro.body(), macro.signature()));
    } else if (s instanceof Statement.CallBlock call) {
      loads.in(call.call());
      inner.add(ofMacro(call.body(), call.signature()));
    } else if (s instanceof Statement.FilterBlock filter) {
      loads.in(filter.filter());
      inner.add(new Inner(filter.body(), List.of(), List.of()));
    } else if (s instanceof Statement.With with) {
      with.values().forEach(loads::in);
      List<String> names = new ArrayList<>();
      with.targets().forEach(t -> names.addAll(names(t)));
      inner.add(new Inner(with.body(), names, List.of()));
    } else if (s instanceof Statement.Generation generation) {
      inner.add(ofMacro(generation.body(), Statement.Signature.NONE));
    }
  }

  private Inner ofMacro(Block body, Statement.Signature signature) {
    List<String> names = new ArrayList<>(signature.names());
    Set<String> read = specialIn(body);
    special.put(body, read);
    names.addAll(read);
    return new Inner(body, names, signature.defaults());
  }

  private void visitIf(List<Statement.Branch> branches, Symbols symbols, List<Inner> inner) {
    new Loads(symbols::load).in(branches.get(0).test());
    Symbols first = symbols.copy();
    branches.get(0).body().forEach(s -> visit(s, first, inner));
    Symbols middle = symbols.copy();
    Symbols last = symbols.copy();
    for (Statement.Branch branch : branches.subList(1, branches.size())) {
      if (branch.test() == null) {
        branch.body().forEach(s -> visit(s, last, inner));
      } else {
        visitIf(List.of(branch), middle, inner);
      }
    }
    symbols.join(List.of(first, middle, last));
  }

  private static void store(Target target, Symbols symbols) {
    if (target instanceof Target.Member member) {
      symbols.load(member.namespace());
    } else if (target instanceof Target.Variable variable) {
      symbols.store(variable.name());
    } else if (target instanceof Target.Unpacked unpacked) {
      unpacked.targets().forEach(t -> store(t, symbols));
    }
  }

  private static List<String> names(Target target) {
    List<String> out = new ArrayList<>();
    if (target instanceof Target.Variable variable) {
      out.add(variable.name());
    } else if (target instanceof Target.Unpacked unpacked) {
      unpacked.targets().forEach(t -> out.addAll(names(t)));
    }
    return out;
  }
}
