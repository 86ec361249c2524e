package org.riselm.onnx.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;

class PromptPiecesTest {
  private static final PromptPieces DROPS_STOP =
      PromptPieces.builder("<eos>")
          .beforeUser("<user>")
          .afterUser("<asst>")
          .stopTokenKept(false)
          .build();
  private static final PromptPieces KEEPS_STOP =
      PromptPieces.builder("<eos>", "<end>")
          .start("<bos>")
          .beforeUser("<user>")
          .afterUser("<asst>")
          .afterAssistant("sep")
          .build();

  // a b c again sep | <bos> <eos> <user> <asst> <end>
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final int AGAIN = 3;
  private static final int SEP = 4;
  private static final int BOS = 5;
  private static final int EOS = 6;
  private static final int USER = 7;
  private static final int ASST = 8;
  private static final int END = 9;

  private final Problem problem = Problem.of("p", "a b", "c");
  @TempDir Path folder;
  private Tokenizer tokenizer;

  @BeforeEach
  void load() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    TokenizerFiles.wordLevel(
        List.of("a", "b", "c", "again", "sep"),
        List.of("<bos>", "<eos>", "<user>", "<asst>", "<end>"),
        file);
    tokenizer = Tokenizer.load(file);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  private State after(Response... responses) {
    List<Turn> turns =
        Arrays.stream(responses).map(r -> Turn.of(r, 0).withFeedback("again")).toList();
    return HistoryWindow.all().state(problem, turns);
  }

  private static Response sampled(FinishReason finish, int... ids) {
    return new Response("the text is not what counts", Tokens.of(ids), finish);
  }

  @Test
  void theFirstStateIsTheProblemAlone() {
    assertArrayEquals(
        new int[] {USER, A, B, ASST}, DROPS_STOP.prompt(State.initial(problem), tokenizer));
    assertArrayEquals(
        new int[] {BOS, USER, A, B, ASST}, KEEPS_STOP.prompt(State.initial(problem), tokenizer));
  }

  @Test
  void sampledIdsAreSplicedInAsTheyAre() {
    State state = after(sampled(FinishReason.STOP, C, ASST, A, EOS));

    assertArrayEquals(
        new int[] {USER, A, B, ASST, C, ASST, A, USER, AGAIN, ASST},
        DROPS_STOP.prompt(state, tokenizer));
    assertArrayEquals(
        new int[] {BOS, USER, A, B, ASST, C, ASST, A, EOS, SEP, USER, AGAIN, ASST},
        KEEPS_STOP.prompt(state, tokenizer));
  }

  @Test
  void onlyTheTrailingStopTokenIsDropped() {
    State state = after(sampled(FinishReason.LENGTH, C, EOS, A));

    assertArrayEquals(
        new int[] {USER, A, B, ASST, C, EOS, A, USER, AGAIN, ASST},
        DROPS_STOP.prompt(state, tokenizer));
  }

  @Test
  void aFormatThatKeepsStopTokensClosesAResponseThatWasCut() {
    assertArrayEquals(
        new int[] {BOS, USER, A, B, ASST, C, EOS, SEP, USER, AGAIN, ASST},
        KEEPS_STOP.prompt(after(sampled(FinishReason.LENGTH, C)), tokenizer));
  }

  @Test
  void textIsTokenizedOnlyWhereNothingWasSampled() {
    assertArrayEquals(
        new int[] {USER, A, B, ASST, C, A, USER, AGAIN, ASST, B, USER, AGAIN, ASST},
        DROPS_STOP.prompt(
            after(Response.ofText("c a"), sampled(FinishReason.STOP, B, EOS)), tokenizer));
  }

  @Test
  void aFailedTurnLeavesNothingBetweenItsNeighbours() {
    assertArrayEquals(
        new int[] {USER, A, B, ASST, USER, AGAIN, ASST},
        DROPS_STOP.prompt(after(Response.failed()), tokenizer));
  }

  @Test
  void targetsAreTheSampledIds() {
    assertArrayEquals(
        new int[] {C, EOS}, DROPS_STOP.target(sampled(FinishReason.STOP, C, EOS), tokenizer));
    assertArrayEquals(
        new int[] {C, END}, KEEPS_STOP.target(sampled(FinishReason.STOP, C, END), tokenizer));
    assertArrayEquals(
        new int[] {C, A}, DROPS_STOP.target(sampled(FinishReason.LENGTH, C, A), tokenizer));
  }

  @Test
  void targetsFromTextEndWithTheFirstStopToken() {
    assertArrayEquals(new int[] {C, A, EOS}, KEEPS_STOP.target(Response.ofText("c a"), tokenizer));
  }

  @Test
  void jsonRoundTrips() throws IOException {
    for (PromptPieces format : List.of(DROPS_STOP, KEEPS_STOP)) {
      format.write(folder);
      assertEquals(format, PromptFormat.read(folder));
    }
  }

  @Test
  void aBadFileIsNamed() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("prompt_format.json"), "{\"start\": \"\", \"beforeUser\": \"\"}");
    IOException e = assertThrows(IOException.class, () -> PromptPieces.read(folder));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains("afterUser"), e.getMessage());
  }

  @Test
  void aStopTokenThatTheTokenizerLacksIsNamed() {
    PromptPieces wrong = PromptPieces.builder("<|im_end|>").stopTokenKept(false).build();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> wrong.stopIds(tokenizer));
    assertTrue(e.getMessage().contains("<|im_end|>"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> PromptPieces.builder().stopTokenKept(false).build());
  }
}
