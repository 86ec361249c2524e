package org.riselm.onnx.internal.policy;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.Device;
import org.riselm.onnx.MemoryPlan;
import org.riselm.onnx.OutOfDeviceMemoryException;
import org.riselm.onnx.PhaseMemoryUse;
import org.riselm.onnx.internal.runtime.DeviceMemoryUse;
import org.riselm.onnx.internal.util.Mebibytes;

/** Does the work of phases, and remembers what each used of a device's memory. Not thread-safe. */
public final class PhaseRunner {
  private final Device device;
  private @Nullable PhaseMemoryUse latest;
  private long most;

  public PhaseRunner(Device device) {
    this.device = device;
  }

  /**
   * Does {@code work}; on the CPU, nothing else.
   *
   * @param plan which an exception shows if the device is too small after all
   * @param release gives back what the device would keep behind such an exception
   */
  public <T> T run(String name, MemoryPlan plan, Runnable release, Supplier<T> work) {
    if (!device.hasOwnMemory()) {
      return work.get();
    }
    DeviceMemoryUse use = DeviceMemoryUse.of(device);
    use.restart();
    try {
      return work.get();
    } catch (OutOfDeviceMemoryException e) {
      // What is still in use would keep the next phase from fitting.
      release.run();
      OutOfDeviceMemoryException planned =
          new OutOfDeviceMemoryException(
              "%s. Planned for %s were %s MiB:%n%s%nFewer samplingBatch or microBatchTokens take less"
                  .formatted(e.getMessage(), name, Mebibytes.format(plan.total()), plan.table()));
      planned.initCause(e);
      throw planned;
    } finally {
      latest = new PhaseMemoryUse(name, plan.total(), use.most(), use.bytes());
      most = Math.max(most, latest.used());
    }
  }

  /** The latest phase; empty before the first, and on the CPU. */
  public Optional<PhaseMemoryUse> latest() {
    return Optional.ofNullable(latest);
  }

  /** The most bytes that a phase used since this was asked before. */
  public long takeMost() {
    long taken = most;
    most = 0;
    return taken;
  }
}
