package org.riselm.core.internal.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.task.math.AnswerExtraction;

/** Each rule of {@link AnswerExtraction} by itself. */
class ExtractionTest {
  private static Optional<String> read(String response) {
    return AnswerExtraction.of(response.replace("⏎", "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$\\boxed{3}$ and $\\boxed{5}$|3, 5",
        "\\boxed{3}\\quad\\boxed{5}|3, 5",
        "\\(\\boxed{3}\\), \\(\\boxed{5}\\)|3, 5",
        "\\boxed{3} \\text{ and } \\boxed{5}|3, 5",
        "$x_1=\\boxed{3}$ as well as $x_2=\\boxed{5}$|3, 5",
        "(a) \\boxed{3} (b) \\boxed{5}|3, 5",
        "the first is \\boxed{3} and the other is \\boxed{5}|3, 5",
        "\\boxed{3}, so the sum is \\boxed{5}|5",
        "\\boxed{3}. Then \\boxed{5}|5",
        "\\boxed{3}⏎⏎\\boxed{5}|5",
        "\\boxed{3}, but it is \\boxed{5}|5",
        "\\boxed{3}, that is, \\boxed{3.0}|3",
        "\\boxed{1/3} \\approx \\boxed{0.33}|1/3 \\approx 0.33",
        "\\boxed{3} and \\boxed{3}|3",
        "\\boxed{\\boxed{3}}|3",
        "\\boxed 3 is it|3",
        "\\fbox{3}|3",
        "\\boxed{⏎3⏎}|3"
      })
  void boxesOfOneSentenceAreAList(String response, String answer) {
    assertEquals(Optional.of(answer), read(response));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\boxed{4}⏎#### 9|4",
        "#### 9⏎so \\boxed{4}|4",
        "\\boxed{4}⏎#### 2. Check⏎it holds|4",
        "#### 4|4",
        "#### 2⏎#### 4|4",
        "#### Final answer: 25|25",
        "#### So the answer is $25$|25",
        "#### Answer⏎25|25",
        "#### 2. Check⏎The answer is 25.|25",
        "### Step 3⏎The answer is 25.|25",
        "#### Check⏎3 + 4 = 7|7"
      })
  void boxesDecideBeforeHashesAndHeadingsAreNoMarks(String response, String answer) {
    assertEquals(Optional.of(answer), read(response));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Final Answer: The largest $n$ is 34.|34",
        "Final Answer: The largest $n$ is $34$.|34",
        "**Final Answer**⏎⏎34|34",
        "The answer to this question is 34.|34",
        "The answer is therefore 34.|34",
        "The answer is **34**.|34**",
        "The answer is not odd, it is $34$.|34",
        "Answer: $34$ (see above)|34",
        "34 is the answer.|34",
        "Option D is correct.|D",
        "答案：34|34"
      })
  void theValueIsReadOutOfItsSentence(String response, String answer) {
    assertEquals(Optional.of(answer), read(response));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "It is not even, so it is 13.|13",
        "Perhaps it is easier to add: 6 + 7 = 13.|13",
        "There is no error. The sum is 13.|13",
        "She earns $5 and then $8, so she has $13.|$13",
        "She earns \\$5 and \\$8, so she has \\$13.|\\$13",
        "Hence $x = 13$.|$x = 13$.",
        "Yes, it is.|Yes"
      })
  void ordinaryWordsDoNoHarm(String response, String answer) {
    assertEquals(Optional.of(answer), read(response));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "I don't know. It may be 5.",
        "I'm not sure, but 5 comes to mind.",
        "We cannot determine the answer. 5",
        "I give up: 5",
        "I cannot tell.",
        "I can't help with that.",
        "The answer is not 5.",
        "\\boxed{}⏎The answer is 5.",
        "\\boxed{5",
        "####",
        "Answer:",
        "It is 5 or 6."
      })
  void whatMarksNothingOrDoesNotKnowIsNoAnswer(String response) {
    assertEquals(Optional.empty(), read(response));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#### 18⏎⏎Question: How many?⏎#### 7",
        "#### 18⏎Problem 2. How many?⏎#### 7",
        "\\boxed{18}⏎⏎## Problem⏎How many?⏎\\boxed{7}",
        "The answer is 18.⏎⏎Q: How many?⏎A: The answer is 7.",
        "#### 18<|im_end|>⏎<|im_start|>user⏎More⏎#### 7",
        "#### 18⏎⏎User: more⏎Assistant: #### 7",
        "18⏎⏎**Question 2:** more⏎The answer is 7.",
        "#### 18⏎⏎Ann has 4 pens and buys 3 more. How many pens does she have now?⏎#### 7"
      })
  void whereAnotherQuestionFollowsTheFirstMarkCounts(String response) {
    assertEquals(Optional.of("18"), read(response));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#### 18⏎⏎Wait, how many eggs does she have in the end?⏎#### 7",
        "Question: How many?⏎Answer: 7",
        "Problem: How many?⏎⏎Solution: 3 + 4⏎#### 7",
        "#### 18⏎No: #### 7"
      })
  void aCorrectionOrTheQuestionToldAgainIsNoOtherQuestion(String response) {
    assertEquals(Optional.of("7"), read(response));
  }

  @Test
  void thoughtsDoNotCount() {
    assertEquals(Optional.of("4"), read("<think>\\boxed{3}</think>The answer is 4."));
    assertEquals(Optional.of("4"), read("It is 3. <answer>4</answer> Or 5?"));
  }

  @Provide
  Arbitrary<String> answers() {
    return Arbitraries.of("5", "-1", "\\frac{1}{2}", "x^2+1", "(1,2)", "\\{1,2\\}", "[0,1)");
  }

  @Property
  void whateverIsBoxedIsRead(@ForAll @From("answers") String answer, @ForAll String before) {
    String text = before.replace("\\", "").replace("<", "");
    assertEquals(Optional.of(answer), AnswerExtraction.of(text + " \\boxed{" + answer + "}"));
  }
}
