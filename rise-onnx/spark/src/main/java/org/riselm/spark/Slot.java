package org.riselm.spark;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.apache.spark.SparkFiles;
import org.riselm.onnx.Device;

/**
 * The part of a machine that a policy is opened on.
 *
 * @param threads how many threads it may use: Spark's {@code spark.task.cpus} on an executor, every
 *     processor in the driver
 * @param gpu the GPU that Spark gave it, as the driver of the GPU counts them; empty for the CPU
 */
public record Slot(int threads, OptionalInt gpu) {
  /** {@return the GPU that Spark gave, or the CPU} */
  public Device device() {
    return gpu.isPresent() ? Device.cuda(gpu.getAsInt()) : Device.CPU;
  }

  /**
   * {@return where a file or folder is that {@link SparkPolicyBuilder#ship} brought}
   *
   * @param name the last part of its path
   */
  public Path shipped(String name) {
    return Path.of(SparkFiles.get(name));
  }
}
