package org.riselm.examples.lab.study;

import static org.riselm.examples.lab.study.Arm.BASE;
import static org.riselm.examples.lab.study.Arm.CORRECT_ONLY;
import static org.riselm.examples.lab.study.Arm.OFF_POLICY;
import static org.riselm.examples.lab.study.Arm.POOL;
import static org.riselm.examples.lab.study.Arm.REJECTION;
import static org.riselm.examples.lab.study.Arm.RESTART;
import static org.riselm.examples.lab.study.Arm.SELF;
import static org.riselm.examples.lab.study.Arm.STOP;
import static org.riselm.examples.lab.study.Arm.SUPERVISED;
import static org.riselm.examples.lab.study.Arm.TEACHER;
import static org.riselm.examples.lab.study.Arm.TRUTHFUL;
import static org.riselm.examples.lab.study.Arm.UNCENTERED;
import static org.riselm.examples.lab.study.Arm.UNIFORM;
import static org.riselm.examples.lab.toy.ToyExercise.Size.SMALL;
import static org.riselm.examples.lab.toy.ToyExercise.Size.STANDARD;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.riselm.core.evaluation.Difficulty;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.Metric;
import org.riselm.examples.lab.study.Results.Value;

/**
 * A claim of the paper as a difference that should be above 0.
 *
 * @param text the claim
 * @param shown what is subtracted from what
 * @param difference of each seed
 */
record Claim(String text, String shown, Value difference) {
  private static final int PASS = 25;

  /** Every claim that the study looks at. */
  static List<Claim> all() {
    return List.of(
        arms("RISE from its own samples teaches revising", SELF, BASE, "m1@t5"),
        arms("RISE with a teacher teaches revising", TEACHER, BASE, "m1@t5"),
        new Claim(
            "Revising beats voting, at as many answers",
            "self: m1@t5 − m5@t1",
            Value.of(SELF, "m1@t5").minus(Value.of(SELF, "m5@t1"))),
        new Claim(
            "Revising beats voting, at as many tokens",
            "self: m1@t5 − mK@t1, K by tokens",
            Value.of(SELF, "m1@t5").minus(Value.of(SELF, Claim::voteAtEqualTokens))),
        new Claim(
            "RISE beats the base's vote",
            "self m1@t5 − base m5@t1",
            Value.of(SELF, "m1@t5").minus(Value.of(BASE, "m5@t1"))),
        new Claim(
            "RISE beats the base's vote of 25",
            "self m1@t5 − base m25@t1",
            Value.of(SELF, "m1@t5").minus(Value.of(BASE, "m25@t1"))),
        arms("RISE beats supervised single turns, both revising", SELF, SUPERVISED, "m1@t5"),
        new Claim(
            "RISE beats supervised single turns, which vote",
            "self m1@t5 − supervised m5@t1",
            Value.of(SELF, "m1@t5").minus(Value.of(SUPERVISED, "m5@t1"))),
        arms("RISE beats rejection sampling, both revising", SELF, REJECTION, "m1@t5"),
        new Claim(
            "RISE beats rejection sampling, which votes",
            "self m1@t5 − rejection m5@t1",
            Value.of(SELF, "m1@t5").minus(Value.of(REJECTION, "m5@t1"))),
        arms("A teacher helps more than its own samples", TEACHER, SELF, "m1@t5"),
        arms("Weighted beats uniform", SELF, UNIFORM, "m1@t5"),
        arms("All targets, weighted, beat correct ones only", SELF, CORRECT_ONLY, "m1@t5"),
        arms("Centered beats not centered", SELF, UNCENTERED, "m1@t5"),
        arms("On-policy beats off-policy", SELF, OFF_POLICY, "m1@t5"),
        new Claim(
            "A second iteration helps",
            "self: m1@t5 after 2 − after 1",
            Value.of(STANDARD, SELF, 2, "m1@t5").minus(Value.of(SELF, "m1@t5"))),
        new Claim(
            "Restarting from the base beats going on",
            "m1@t5 after 2: restart − self",
            Value.of(STANDARD, RESTART, 2, "m1@t5").minus(Value.of(STANDARD, SELF, 2, "m1@t5"))),
        arms("Going on when correct beats stopping (ours)", SELF, STOP, "m1@t5"),
        new Claim(
            "Stopping when correct flips correct responses (ours)",
            "correct→incorrect: stop − self",
            Value.of(STOP, Claim::flips).minus(Value.of(SELF, Claim::flips))),
        arms("Truthful feedback helps, an oracle", TRUTHFUL, SELF, "m1@t5"),
        arms("A pool of feedback helps", POOL, SELF, "m1@t5"),
        new Claim(
            "A larger model gains more",
            "(self − base) m1@t5: 58 k − 24 k parameters",
            Value.of(SELF, "m1@t5")
                .minus(Value.of(BASE, "m1@t5"))
                .minus(Value.of(SMALL, SELF, 1, "m1@t5").minus(Value.of(SMALL, BASE, 0, "m1@t5")))),
        arms("Turn 1 gets better, too", SELF, BASE, "m1@t1"),
        new Claim(
            "RISE solves problems that 25 first answers of the base do not",
            "of those, p1@t5: self − base",
            (results, seed) -> ofUnsolved(results, seed, SELF, BASE)));
  }

  private static Claim arms(String text, Arm better, Arm worse, String metric) {
    return new Claim(
        text,
        "%s: %s − %s".formatted(metric, better.label(), worse.label()),
        Value.of(better, metric).minus(Value.of(worse, metric)));
  }

  private static double voteAtEqualTokens(EvaluationLog log) {
    return Results.mean(Metric.majority(Metric.samplesAtCostOf(5, log), 1), log);
  }

  private static double flips(EvaluationLog log) {
    return Results.mean(Metric.correctToIncorrect(1, 5), log);
  }

  private static OptionalDouble ofUnsolved(Results results, long seed, Arm better, Arm worse) {
    var base = results.log(seed, BASE);
    var one = results.log(seed, better);
    var other = results.log(seed, worse);
    if (base.isEmpty() || one.isEmpty() || other.isEmpty()) {
      return OptionalDouble.empty();
    }
    Set<String> unsolved = Difficulty.unsolved(base.get(), PASS);
    if (unsolved.isEmpty()) {
      return OptionalDouble.empty();
    }
    Metric any = Metric.any(1, 5);
    return OptionalDouble.of(
        Results.mean(any, one.get().where(unsolved::contains))
            - Results.mean(any, other.get().where(unsolved::contains)));
  }

  /** What the interval of the difference says. */
  String verdict(Spread spread) {
    if (Double.isNaN(spread.half())) {
      return "one seed";
    }
    if (spread.low() > 0) {
      return "**seen**";
    }
    return spread.high() < 0 ? "**opposite**" : "not seen";
  }
}
