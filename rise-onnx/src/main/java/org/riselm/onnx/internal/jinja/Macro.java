package org.riselm.onnx.internal.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A macro: a function whose value is the text that its body writes. */
final class Macro implements Callable {
  private final String name;
  private final Statement.Signature signature;
  private final Set<String> special;
  private final Scope around;
  private final Evaluator evaluator;
  private final Function<Scope, String> body;

  /**
   * @param special which of caller, varargs and kwargs the body reads
   * @param around where the macro was defined
   * @param body writes the text, given the macro's own names
   */
  Macro(
      String name,
      Statement.Signature signature,
      Set<String> special,
      Scope around,
      Evaluator evaluator,
      Function<Scope, String> body) {
    this.name = name;
    this.signature = signature;
    this.special = special;
    this.around = around;
    this.evaluator = evaluator;
    this.body = body;
  }

  @Override
  public Object call(Arguments arguments) {
    Scope scope = new Scope(around);
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    List<Object> positional = arguments.positional();
    List<String> names = signature.names();
    boolean[] given = new boolean[names.size()];
    for (int i = 0; i < names.size(); i++) {
      // A parameter that is filled by place stays in the named ones, which are refused below.
      Object value = i < positional.size() ? positional.get(i) : named.remove(names.get(i));
      given[i] = value != null;
      scope.set(names.get(i), value == null ? Undefined.name(names.get(i)) : value);
    }
    special(positional, named, scope);
    for (int i = 0; i < names.size(); i++) {
      Expression byDefault = signature.defaultOf(i);
      if (!given[i] && byDefault != null) {
        scope.set(names.get(i), evaluator.value(byDefault, scope));
      }
    }
    return body.apply(scope);
  }

  private void special(List<Object> positional, Map<String, Object> named, Scope scope) {
    if (special.contains("caller")) {
      Object caller = named.remove("caller");
      scope.set("caller", caller == null ? new Undefined("there is no caller") : caller);
    }
    if (special.contains("kwargs")) {
      scope.set("kwargs", named);
    } else if (!named.isEmpty()) {
      throw Failure.evaluation("the macro %s has no parameter for %s", name, named.keySet());
    }
    int taken = signature.names().size();
    if (special.contains("varargs")) {
      int from = Math.min(taken, positional.size());
      scope.set("varargs", new Tuple(positional.subList(from, positional.size())));
    } else if (positional.size() > taken) {
      throw Failure.evaluation(
          "the macro %s takes %d arguments, found %d", name, taken, positional.size());
    }
  }
}
