package org.riselm.examples.lab.study;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.Metric;
import org.riselm.examples.lab.toy.ToyExercise.Size;

/** The lines of all runs, to be asked by arm. */
final class Results {
  private final List<Line> lines;

  Results(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  List<Line> lines() {
    return lines;
  }

  /** How many runs they are of; some give a line after each iteration. */
  long runs() {
    return lines.stream()
        .map(line -> line.size() + " " + line.seed() + " " + line.arm())
        .distinct()
        .count();
  }

  /** The seeds that have any line, in order. */
  List<Long> seeds() {
    return lines.stream().map(Line::seed).distinct().sorted().toList();
  }

  Optional<Line> find(long seed, Size size, Arm arm, int iteration) {
    return lines.stream()
        .filter(l -> l.seed() == seed && l.size() == size)
        .filter(l -> l.arm().equals(arm.label()) && l.iteration() == iteration)
        .findFirst();
  }

  /** The evaluation of the quickstart's size after the arm's first iteration, or of the base. */
  Optional<EvaluationLog> log(long seed, Arm arm) {
    return find(seed, Size.STANDARD, arm, arm == Arm.BASE ? 0 : 1).map(Line::log);
  }

  /** {@code value} of each seed that has what it needs. */
  double[] bySeed(Value value) {
    return seeds().stream()
        .map(seed -> value.of(this, seed))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .toArray();
  }

  /** A number of one seed; empty if its runs are not there. */
  @FunctionalInterface
  interface Value {
    OptionalDouble of(Results results, long seed);

    /** The mean over problems of {@code metric}, of an arm's first iteration. */
    static Value of(Arm arm, String metric) {
      return of(arm, log -> mean(Metric.named(metric), log));
    }

    static Value of(Arm arm, ToDoubleFunction<EvaluationLog> number) {
      return (results, seed) ->
          results
              .log(seed, arm)
              .map(log -> OptionalDouble.of(number.applyAsDouble(log)))
              .orElse(OptionalDouble.empty());
    }

    /** The mean over problems of {@code metric}, of any run. */
    static Value of(Size size, Arm arm, int iteration, String metric) {
      return (results, seed) ->
          results
              .find(seed, size, arm, iteration)
              .map(line -> OptionalDouble.of(mean(Metric.named(metric), line.log())))
              .orElse(OptionalDouble.empty());
    }

    /** This − {@code other}. */
    default Value minus(Value other) {
      return (results, seed) -> {
        OptionalDouble a = of(results, seed);
        OptionalDouble b = other.of(results, seed);
        return a.isPresent() && b.isPresent()
            ? OptionalDouble.of(a.getAsDouble() - b.getAsDouble())
            : OptionalDouble.empty();
      };
    }
  }

  static double mean(Metric metric, EvaluationLog log) {
    double[] values = metric.values(log);
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return values.length == 0 ? Double.NaN : sum / values.length;
  }
}
