package org.riselm.core.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScriptedPolicy;
import org.riselm.core.task.Gsm8kVerifier;

class CriticTest {
  private static final List<Problem> PROBLEMS =
      List.of(Problem.of("a", "2 + 2 ?", "#### 4"), Problem.of("b", "3 + 3 ?", "#### 6"));

  /** Answers 4 at once; criticizes; and then does what the critique says. */
  private static String refine(State state) {
    String prompt = state.problem().prompt();
    if (prompt.contains("Attempt:")) {
      if (prompt.contains("unlucky")) {
        throw new IllegalStateException("no critique");
      }
      return prompt.contains("3 + 3") ? "Say 6." : "Keep it.";
    }
    if (state.history().isEmpty()) {
      return "#### 4";
    }
    String said = String.valueOf(state.history().get(0).feedback());
    return said.equals("Say 6.") ? "#### 6" : "#### 4";
  }

  private static List<Episode> episodes(Policy policy, Feedback feedback, List<Problem> problems) {
    RolloutOptions options =
        RolloutOptions.builder(new Gsm8kVerifier())
            .turns(3)
            .sampling(SamplingOptions.ofMaxNewTokens(50))
            .feedback(feedback)
            .build();
    return new EpisodeCollector(options).collect(policy, problems, 1, 1, ProgressListener.NONE);
  }

  @Test
  void selfRefineTellsThePolicyWhatItFoundItself() {
    Policy policy = new ScriptedPolicy((state, seed) -> refine(state));
    Critic critic =
        Critic.builder(policy).sampling(SamplingOptions.ofMaxNewTokens(50)).seed(1).build();
    List<Episode> episodes = episodes(policy, critic, PROBLEMS);
    assertEquals("Keep it.", episodes.get(0).turns().get(0).feedback());
    assertEquals("Say 6.", episodes.get(1).turns().get(0).feedback());
    assertTrue(episodes.stream().allMatch(e -> e.turns().get(1).correct()));
    assertEquals(null, episodes.get(0).turns().get(2).feedback());
  }

  @Test
  void critiquesAreAskedForInBatches() {
    List<Integer> batches = new ArrayList<>();
    Policy scripted = new ScriptedPolicy((state, seed) -> refine(state));
    Policy counting =
        new Policy() {
          @Override
          public List<Completion> complete(
              List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
            batches.add(queries.size());
            return scripted.complete(queries, sampling, progress);
          }
        };
    episodes(
        scripted,
        Critic.builder(counting).sampling(SamplingOptions.ofMaxNewTokens(50)).seed(1).build(),
        PROBLEMS);
    assertEquals(List.of(2, 2), batches);
  }

  @Test
  void aCritiqueThatCannotBeHadEndsItsEpisodeOnly() {
    Policy policy = new ScriptedPolicy((state, seed) -> refine(state));
    List<Problem> problems = List.of(PROBLEMS.get(0), Problem.of("c", "an unlucky one", "#### 4"));
    List<Episode> episodes =
        episodes(
            policy,
            Critic.builder(policy).sampling(SamplingOptions.ofMaxNewTokens(50)).seed(1).build(),
            problems);
    assertEquals(3, episodes.get(0).turns().size());
    assertEquals(1, episodes.get(1).turns().size());
    assertEquals(Episode.EndReason.TRUNCATED, episodes.get(1).endReason());
    assertTrue(String.valueOf(episodes.get(1).turns().get(0).failure()).contains("blank"));
  }
}
