package org.riselm.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;

/**
 * What every {@link Policy} owes its callers. A backend extends this, creates its policy and some
 * states, and declares what it can do.
 */
public abstract class PolicyContract {
  /** Longest answer in these tests, in tokens. */
  protected static final int MAX_NEW_TOKENS = 8;

  private static final SamplingOptions SAMPLED = SamplingOptions.ofMaxNewTokens(MAX_NEW_TOKENS);

  private Policy policy;

  /**
   * A new policy, each time with the same parameters, whose answers at temperature 1 are not nearly
   * certain. Closed after the test.
   */
  protected abstract Policy createPolicy() throws Exception;

  /** At least three states that differ, of one turn and of several, which the policy can answer. */
  protected abstract List<State> states();

  /** Whether responses carry the ids that were sampled. */
  protected boolean givesTokens() {
    return true;
  }

  /** Whether completions carry log-probabilities. */
  protected boolean givesLogProbabilities() {
    return true;
  }

  /** The policy under test. */
  protected final Policy policy() {
    return policy;
  }

  @BeforeEach
  final void create() throws Exception {
    policy = createPolicy();
  }

  @AfterEach
  final void close() throws Exception {
    if (policy instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  /** Every state, with a few seeds each. */
  protected final List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (State state : states()) {
      for (long seed = 0; seed < 4; seed++) {
        queries.add(new Query(state, Seeds.derive(seed, queries.size())));
      }
    }
    return queries;
  }

  @Test
  void noQueriesGiveNoCompletions() {
    assertEquals(List.of(), policy.complete(List.of(), SAMPLED));
  }

  @Test
  void answersEveryQuery() {
    for (Completion c : policy.complete(queries(), SAMPLED)) {
      assertEquals(null, c.failure());
      assertFalse(c.response().finish() == FinishReason.FAILED);
    }
  }

  @Test
  void theSameQueryGetsTheSameAnswerWhateverTheBatch() {
    List<Query> queries = queries();
    List<Completion> together = policy.complete(queries, SAMPLED);
    for (int i = 0; i < queries.size(); i++) {
      Completion alone = policy.complete(List.of(queries.get(i)), SAMPLED).get(0);
      assertEquals(together.get(i).response(), alone.response(), "query " + i);
    }
  }

  @Test
  void answersComeInTheOrderOfTheQueries() {
    List<Query> queries = queries();
    List<Completion> forwards = policy.complete(queries, SAMPLED);
    List<Query> reversed = new ArrayList<>(queries);
    Collections.reverse(reversed);
    List<Completion> backwards = new ArrayList<>(policy.complete(reversed, SAMPLED));
    Collections.reverse(backwards);
    assertEquals(
        forwards.stream().map(Completion::response).toList(),
        backwards.stream().map(Completion::response).toList());
  }

  @Test
  void answersAreNoLongerThanAsked() {
    for (int limit : new int[] {1, 3}) {
      for (Completion c : policy.complete(queries(), SamplingOptions.ofMaxNewTokens(limit))) {
        assertTrue(c.response().tokens().size() <= limit, () -> c + " is over " + limit);
        if (givesTokens() && c.response().finish() == FinishReason.LENGTH) {
          assertEquals(limit, c.response().tokens().size());
        }
      }
    }
  }

  @Test
  void differentSeedsDiffer() {
    State state = states().get(0);
    Set<Object> answers = new HashSet<>();
    for (long seed = 0; seed < 32; seed++) {
      answers.add(policy.complete(List.of(new Query(state, seed)), SAMPLED).get(0).response());
    }
    assertTrue(answers.size() > 1, () -> "32 seeds all gave " + answers);
  }

  @Test
  void greedyIgnoresTheSeed() {
    SamplingOptions greedy = SamplingOptions.greedy(MAX_NEW_TOKENS);
    for (State state : states()) {
      List<Completion> twice =
          policy.complete(List.of(new Query(state, 1), new Query(state, 2)), greedy);
      assertEquals(twice.get(0).response(), twice.get(1).response());
    }
  }

  @Test
  void oneTokenOfOneIsGreedy() {
    List<Query> queries = queries();
    List<Completion> greedy = policy.complete(queries, SamplingOptions.greedy(MAX_NEW_TOKENS));
    List<Completion> top1 = policy.complete(queries, SAMPLED.toBuilder().topK(1).build());
    for (int i = 0; i < queries.size(); i++) {
      assertEquals(greedy.get(i).response(), top1.get(i).response());
    }
  }

  @Test
  void tokensAndLogProbabilitiesLineUp() {
    List<Completion> without = policy.complete(queries(), SAMPLED);
    List<Completion> with =
        policy.complete(queries(), SAMPLED.toBuilder().logProbabilities(true).build());
    for (int i = 0; i < with.size(); i++) {
      Completion c = with.get(i);
      assertEquals(without.get(i).response(), c.response());
      assertTrue(without.get(i).logProbabilities().isEmpty());
      assertEquals(givesTokens(), !c.response().tokens().isEmpty());
      assertEquals(givesLogProbabilities(), !c.logProbabilities().isEmpty());
      Arrays.stream(c.logProbabilities().toArray())
          .forEach(l -> assertTrue(l <= 1e-6 && l > -1e3, () -> "log p " + l));
    }
  }

  @Test
  void progressAddsUp() {
    assumeTrue(givesTokens(), "tokens are counted only where there are any");
    List<ProgressEvent> told = new ArrayList<>();
    List<Completion> completions = policy.complete(queries(), SAMPLED, told::add);
    assertNotNull(completions);
    ProgressEvent last = told.get(told.size() - 1);
    assertEquals(completions.size(), last.done());
    assertEquals(completions.size(), last.total());
    assertEquals(
        completions.stream().mapToLong(c -> c.response().tokens().size()).sum(), last.tokens());
    for (int i = 1; i < told.size(); i++) {
      assertTrue(told.get(i).done() >= told.get(i - 1).done(), told::toString);
      assertTrue(told.get(i).tokens() >= told.get(i - 1).tokens(), told::toString);
    }
  }
}
