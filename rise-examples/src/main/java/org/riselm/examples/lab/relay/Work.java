package org.riselm.examples.lab.relay;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer: at most {@link #DAYS_PER_ANSWER} days worked out, one after the other, and what it
 * says the result is: {@code Thu 12 - 3 = 9 Fri + 4 = 13 #### 13}.
 *
 * @param from the first day it works out, counted from 0
 * @param before what there was before that day
 * @param to the day after the last
 * @param total after the last day
 */
record Work(int from, int before, int to, int total) {
  /** More do not fit an answer. */
  static final int DAYS_PER_ANSWER = 3;

  private static final Pattern DAY =
      Pattern.compile("\\G\\s*([A-Z][a-z]{2})(?: (\\d+))? [-+] \\d+ = (\\d+)");

  private static final Pattern KEPT = Pattern.compile("#### (\\d+)");

  /** Nothing yet. */
  static Work none(Ledger ledger) {
    return new Work(0, ledger.start(), 0, ledger.start());
  }

  /** As far as {@code response} got, by its own account; {@link #none} if it shows no work. */
  static Work read(Ledger ledger, String response) {
    Work work = none(ledger);
    Matcher kept = KEPT.matcher(response);
    if (kept.matches()) {
      int total = Integer.parseInt(kept.group(1));
      return new Work(ledger.days(), total, ledger.days(), total);
    }
    Matcher matcher = DAY.matcher(response);
    boolean first = true;
    while (matcher.find()) {
      int day = Ledger.DAYS.indexOf(matcher.group(1));
      if (day < 0
          || day >= ledger.days()
          || first != (matcher.group(2) != null)
          || (!first && day != work.to())) {
        return none(ledger);
      }
      int total = Integer.parseInt(matcher.group(3));
      int before = first ? Integer.parseInt(matcher.group(2)) : work.before();
      work = new Work(first ? day : work.from(), before, day + 1, total);
      first = false;
    }
    return work;
  }

  /** Whether every day is worked out. */
  boolean isComplete(Ledger ledger) {
    return to == ledger.days();
  }

  /** The days after this, right if this is. */
  Work carryOn(Ledger ledger) {
    return of(ledger, to, total);
  }

  /** The days from one on. */
  static Work of(Ledger ledger, int from, int before) {
    int end = Math.min(from + DAYS_PER_ANSWER, ledger.days());
    int sum = before;
    for (int day = from; day < end; day++) {
      sum = Ledger.inRange(sum + ledger.changes().get(day));
    }
    return new Work(from, before, end, sum);
  }

  /** The answer in words, with {@code result} at its end. */
  String response(Ledger ledger, int result) {
    StringBuilder text = new StringBuilder();
    int sum = before;
    for (int day = from; day < to; day++) {
      int change = ledger.changes().get(day);
      text.append(Ledger.DAYS.get(day));
      if (day == from) {
        text.append(' ').append(before);
      }
      sum = Ledger.inRange(sum + change);
      text.append(change < 0 ? " - " : " + ")
          .append(Math.abs(change))
          .append(" = ")
          .append(sum)
          .append(' ');
    }
    return text.append("#### ").append(result).toString();
  }
}
