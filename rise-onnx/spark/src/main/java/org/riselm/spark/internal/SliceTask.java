package org.riselm.spark.internal;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.util.CollectionAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * Works on a slice in an executor. What goes wrong is a result, too: the driver is to hear of it at
 * once, and not after Spark has tried it again elsewhere. Only the end of the process is Spark's.
 */
record SliceTask<I extends Serializable, O extends Serializable>(
    Work<I, O> work,
    ExecutorPolicy.Wanted policy,
    Versions versions,
    CollectionAccumulator<SliceTask.Result> results)
    implements VoidFunction<SliceTask.Slice> {
  /**
   * Inputs that stand next to each other.
   *
   * @param first the place of the first among all
   * @param inputs themselves
   */
  record Slice(int first, Bytes inputs) implements Serializable {}

  /**
   * What came of a slice.
   *
   * @param first as in the slice
   * @param outputs none after a failure
   * @param failure names the executor and what went wrong there; null if nothing did
   * @param misuse whether the caller's arguments are to blame
   */
  record Result(int first, Bytes outputs, @Nullable String failure, boolean misuse)
      implements Serializable {}

  @Override
  public void call(Slice slice) throws Exception {
    Result result;
    try {
      versions.require();
      result =
          ExecutorPolicy.use(
              policy,
              p ->
                  new Result(
                      slice.first(), Bytes.of(work.of(p, slice.inputs().list())), null, false));
    } catch (Exception | LinkageError e) {
      if (TaskContext.get().isInterrupted()) {
        throw e;
      }
      result =
          new Result(
              slice.first(),
              Bytes.of(List.of()),
              "executor %s: %s".formatted(SparkEnv.get().executorId(), text(e)),
              e instanceof IllegalArgumentException);
    }
    results.add(result);
  }

  private static String text(Throwable e) {
    return e instanceof IllegalArgumentException || e instanceof IllegalStateException
        ? String.valueOf(e.getMessage())
        : e.toString();
  }
}
