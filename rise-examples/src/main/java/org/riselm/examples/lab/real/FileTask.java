package org.riselm.examples.lab.real;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.Gsm8k;
import org.riselm.core.task.ProblemSet;
import org.riselm.core.task.Svamp;

/** GSM8K's or SVAMP's own files. Transcripts are the solutions that come with the problems. */
final class FileTask extends RealTask {
  private static final int MAX_NEW_TOKENS = 256;

  private final ProblemSet train;
  private final ProblemSet test;

  /**
   * Reads both files.
   *
   * @param train GSM8K's JSON Lines or SVAMP's JSON
   * @param test the same
   */
  FileTask(Path train, Path test) {
    this.train = load(train);
    this.test = load(test);
  }

  /** Loads {@code file}, which is SVAMP's if it is one array. */
  static ProblemSet load(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      int first = reader.read();
      while (Character.isWhitespace(first) || first == '\uFEFF') {
        first = reader.read();
      }
      return first == '[' ? Svamp.load(file) : Gsm8k.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  String name() {
    return train.name();
  }

  @Override
  int maxNewTokens() {
    return MAX_NEW_TOKENS;
  }

  @Override
  ProblemSet train(long seed, int count) {
    return new ProblemSet("train", shuffled(seed, count), train.verifier());
  }

  @Override
  ProblemSet heldOut(long seed, int count) {
    return test.take(Math.min(count, test.size()));
  }

  @Override
  List<Attempted> attempted(long seed, int count) {
    List<Attempted> attempted = new ArrayList<>();
    for (Problem problem : shuffled(seed, count)) {
      attempted.add(new Solved(problem));
    }
    return attempted;
  }

  private List<Problem> shuffled(long seed, int count) {
    List<Problem> problems = new ArrayList<>(train.problems());
    Collections.shuffle(problems, new Random(seed));
    return problems.subList(0, Math.min(count, problems.size()));
  }

  /** A beginner who makes no mistake: there is nothing to make one of. */
  private record Solved(Problem problem) implements Attempted {
    @Override
    public String attempt(double p, SplittableRandom random) {
      return problem.reference();
    }
  }
}
