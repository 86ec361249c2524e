package org.riselm.spark.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serializable;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.ObjLongConsumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainablePolicy.DataParallel;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Gradient;
import org.riselm.core.policy.TrainablePolicy.DataParallel.Share;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.SamplingMeter;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.spark.PolicyFactory;
import org.riselm.spark.Slot;

/** A policy that is open in the driver, and on executors as they are needed. */
public final class Session implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Session.class.getName());

  private final String id = UUID.randomUUID().toString();
  private final JavaSparkContext context;
  private final PolicyFactory factory;
  private final TrainablePolicy driver;
  private final Parameters parameters;
  private final Cluster cluster;
  private final int mostPerTask;
  private final int gradientShares;
  private volatile boolean closed;

  /**
   * Opens the policy in the driver.
   *
   * @param gradientShares of a training step; 0 if the driver computes its gradients
   * @throws IllegalArgumentException if Spark is too old, executors have too little memory, or the
   *     factory cannot travel
   */
  public Session(
      JavaSparkContext context,
      PolicyFactory factory,
      int mostPerTask,
      int gradientShares,
      @Nullable Path shared)
      throws IOException {
    Versions.requireSpark(context.version());
    Bytes.requireSerializable(factory, "factory of the policy");
    Slot slot = new Slot(Runtime.getRuntime().availableProcessors(), OptionalInt.empty());
    ExecutorMemory.require(context.getConf(), factory.nativeBytes(slot, gradientShares > 0));
    this.context = context;
    this.factory = factory;
    this.mostPerTask = mostPerTask;
    this.gradientShares = gradientShares;
    this.driver = requireNonNull(factory.open(slot), "the factory's policy");
    if (gradientShares > 0 && !(driver instanceof DataParallel)) {
      Closing.close(driver);
      throw new IllegalArgumentException(
          "gradientShares is set, and a %s cannot learn from gradients that are computed elsewhere; leave it unset to train in the driver"
              .formatted(driver.getClass().getSimpleName()));
    }
    this.parameters = new Parameters(context, driver, shared);
    this.cluster = new Cluster(context);
  }

  /** The policy in the driver, which trains. */
  public TrainablePolicy driver() {
    requireOpen();
    return driver;
  }

  /** Says that the policy in the driver has other parameters now. */
  public void changed() {
    parameters.changed();
  }

  /** Has executors sample. */
  public List<Completion> sample(
      List<Query> queries, SamplingOptions sampling, SamplingMeter meter) {
    return run(
        new Work.Sampling(sampling),
        queries,
        (done, tokens) -> meter.advanced(done.size(), tokens));
  }

  /** Has executors score. */
  public List<LogProbabilities> score(List<Example> examples) {
    return run(new Work.Scoring(), examples, (done, tokens) -> {});
  }

  private <I extends Serializable, O extends Serializable> List<O> run(
      Work<I, O> work, List<I> inputs, ObjLongConsumer<List<O>> told) {
    requireOpen();
    if (inputs.isEmpty()) {
      return List.of();
    }
    return cluster.run(work, inputs, mostPerTask, wanted(parameters.current()), told);
  }

  private ExecutorPolicy.Wanted wanted(Parameters.@Nullable Version version) {
    return new ExecutorPolicy.Wanted(id, factory, version);
  }

  /** Trains in the driver, with executors' gradients if there are shares of steps. */
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points) {
    requireOpen();
    try {
      return gradientShares > 0 && driver instanceof DataParallel parallel
          ? parallel.train(examples, training, progress, points, new GradientWorkers())
          : driver.train(examples, training, progress, points);
    } finally {
      changed();
    }
  }

  private final class GradientWorkers implements DataParallel.Workers {
    @Override
    public int shares() {
      return gradientShares;
    }

    @Override
    public List<Gradient> gradients(float[] numbers, List<Share> shares) {
      Broadcast<float[]> sent = context.broadcast(numbers);
      try {
        return cluster.run(new Work.Gradients(sent), shares, 1, wanted(null), (done, tokens) -> {});
      } finally {
        sent.destroy();
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the policy is closed");
    }
  }

  /** Closes the policy in the driver, and on the executors that can be reached. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!context.sc().isStopped()) {
      releaseOnExecutors();
      parameters.close();
    }
    Closing.close(driver);
  }

  /**
   * As many tasks as there are slots reach most executors; the others close it when they need the
   * room.
   */
  private void releaseOnExecutors() {
    List<Integer> slots =
        IntStream.range(0, Math.max(1, context.defaultParallelism())).boxed().toList();
    String released = id;
    try {
      context.parallelize(slots, slots.size()).foreach(i -> ExecutorPolicy.release(released));
    } catch (Exception e) { // Spark's, which its signatures do not show; memory comes back later.
      LOG.log(Level.WARNING, "not every executor has closed its policy", e);
    }
  }
}
