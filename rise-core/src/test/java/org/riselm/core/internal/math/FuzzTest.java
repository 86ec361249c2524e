package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.MathVerifier;
import org.riselm.core.task.math.AnswerEquivalence;
import org.riselm.core.task.math.AnswerEquivalence.Verdict;

/** Strings that nobody would write. {@code -Drise.fuzz=1000000} is the full count. */
class FuzzTest {
  private static final int STRINGS = Integer.getInteger("rise.fuzz", 3_000);

  private static final Duration DEADLINE = Duration.ofSeconds(1);

  private static final List<String> PIECES =
      List.of(
          "\\frac{",
          "\\sqrt{",
          "\\sqrt[3]{",
          "}",
          "{",
          "(",
          ")",
          "[",
          "]",
          "\\{",
          "\\}",
          "|",
          "^",
          "^{",
          "_",
          "_{",
          "1",
          "23",
          "0",
          "0.5",
          ",",
          "1,234",
          "x",
          "y",
          "e",
          "i",
          "\\pi",
          "\\pm ",
          "+",
          "-",
          "*",
          "/",
          "!",
          "%",
          "\\%",
          "^\\circ",
          "$",
          "\\$",
          "\\text{",
          "\\boxed{",
          "####",
          "\\begin{pmatrix}",
          "\\end{pmatrix}",
          "\\begin{",
          "\\end{",
          "&",
          "\\\\",
          "\\cup ",
          "=",
          "<",
          "\\le ",
          "\\infty",
          "\\sin ",
          "\\log_",
          "\\binom{",
          "\\lfloor ",
          "\\rfloor ",
          " and ",
          "the answer is ",
          "cm",
          " dollars",
          "apple",
          "99999999999999999999",
          "e999999999",
          "^{999999999}",
          "10^{10^{10}}",
          ":",
          ";",
          ".",
          "'",
          "\"",
          "\\",
          "\u0000",
          "\uD83D",
          "é",
          "½",
          "²",
          "∞",
          "−",
          "\n",
          " ",
          "\t",
          "(x+y+z+w)^{99}",
          "\\left",
          "\\right.",
          "\\overline{",
          "\\\\frac{",
          "\\mid ",
          "\\in ",
          "\n\nQuestion: ",
          "<|im_end|>",
          "Final Answer: ",
          "f(",
          "[0,1[",
          "₂",
          "(A) ",
          "if ");

  private final AnswerEquivalence equivalence = new AnswerEquivalence(DEADLINE);

  @Test
  void neverThrowsAndKeepsItsDeadline() {
    SplittableRandom seeds = new SplittableRandom();
    long seed = seeds.nextLong();
    System.out.printf("fuzz: %d strings, seed %d%n", STRINGS, seed);
    SplittableRandom random = new SplittableRandom(seed);
    MathVerifier math = new MathVerifier(equivalence);
    Gsm8kVerifier gsm8k = new Gsm8kVerifier();
    String other = "1";
    long slowest = 0;
    String slowestText = "";
    for (int i = 0; i < STRINGS; i++) {
      String text = random.nextInt(4) == 0 ? characters(random) : pieces(random);
      long start = System.nanoTime();
      Verdict verdict = equivalence.compare(text, other);
      Verdict turned = equivalence.compare(other, text);
      Verdict self = equivalence.compare(text, text);
      math.answer(text);
      gsm8k.answer(text);
      long took = System.nanoTime() - start;
      if (took > slowest) {
        slowest = took;
        slowestText = text;
      }
      assertEquals(verdict, turned, () -> "not symmetric: " + text);
      assertEquals(text.isBlank(), self != Verdict.EQUAL, () -> "not reflexive: " + text);
      other = text;
    }
    System.out.printf(
        "fuzz: the slowest five checks took %d ms, on: %s%n", slowest / 1_000_000, slowestText);
    // Five comparisons and readings; twice as long, because machines stall.
    assertTrue(slowest < 5 * 2 * DEADLINE.toNanos(), "slowest: " + slowest + " ns");
  }

  private static String pieces(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(14); n >= 0; n--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static String characters(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(30); n >= 0; n--) {
      text.append((char) random.nextInt(random.nextInt(5) == 0 ? 0x10000 : 128));
    }
    return text.toString();
  }

  @Test
  void whatCostsTooMuchIsGivenUp() throws Exception {
    List<String> monsters =
        List.of(
            "10^{10^{10^{10}}}",
            "9".repeat(100_000),
            "9".repeat(3_900) + "^{" + "9".repeat(50) + "}",
            "(".repeat(2_000) + "1" + ")".repeat(2_000),
            "{".repeat(100_000),
            "\\frac{1}{".repeat(400) + "2" + "}".repeat(400),
            "(a+b+c+d+e+f)^{4000}",
            "\\sqrt{" + "7".repeat(3_000) + "}",
            "1000!".repeat(400),
            "x^".repeat(1_500) + "2",
            "-".repeat(3_900) + "1",
            "1+".repeat(1_900) + "x",
            "\\pm ".repeat(900) + "1",
            "5" + "%".repeat(3_000),
            "|".repeat(3_000),
            "\\boxed{".repeat(10_000),
            " ".repeat(200_000) + "x",
            "the answer is ".repeat(10_000),
            "$".repeat(100_001),
            "\\(".repeat(10_000),
            "Answer: " + "therefore ".repeat(5_000) + "5",
            "\n".repeat(50_000) + "5",
            "x" + "\n".repeat(50_000) + "y",
            "\n\nWhat is the value of x? ".repeat(2_000),
            "The answer to " + "a ".repeat(30_000),
            "\\sin ".repeat(700) + "x",
            "(x+1)(x+2)".repeat(300),
            "1,".repeat(1_900) + "1");
    // A small stack: checks may run on any thread.
    Throwable[] failure = new Throwable[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              for (String monster : monsters) {
                long start = System.nanoTime();
                Verdict verdict = equivalence.compare(monster, monster + "+1");
                new MathVerifier().answer(monster);
                new Gsm8kVerifier().answer(monster);
                long millis = (System.nanoTime() - start) / 1_000_000;
                String head = monster.substring(0, Math.min(20, monster.length()));
                assertNotEquals(Verdict.EQUAL, verdict, head);
                assertTrue(millis < 6_000, () -> head + " took " + millis + " ms");
              }
            },
            "small stack",
            256 * 1024);
    thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
    thread.start();
    thread.join();
    if (failure[0] != null) {
      throw new AssertionError(failure[0]);
    }
  }

  @Test
  void aDeadlineEndsAComparison() {
    AnswerEquivalence hasty = new AnswerEquivalence(Duration.ofNanos(1));
    assertEquals(
        Verdict.NOT_COMPARABLE, hasty.compare("(a+b+c+d)^{30}", "(a+b+c+d)^{29}(a+b+c+d)"));
    assertEquals(
        Verdict.EQUAL,
        equivalence.compare("(a+b+c)^{10}", "(a+b+c)^{9}(a+b+c)"),
        "with time it is decided");
  }

  @Test
  void aReferenceWithoutAnAnswerIsNoAnswer() {
    MathVerifier verifier = new MathVerifier();
    for (String reference : List.of("", " ", "\\boxed{}", "one\ntwo")) {
      Problem problem = Problem.of("p", "q", reference);
      assertThrows(IllegalArgumentException.class, () -> verifier.correct(problem, "\\boxed{1}"));
    }
  }
}
