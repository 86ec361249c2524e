package org.riselm.spark.internal;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ObjLongConsumer;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.jspecify.annotations.Nullable;

/** Cuts inputs into slices, has executors work on them, and puts the outputs together again. */
final class Cluster {
  private static final long POLL_MILLIS = 50;
  private static final String INTERRUPT = "spark.job.interruptOnCancel";
  private static final String DESCRIPTION = "spark.job.description";

  private final JavaSparkContext context;

  Cluster(JavaSparkContext context) {
    this.context = context;
  }

  /**
   * The outputs of {@code inputs}, in their order.
   *
   * @param mostPerSlice inputs
   * @param told of the outputs of each slice when it is done, and of their tokens
   * @throws CancellationException if the thread is interrupted; it stays interrupted
   */
  <I extends Serializable, O extends Serializable> List<O> run(
      Work<I, O> work,
      List<I> inputs,
      int mostPerSlice,
      ExecutorPolicy.Wanted policy,
      ObjLongConsumer<List<O>> told) {
    int slots = Math.max(1, context.defaultParallelism());
    int size = Math.min(mostPerSlice, Math.max(1, (inputs.size() + slots - 1) / slots));
    Batch<I, O> batch = new Batch<>(work, inputs, policy, told);
    List<Range> ranges = new ArrayList<>();
    for (int first = 0; first < inputs.size(); first += size) {
      ranges.add(new Range(first, Math.min(inputs.size(), first + size)));
    }
    batch.run(ranges);
    return batch.outputs();
  }

  private record Range(int from, int to) {
    int size() {
      return to - from;
    }
  }

  private final class Batch<I extends Serializable, O extends Serializable> {
    private final Work<I, O> work;
    private final List<I> inputs;
    private final ExecutorPolicy.Wanted policy;
    private final ObjLongConsumer<List<O>> told;
    private final @Nullable Object[] outputs;

    Batch(
        Work<I, O> work,
        List<I> inputs,
        ExecutorPolicy.Wanted policy,
        ObjLongConsumer<List<O>> told) {
      this.work = work;
      this.inputs = inputs;
      this.policy = policy;
      this.told = told;
      this.outputs = new Object[inputs.size()];
    }

    @SuppressWarnings("unchecked")
    List<O> outputs() {
      return (List<O>) (List<?>) List.copyOf(Arrays.asList(outputs));
    }

    /** Works on {@code ranges}; what ends process after process is halved until it is found. */
    void run(List<Range> ranges) {
      if (ranges.isEmpty()) {
        return;
      }
      String lost = job(ranges);
      List<Range> rest = ranges.stream().filter(r -> outputs[r.from()] == null).toList();
      if (lost == null || rest.isEmpty()) {
        return;
      }
      if (rest.stream().anyMatch(r -> r.size() > 1)) {
        run(rest.stream().flatMap(r -> halves(r).stream()).toList());
      } else if (ranges.size() > 1) {
        rest.forEach(r -> run(List.of(r)));
      } else {
        int place = ranges.get(0).from();
        accept(place, List.of(work.lost(inputs.get(place), lost)));
      }
    }

    private static List<Range> halves(Range r) {
      int middle = r.from() + (r.size() + 1) / 2;
      return r.size() == 1
          ? List.of(r)
          : List.of(new Range(r.from(), middle), new Range(middle, r.to()));
    }

    private void accept(int first, List<O> done) {
      for (int i = 0; i < done.size(); i++) {
        outputs[first + i] = done.get(i);
      }
      told.accept(done, done.stream().mapToLong(work::tokens).sum());
    }

    /** Does one job; returns why executors were lost over it, or null. */
    private @Nullable String job(List<Range> ranges) {
      CollectionAccumulator<SliceTask.Result> results = context.sc().collectionAccumulator();
      List<SliceTask.Slice> slices =
          ranges.stream()
              .map(r -> new SliceTask.Slice(r.from(), Bytes.of(inputs.subList(r.from(), r.to()))))
              .toList();
      JavaFutureAction<Void> action =
          submitted(slices, new SliceTask<>(work, policy, Versions.here(), results));
      int taken = 0;
      while (true) {
        boolean over;
        String lost = null;
        try {
          action.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
          over = true;
        } catch (TimeoutException e) {
          over = false;
        } catch (ExecutionException e) {
          over = true;
          lost = lost(e);
        } catch (InterruptedException e) {
          action.cancel(true);
          Thread.currentThread().interrupt();
          throw new CancellationException("interrupted; the executors stop");
        }
        taken = take(results, taken, action);
        if (over) {
          return lost;
        }
      }
    }

    private int take(
        CollectionAccumulator<SliceTask.Result> results, int taken, JavaFutureAction<Void> action) {
      List<SliceTask.Result> all = results.value();
      for (SliceTask.Result result : all.subList(taken, all.size())) {
        if (result.failure() != null) {
          action.cancel(true);
          throw result.misuse()
              ? new IllegalArgumentException(result.failure())
              : new IllegalStateException(result.failure());
        }
        if (outputs[result.first()] == null) { // A task may be done twice.
          accept(result.first(), result.outputs().list());
        }
      }
      return all.size();
    }

    private JavaFutureAction<Void> submitted(List<SliceTask.Slice> slices, SliceTask<I, O> task) {
      String interrupt = context.getLocalProperty(INTERRUPT);
      String description = context.getLocalProperty(DESCRIPTION);
      try {
        context.setLocalProperty(INTERRUPT, "true");
        context.setLocalProperty(
            DESCRIPTION,
            "RISE: %s of %d".formatted(work.getClass().getSimpleName(), inputs.size()));
        return context.parallelize(slices, slices.size()).foreachAsync(task);
      } finally {
        context.setLocalProperty(INTERRUPT, interrupt);
        context.setLocalProperty(DESCRIPTION, description);
      }
    }

    private String lost(ExecutionException e) {
      String message = String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
      if (message.contains("ExecutorLostFailure") && !context.sc().isStopped()) {
        return "the executors that worked on it ended: " + message.lines().findFirst().orElse("");
      }
      throw new IllegalStateException("the Spark job failed: " + message, e);
    }
  }
}
