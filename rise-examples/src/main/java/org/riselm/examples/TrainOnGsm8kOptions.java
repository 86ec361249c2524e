package org.riselm.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link TrainOnGsm8k} is asked for.
 *
 * @param model a model folder; empty is a small model of random weights
 * @param train GSM8K's train.jsonl
 * @param test GSM8K's test.jsonl
 * @param problems how many an iteration takes, and how many an evaluation
 * @param iterations of RISE
 * @param maxNewTokens the longest response
 * @param seed of everything
 * @param out where the trained model is saved; empty is nowhere
 */
record TrainOnGsm8kOptions(
    Optional<Path> model,
    Path train,
    Path test,
    int problems,
    int iterations,
    int maxNewTokens,
    long seed,
    Optional<Path> out) {
  static final String USAGE =
      """
      Usage: run TrainOnGsm8k [options]
        --model DIR         a model folder; without it, a small model of random weights
        --train FILE        GSM8K's train.jsonl (found in shared/data/gsm8k above this folder)
        --test FILE         GSM8K's test.jsonl (found there too)
        --problems N        problems per iteration, and per evaluation (32)
        --iterations K      of RISE (1)
        --max-new-tokens N  longest response (256; 48 without a model)
        --seed S            of everything (0)
        --out DIR           where to save the trained model
      """;

  static TrainOnGsm8kOptions parse(String... args) {
    Arguments arguments =
        new Arguments(
            args,
            Set.of(
                "model",
                "train",
                "test",
                "problems",
                "iterations",
                "max-new-tokens",
                "seed",
                "out"),
            Set.of());
    Optional<Path> model = arguments.path("model");
    return new TrainOnGsm8kOptions(
        model,
        data(arguments, "train"),
        data(arguments, "test"),
        arguments.integer("problems", 1, 32),
        arguments.integer("iterations", 1, 1),
        arguments.integer("max-new-tokens", 1, model.isPresent() ? 256 : 48),
        arguments.longInteger("seed", 0),
        arguments.path("out"));
  }

  private static Path data(Arguments arguments, String set) {
    return arguments
        .path(set)
        .or(() -> findData(Path.of("")).map(folder -> folder.resolve(set + ".jsonl")))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no shared/data/gsm8k was found above this folder; give --train and --test,"
                        + " GSM8K's own train.jsonl and test.jsonl"));
  }

  /** The folder {@code shared/data/gsm8k} in {@code start} or the nearest folder above it. */
  static Optional<Path> findData(Path start) {
    for (Path up = start.toAbsolutePath(); up != null; up = up.getParent()) {
      Path folder = up.resolve("shared").resolve("data").resolve("gsm8k");
      if (Files.isDirectory(folder)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }
}
