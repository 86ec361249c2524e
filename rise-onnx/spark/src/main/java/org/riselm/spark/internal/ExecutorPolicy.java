package org.riselm.spark.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.OptionalInt;
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
  private static volatile @Nullable String user;
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
   * @param factory opens it
   * @param parameters it must have; null if the work sets them itself
   */
  record Wanted(String id, PolicyFactory factory, Parameters.@Nullable Version parameters)
      implements Serializable {}

  /**
   * Lets {@code work} use the policy, which is opened and brought up to date first; the policy of
   * another driver's policy makes room.
   *
   * @throws IllegalStateException if that one is in use
   */
  static <R> R use(Wanted wanted, Function<TrainablePolicy, R> work)
      throws IOException, InterruptedException {
    String other = user;
    if (other != null && !other.equals(wanted.id())) {
      throw new IllegalStateException(
          "it is working for another SparkPolicy, and a process has room for one at a time; use"
              + " them one after the other, or give each an application of its own");
    }
    LOCK.lockInterruptibly();
    try {
      user = wanted.id();
      if (held != null && !held.id.equals(wanted.id())) {
        close();
      }
      if (held == null) {
        TaskContext task = TaskContext.get();
        Slot slot = slot(task.cpus(), task.resourcesJMap());
        held = new ExecutorPolicy(wanted.id(), wanted.factory().open(slot));
      }
      held.bring(wanted.parameters());
      return work.apply(held.policy);
    } finally {
      user = null;
      LOCK.unlock();
    }
  }

  private void bring(Parameters.@Nullable Version parameters) throws IOException {
    if (parameters == null) {
      version = 0;
    } else if (version != parameters.number()) {
      version = 0;
      parameters.restore(policy);
      version = parameters.number();
    }
  }

  /** Closes the policy of {@code id}, if it is the one that is held. */
  static void release(String id) throws InterruptedException {
    LOCK.lockInterruptibly();
    try {
      if (held != null && held.id.equals(id)) {
        close();
      }
    } finally {
      LOCK.unlock();
    }
  }

  private static void close() {
    TrainablePolicy policy = requireNonNull(held).policy;
    held = null;
    Closing.close(policy);
  }

  /** What a task has of its machine, by what Spark says. */
  static Slot slot(int cpus, Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get("gpu");
    return new Slot(cpus, gpu == null ? OptionalInt.empty() : OptionalInt.of(index(gpu)));
  }

  private static int index(ResourceInformation gpu) {
    String address = gpu.addresses()[0];
    try {
      return Integer.parseInt(address);
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "Spark calls the GPU \"%s\"; let the discovery script print the GPUs' numbers, from 0"
              .formatted(address),
          e);
    }
  }
}
