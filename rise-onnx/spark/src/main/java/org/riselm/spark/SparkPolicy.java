package org.riselm.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.policy.spi.Provenance;
import org.riselm.core.policy.spi.SamplingMeter;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.spark.internal.Session;

/**
 * A policy whose completions and log-probabilities come from the executors of a Spark cluster. It
 * trains in the driver, with executors' gradients if that is set; executors get the new parameters
 * with the next call. Completions are the same as those of the policy alone, however the queries
 * are cut, and whichever executor is lost.
 *
 * <p>An executor's process holds one policy, which its tasks use one after the other: set {@code
 * spark.task.cpus} to {@code spark.executor.cores}, so that a task has all threads.
 *
 * <p>What goes wrong on an executor, such as a missing folder, is thrown in the driver as an {@link
 * IllegalStateException} that names the executor. A query that ends every process that works on it
 * gets a failed completion.
 */
public final class SparkPolicy
    implements TrainablePolicy, ScoringPolicy, Provenance, DeviceMemoryMeter, AutoCloseable {
  private final Session session;

  SparkPolicy(Session session) {
    this.session = session;
  }

  /**
   * Starts with a cluster and a policy.
   *
   * @param context of the application; it stays open
   * @param factory opens the policy in the driver and on executors
   * @return a builder
   */
  public static SparkPolicyBuilder builder(JavaSparkContext context, PolicyFactory factory) {
    return new SparkPolicyBuilder(context, factory);
  }

  /** {@return the policy in the driver, to export it for instance; this owns it} */
  public TrainablePolicy driver() {
    return session.driver();
  }

  /**
   * {@inheritDoc} Progress comes slice by slice.
   *
   * @throws IllegalStateException if an executor cannot sample; names it and says why
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the executors
   *     stop, and the thread stays interrupted
   */
  @Override
  public List<Completion> complete(
      List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
    return session.sample(queries, sampling, new SamplingMeter(queries.size(), progress));
  }

  @Override
  public List<LogProbabilities> logProbabilities(List<Example> examples) {
    return session.score(examples);
  }

  @Override
  public boolean fits(Example example) {
    return session.driver().fits(example);
  }

  /**
   * {@inheritDoc} In the driver, or with the executors' gradients: {@link
   * SparkPolicyBuilder#gradientShares}.
   *
   * @throws IllegalStateException if an executor cannot compute gradients; names it and says why
   */
  @Override
  public TrainingSummary train(
      List<Example> examples,
      TrainingRequest training,
      ProgressListener progress,
      TrainingCheckpoints points) {
    return session.train(examples, training, progress, points);
  }

  @Override
  public double defaultLearningRate() {
    return session.driver().defaultLearningRate();
  }

  @Override
  public boolean samplesExactly() {
    return session.driver().samplesExactly();
  }

  @Override
  public void requireTrainable(TrainingOptions training) {
    session.driver().requireTrainable(training);
  }

  @Override
  public void save(Path folder) throws IOException {
    session.driver().save(folder);
  }

  @Override
  public void restore(Path folder) throws IOException {
    try {
      session.driver().restore(folder);
    } finally {
      session.changed();
    }
  }

  /** {@inheritDoc} The cluster is not part of it: a run may go on with other executors. */
  @Override
  public Map<String, String> provenance() {
    return session.driver() instanceof Provenance p ? p.provenance() : Map.of();
  }

  /** {@inheritDoc} Of the policy in the driver. */
  @Override
  public long drainPeakBytes() {
    return session.driver() instanceof DeviceMemoryMeter m ? m.drainPeakBytes() : 0;
  }

  /** Closes the policy in the driver and on the executors. The Spark context stays open. */
  @Override
  public void close() {
    session.close();
  }
}
