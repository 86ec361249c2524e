package org.riselm.examples.lab.real;

import com.google.common.base.Ascii;
import java.util.stream.Stream;
import org.riselm.core.Baselines;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.objective.Objectives;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.examples.lab.toy.ShuffledReward;

/**
 * One way to go on from the boosted base, and the model that was not even boosted. All that train
 * have as many optimizer steps of as many examples.
 */
enum RealArm {
  TEACHER("RISE; the better response is the worked solution") {
    @Override
    RiseTrainerBuilder trainer(TrainablePolicy policy, ProblemSet problems) {
      return rise(policy, problems).relabeler(Relabelers.reference());
    }
  },
  SELF("RISE; the better response is the best of 8 of its own") {
    @Override
    RiseTrainerBuilder trainer(TrainablePolicy policy, ProblemSet problems) {
      return rise(policy, problems).relabeler(Relabelers.bestOf(RealRecipe.MORE_RESPONSES));
    }
  },
  SHUFFLED("as self, but rewards are coin tosses: a control") {
    @Override
    RiseTrainerBuilder trainer(TrainablePolicy policy, ProblemSet problems) {
      ProblemSet tossed =
          new ProblemSet(
              problems.name(),
              problems.problems(),
              new ShuffledReward(problems.verifier(), /* share= */ 0.3, /* seed= */ 1));
      return SELF.trainer(policy, tossed);
    }
  },
  SUPERVISED("worked solutions, single turns") {
    @Override
    RiseTrainerBuilder trainer(TrainablePolicy policy, ProblemSet problems) {
      return Baselines.supervised(policy, problems);
    }
  },
  REJECTION("its own correct responses of 8, single turns") {
    @Override
    RiseTrainerBuilder trainer(TrainablePolicy policy, ProblemSet problems) {
      return Baselines.rejectionSampling(policy, problems, RealRecipe.MORE_RESPONSES);
    }
  },
  BASE("the chat model as it is: its further turns are Self-Refine by prompting") {
    @Override
    RiseTrainerBuilder trainer(TrainablePolicy policy, ProblemSet problems) {
      return rise(policy, problems);
    }
  };

  private final String what;

  RealArm(String what) {
    this.what = what;
  }

  /** What it does, for people to read. */
  String what() {
    return what;
  }

  /** Its name in options and folders. */
  String label() {
    return Ascii.toLowerCase(name());
  }

  /** The arm of a name in options. */
  static RealArm of(String label) {
    return Stream.of(values())
        .filter(arm -> arm.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--arm is \"%s\"; it must be one or several of %s"
                        .formatted(label, Stream.of(values()).map(RealArm::label).toList())));
  }

  /** Returns whether it trains at all, the first step included. */
  boolean trains() {
    return this != BASE;
  }

  /** Responses that an iteration samples per problem, at most. */
  int responsesPerProblem() {
    return switch (this) {
      case TEACHER -> RealRecipe.TURNS;
      case SELF, SHUFFLED -> RealRecipe.TURNS * (1 + RealRecipe.MORE_RESPONSES);
      case BASE, SUPERVISED -> 0;
      case REJECTION -> RealRecipe.MORE_RESPONSES;
    };
  }

  /** Starts a trainer: what is particular to this arm. */
  abstract RiseTrainerBuilder trainer(TrainablePolicy policy, ProblemSet problems);

  private static RiseTrainerBuilder rise(TrainablePolicy policy, ProblemSet problems) {
    return RiseTrainer.builder(policy, problems)
        .turns(RealRecipe.TURNS)
        .objective(Objectives.rewardWeighted(RealRecipe.TAU));
  }
}
