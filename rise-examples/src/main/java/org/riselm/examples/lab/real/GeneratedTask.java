package org.riselm.examples.lab.real;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;

/** Word problems that are drawn from a seed, as many as one likes. */
final class GeneratedTask extends RealTask {
  // One sum in so many, whatever the words around it, is for testing only.
  private static final int HELD_OUT = 5;

  private final Sums.Form form;
  private final int least;
  private final int most;

  /**
   * Sums of {@code least} to {@code most} steps.
   *
   * @param form where a response has its answer
   */
  GeneratedTask(Sums.Form form, int least, int most) {
    this.form = requireNonNull(form, "form");
    this.least = least;
    this.most = most;
  }

  @Override
  String name() {
    return "word problems of %d to %d steps, %s".formatted(least, most, form.what());
  }

  @Override
  int maxNewTokens() {
    return 24 + 16 * most;
  }

  @Override
  ProblemSet train(long seed, int count) {
    return problems("train", false, seed, count);
  }

  @Override
  ProblemSet heldOut(long seed, int count) {
    return problems("held-out", true, seed, count);
  }

  private ProblemSet problems(String set, boolean heldOut, long seed, int count) {
    List<Problem> problems = draw(set, heldOut, seed, count).stream().map(Drawn::problem).toList();
    return new ProblemSet(set, problems, new Gsm8kVerifier());
  }

  @Override
  List<Attempted> attempted(long seed, int count) {
    return List.copyOf(draw("transcript", false, seed, count));
  }

  private List<Drawn> draw(String set, boolean heldOut, long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Drawn> drawn = new ArrayList<>();
    Set<String> prompts = new HashSet<>();
    while (drawn.size() < count) {
      Sums sums = Sums.draw(random.nextInt(least, most + 1), form, random);
      if ((Math.floorMod(sums.numbers().hashCode(), HELD_OUT) == 0) == heldOut
          && prompts.add(sums.prompt())) {
        String id = "%s-%x-%d".formatted(set, seed, drawn.size());
        drawn.add(new Drawn(Problem.of(id, sums.prompt(), sums.solution()), sums));
      }
    }
    return drawn;
  }

  private record Drawn(Problem problem, Sums sums) implements Attempted {
    @Override
    public String attempt(double p, SplittableRandom random) {
      return sums.attempt(p, random);
    }
  }
}
