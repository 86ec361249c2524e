package org.riselm.examples.lab;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Turn;

/** One episode to show: a wrong first answer, and the revision that put it right. */
final class Transcript {
  private static final int SHOWN_TURNS = 2;

  private Transcript() {}

  /** The longest question that was got wrong at turn 1, right at turn 2, and never wrong again. */
  static Optional<Episode> pick(List<Episode> episodes) {
    return episodes.stream()
        .filter(e -> e.turns().size() >= SHOWN_TURNS && !e.turns().get(0).correct())
        .filter(e -> e.turns().stream().skip(1).allMatch(Turn::correct))
        .max(Comparator.comparingInt((Episode e) -> e.problem().prompt().length()));
  }

  /** The question, the first answer, what was said, and the second answer. */
  static String of(Episode episode) {
    StringBuilder text = new StringBuilder();
    line(text, "question", episode.problem().prompt());
    for (int t = 0; t < SHOWN_TURNS; t++) {
      Turn turn = episode.turns().get(t);
      String verdict = turn.correct() ? "   (right)" : "   (wrong)";
      line(text, "answer " + (t + 1), turn.response().text() + verdict);
      if (t + 1 < SHOWN_TURNS) {
        line(text, "feedback", turn.feedbackIfAny().orElse(""));
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String speaker, String said) {
    text.append(String.format("  %-9s %s%n", speaker, said));
  }
}
