package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;

/** What the programs that train on a file share: options, and the result in a line. */
final class TrainingArguments {
  /** The options' names, without the dashes. */
  static final Set<String> NAMES = Set.of("epochs", "steps", "batch", "learning-rate", "seed");

  private TrainingArguments() {}

  /**
   * The training that {@code options} say.
   *
   * @param learningRate the peak, unless they name another
   * @throws IllegalArgumentException naming the option that cannot be read
   */
  static TrainingRequest of(Arguments options, double learningRate) {
    double rate = options.get("learning-rate").map(TrainingArguments::rate).orElse(learningRate);
    TrainingOptions training =
        TrainingOptions.builder()
            .learningRate(rate)
            .epochs(options.integer("epochs", 1, 2))
            .steps(options.has("steps") ? options.integer("steps", 1, 1) : 0)
            .batchSize(options.integer("batch", 1, 16))
            .build();
    return TrainingRequest.of(training, rate).withSeed(options.longInteger("seed", 0));
  }

  /**
   * Refuses a folder that has something in it: before hours of training, not after.
   *
   * @throws IOException naming it
   */
  static void requireNew(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        if (files.findAny().isPresent()) {
          throw new IOException(folder + ": the folder is not empty; name a new one");
        }
      }
    } else if (Files.exists(folder)) {
      throw new IOException(folder + ": it is a file; name a new folder");
    }
  }

  private static double rate(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--learning-rate is \"%s\"; it must be a number".formatted(text), e);
    }
  }

  /** What {@code summary} says, without a line break. */
  static String describe(TrainingSummary summary) {
    return String.format(
        Locale.ROOT,
        "%,d answers, %,d steps, %,d learned tokens; loss from %.4f to %.4f",
        summary.examples(),
        summary.steps(),
        summary.targetTokens(),
        summary.firstLoss(),
        summary.lastLoss());
  }
}
