package org.riselm.spark.internal;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.spark.PolicyFactory;
import org.riselm.spark.Slot;

/** The one policy that an executor's process holds. Tasks use it one after the other. */
final class ExecutorPolicy {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static @Nullable ExecutorPolicy held;

  private final String id;
  private final TrainablePolicy policy;
  private int version;

  private ExecutorPolicy(String id, TrainablePolicy policy) {
    this.id = id;
    this.policy = policy;
  }

  /**
   * Which policy a task wants.
   *
   * @param id of the driver's {@code SparkPolicy}
   * @param closed those that the driver has closed
   * @param factory opens it
   * @param parameters it must have
   */
  record Wanted(String id, Set<String> closed, PolicyFactory factory, Parameters.Version parameters)
      implements Serializable {}

  /** Lets {@code work} use the policy, which is opened and brought up to date first. */
  static <R> R use(Wanted wanted, Function<TrainablePolicy, R> work)
      throws IOException, InterruptedException {
    LOCK.lockInterruptibly();
    try {
      if (held != null && !held.id.equals(wanted.id())) {
        if (!wanted.closed().contains(held.id)) {
          throw new IllegalStateException(
              "it holds the policy of another SparkPolicy, and a process has room for one; close"
                  + " the other, or give each an application of its own");
        }
        release(held.id);
      }
      if (held == null) {
        held = new ExecutorPolicy(wanted.id(), wanted.factory().open(slot()));
      }
      if (held.version != wanted.parameters().number()) {
        wanted.parameters().restore(held.policy);
        held.version = wanted.parameters().number();
      }
      return work.apply(held.policy);
    } finally {
      LOCK.unlock();
    }
  }

  /** Closes the policy of {@code id}, if it is the one that is held. */
  static void release(String id) throws InterruptedException {
    LOCK.lockInterruptibly();
    try {
      if (held != null && held.id.equals(id)) {
        TrainablePolicy policy = held.policy;
        held = null;
        Closing.close(policy);
      }
    } finally {
      LOCK.unlock();
    }
  }

  private static Slot slot() {
    TaskContext task = TaskContext.get();
    Map<String, ResourceInformation> resources = task.resourcesJMap();
    ResourceInformation gpu = resources.get("gpu");
    return new Slot(
        task.cpus(),
        gpu == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(gpu.addresses()[0])));
  }
}
