package org.riselm.spark;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.riselm.spark.internal.Session;

/** Collects what a {@link SparkPolicy} needs. Not thread-safe. */
public final class SparkPolicyBuilder {
  private final JavaSparkContext context;
  private final PolicyFactory factory;
  private int queriesPerTask = 64;
  private int gradientShares;
  private @Nullable Path sharedFolder;

  SparkPolicyBuilder(JavaSparkContext context, PolicyFactory factory) {
    this.context = requireNonNull(context, "context");
    this.factory = requireNonNull(factory, "factory");
  }

  /**
   * Sets the most queries of a task, at least 1; 64 by default. A task that is lost is done again,
   * and progress comes task by task; but a policy works best on whole batches.
   *
   * @param queries the most queries of a task
   * @return this builder
   */
  public SparkPolicyBuilder queriesPerTask(int queries) {
    if (queries < 1) {
      throw new IllegalArgumentException("queriesPerTask is " + queries + "; 1 or more");
    }
    this.queriesPerTask = queries;
    return this;
  }

  /**
   * Has executors compute the gradients of training steps, each cut into so many shares; by default
   * the driver computes them. The optimizer stays in the driver. Parameters after a training depend
   * on the number of shares, and on nothing else of the cluster; with one share they are those of a
   * training in the driver.
   *
   * @param shares a task each; at least 1, and best as many as tasks run at a time
   * @return this builder
   */
  public SparkPolicyBuilder gradientShares(int shares) {
    if (shares < 1) {
      throw new IllegalArgumentException("gradientShares is " + shares + "; 1 or more");
    }
    this.gradientShares = shares;
    return this;
  }

  /**
   * Sets a folder that the driver and all executors see under the same path, through which trained
   * parameters travel. By default they travel through Spark, up to 1 GiB.
   *
   * @param folder that is there, for this policy alone
   * @return this builder
   */
  public SparkPolicyBuilder sharedFolder(Path folder) {
    this.sharedFolder = requireNonNull(folder, "folder");
    return this;
  }

  /**
   * Sends a file or a folder, such as that of a model, to every machine; a factory finds it by
   * {@link Slot#shipped}.
   *
   * @param path the file or folder, in the driver
   * @return this builder
   */
  public SparkPolicyBuilder ship(Path path) {
    context.addFile(path.toAbsolutePath().toUri().toString(), true);
    return this;
  }

  /**
   * Opens the policy in the driver. Executors open theirs when they are first asked.
   *
   * @return the policy, which the caller closes
   * @throws IOException if the policy's files cannot be read
   * @throws IllegalArgumentException if Spark is older than 3.5, if executors have too little
   *     memory outside their heap, or if the policy cannot compute gradients in shares; says what
   *     to set
   */
  public SparkPolicy build() throws IOException {
    return new SparkPolicy(
        new Session(context, factory, queriesPerTask, gradientShares, sharedFolder));
  }
}
