package org.riselm.onnx.internal.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.internal.util.Mebibytes;

/** What would make some work need less memory. Each way is planned, and named only if it helps. */
final class MemoryAdvice {
  private final MemoryPlan plan;
  private final List<String> ways = new ArrayList<>();

  /** Starts from {@code plan}, which does not fit. */
  MemoryAdvice(MemoryPlan plan) {
    this.plan = plan;
    ways.add("more memory");
  }

  /** Names {@code way}, with what it leaves to need, if that is less. */
  MemoryAdvice offer(String way, Supplier<MemoryPlan> otherwise) {
    long needed = otherwise.get().total();
    if (needed < plan.total()) {
      ways.add("%s (needs %s MiB)".formatted(way, Mebibytes.format(needed)));
    }
    return this;
  }

  /** Names {@code way} if {@code helps}. */
  MemoryAdvice offer(boolean helps, String way) {
    if (helps) {
      ways.add(way);
    }
    return this;
  }

  @Override
  public String toString() {
    return String.join("; ", ways);
  }
}
