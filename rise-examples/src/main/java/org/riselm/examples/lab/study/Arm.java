package org.riselm.examples.lab.study;

import com.google.common.base.Ascii;
import java.util.List;
import java.util.Optional;
import org.riselm.core.Baselines;
import org.riselm.core.IterationPlan;
import org.riselm.core.IterationReport.RolloutStats;
import org.riselm.core.SupervisedExamples;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.objective.Objectives;
import org.riselm.core.objective.PolicyGradient;
import org.riselm.core.objective.PolicyGradient.Baseline;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.relabel.OfflinePairs;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.rollout.EpisodeCollector;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.examples.Quickstart;
import org.riselm.examples.lab.toy.ToyRecipe;

/**
 * One way to train the base, or not to. All have the budget of {@link ToyRecipe}: as many problems,
 * optimizer steps and examples per step.
 */
public enum Arm {
  /** The base, told to check its work: Self-Refine by prompting. Its m5@t1 is the plain vote. */
  BASE("no training; its turns are Self-Refine by prompting") {
    @Override
    void run(Lab lab) {
      lab.evaluate(0, Lab.NEUTRAL);
    }
  },
  /**
   * RISE from the model's own samples, the weights centered; two iterations, one from the other.
   */
  SELF("RISE, best of 8 of its own, centered weights") {
    @Override
    void run(Lab lab) {
      lab.iterate(lab.rise(), Lab.ITERATIONS, Lab.NEUTRAL);
    }
  },
  TEACHER("RISE with a teacher: the true solution") {
    @Override
    void run(Lab lab) {
      lab.iterate(lab.rise().relabeler(Relabelers.reference()), 1, Lab.NEUTRAL);
    }
  },
  UNIFORM("as self, every target weighs 1") {
    @Override
    void run(Lab lab) {
      lab.iterate(lab.rise().objective(Objectives.uniform()), 1, Lab.NEUTRAL);
    }
  },
  CORRECT_ONLY("as self, correct targets only") {
    @Override
    void run(Lab lab) {
      lab.iterate(lab.rise().objective(Objectives.correctOnly()), 1, Lab.NEUTRAL);
    }
  },
  UNCENTERED("as self, weights not centered") {
    @Override
    void run(Lab lab) {
      lab.iterate(lab.rise().objective(Objectives.uncentered(ToyRecipe.TAU)), 1, Lab.NEUTRAL);
    }
  },
  SUPERVISED("supervised on single turns with true answers") {
    @Override
    void run(Lab lab) {
      lab.train(SupervisedExamples.references(lab.problems()), 0);
    }
  },
  REJECTION("rejection sampling on single turns: correct ones of 8 (STaR, ReST-EM)") {
    @Override
    void run(Lab lab) {
      lab.iterate(
          lab.settings(
              Baselines.rejectionSampling(lab.policy(), lab.problems(), ToyRecipe.MORE_ANSWERS)),
          1,
          Lab.NEUTRAL);
    }
  },
  OFF_POLICY("revisions made up from independent answers (Snell et al.)") {
    @Override
    void run(Lab lab) {
      RolloutOptions firstTurns =
          RolloutOptions.builder(lab.problems().verifier())
              .turns(1)
              .episodesPerProblem(ToyRecipe.MORE_ANSWERS)
              .sampling(Lab.EXERCISE.sampling())
              .feedback(Lab.NEUTRAL)
              .build();
      List<Episode> samples =
          new EpisodeCollector(firstTurns)
              .collect(
                  lab.policy(),
                  lab.problems().problems(),
                  lab.seed("off-policy"),
                  0,
                  ProgressListener.NONE);
      OfflinePairs pairs =
          OfflinePairs.builder(Lab.NEUTRAL)
              .maxIncorrect(1)
              .maxPerProblem(2)
              .historyWindow(HistoryWindow.latest())
              .build();
      lab.train(
          Objectives.uniform().weigh(pairs.of(samples, lab.seed("pairs"))).examples(),
          RolloutStats.of(samples, Optional.empty()).tokens());
    }
  },
  RESTART("as self, the second iteration from the base on the examples of both") {
    @Override
    void run(Lab lab) {
      lab.iterate(lab.rise().plan(IterationPlan.restarting()), Lab.ITERATIONS, Lab.NEUTRAL);
    }
  },
  STOP("as self, episodes stop when correct as in the paper") {
    @Override
    void run(Lab lab) {
      lab.iterate(lab.rise().rollout(r -> r.stopWhenCorrect(true)), 1, Lab.NEUTRAL);
    }
  },
  TRUTHFUL("as self, feedback tells the truth, in evaluation too: an oracle") {
    @Override
    void run(Lab lab) {
      // In the task's own words, which are all the model knows.
      Feedback truthful = Feedback.truthful("and again .", Quickstart.FEEDBACK);
      lab.iterate(lab.rise().feedback(truthful), 1, truthful);
    }
  },
  POOL("as self, feedback is any of three sentences") {
    @Override
    void run(Lab lab) {
      Feedback pool =
          Feedback.anyOf(
              List.of(Quickstart.FEEDBACK, "try again .", "Check your work ."), lab.seed("pool"));
      lab.iterate(lab.rise().feedback(pool), 1, pool);
    }
  },
  SCORE("SCoRe: on-policy gradients, half the iterations in each of its two stages") {
    @Override
    void run(Lab lab) {
      lab.followGradient(
          (base, share) ->
              share < 0.5
                  ? Objectives.scoreStageOne(lab.policy(), base)
                  : Objectives.scoreStageTwo(lab.policy(), base));
    }
  },
  GROUP_RELATIVE("GRPO without its ratio: on-policy gradients, rewards standardized by group") {
    @Override
    void run(Lab lab) {
      lab.followGradient(
          (base, share) -> PolicyGradient.builder(Baseline.GROUP_MEAN).standardized(true).build());
    }
  };

  private final String what;

  Arm(String what) {
    this.what = what;
  }

  /** What it does, for people to read. */
  public String what() {
    return what;
  }

  /** Its name in files and tables. */
  public String label() {
    return Ascii.toLowerCase(name()).replace('_', '-');
  }

  /** Trains and evaluates; the lab's policy has the base's parameters. */
  abstract void run(Lab lab);
}
