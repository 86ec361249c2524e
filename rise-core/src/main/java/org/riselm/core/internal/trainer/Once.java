package org.riselm.core.internal.trainer;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is computed when it is first asked for, and not again. Not thread-safe. */
public final class Once<T> implements Supplier<T> {
  private final Supplier<T> work;
  private @Nullable T value;

  public Once(Supplier<T> work) {
    this.work = work;
  }

  @Override
  public T get() {
    T found = value;
    if (found == null) {
      found = work.get();
      value = found;
    }
    return found;
  }
}
