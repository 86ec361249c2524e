package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}: where a loop is. It reads its items one ahead, as Jinja does. */
final class Loop implements Callable {
  private final Equality equality;
  private final int depth0;
  private final @Nullable Callable recursion;
  private Iterator<Object> rest;
  private int length;
  private long index0 = -1;
  private @Nullable Object previous;
  private @Nullable Object item;
  private @Nullable Object next;
  private @Nullable Tuple changed;

  /**
   * @param length how many items there are; -1 if they must be read to know
   * @param recursion renders the loop over other items; null if it is not recursive
   */
  Loop(
      Iterator<Object> items,
      int length,
      int depth0,
      @Nullable Callable recursion,
      Equality equality) {
    this.rest = items;
    this.length = length;
    this.depth0 = depth0;
    this.recursion = recursion;
    this.equality = equality;
  }

  /** The next item; null after the last. */
  @Nullable Object advance() {
    Object ahead = peek();
    if (ahead != null) {
      index0++;
      previous = item;
      item = ahead;
      next = null;
    }
    return ahead;
  }

  private @Nullable Object peek() {
    if (next == null && rest.hasNext()) {
      next = rest.next();
    }
    return next;
  }

  private long length() {
    if (length < 0) {
      List<Object> left = new ArrayList<>();
      rest.forEachRemaining(left::add);
      rest = left.iterator();
      length = (int) index0 + 1 + left.size() + (next == null ? 0 : 1);
    }
    return length;
  }

  int depth0() {
    return depth0;
  }

  Object attribute(String name) {
    return switch (name) {
      case "index" -> index0 + 1;
      case "index0" -> index0;
      case "first" -> index0 == 0;
      case "last" -> peek() == null;
      case "length" -> length();
      case "revindex" -> length() - index0;
      case "revindex0" -> length() - index0 - 1;
      case "depth" -> depth0 + 1L;
      case "depth0" -> (long) depth0;
      case "previtem" -> orUndefined(index0 == 0 ? null : previous, "there is no previous item");
      case "nextitem" -> orUndefined(peek(), "there is no next item");
      case "cycle" -> (Callable) this::cycle;
      case "changed" -> (Callable) this::changed;
      default -> throw Failure.unsupported("\"loop.%s\" is not supported", name);
    };
  }

  private static Object orUndefined(@Nullable Object value, String why) {
    return value == null ? new Undefined(why) : value;
  }

  private Object cycle(Arguments arguments) {
    Methods.requireByPlace(arguments, "cycle");
    List<Object> values = arguments.positional();
    if (values.isEmpty()) {
      throw Failure.evaluation("cycle() needs at least one value");
    }
    return values.get((int) (index0 % values.size()));
  }

  private Object changed(Arguments arguments) {
    Methods.requireByPlace(arguments, "changed");
    Tuple now = new Tuple(arguments.positional());
    boolean differs = changed == null || !equality.equal(changed, now);
    changed = now;
    return differs;
  }

  @Override
  public Object call(Arguments arguments) {
    if (recursion == null) {
      throw Failure.evaluation("only a loop marked \"recursive\" can be called");
    }
    return recursion.call(arguments);
  }
}
