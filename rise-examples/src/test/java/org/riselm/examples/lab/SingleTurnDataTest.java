package org.riselm.examples.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyModel;
import org.riselm.onnx.text.EncodedTurn;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.Tokenizer;

class SingleTurnDataTest {
  @Test
  void itIsAsManyTokensAsAskedForInWholeBatches(@TempDir Path folder) throws IOException {
    SingleTurnData data = SingleTurnData.of(new ToyExercise(), 3, 20_000, 32);

    assertEquals(32 * data.steps(), data.examples().size());
    ToyModel.writeTokenizer(new ToyExercise(), folder.resolve("tokenizer.json"));
    PromptPieces format = ToyModel.promptFormat();
    long tokens = 0;
    try (Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"))) {
      for (Example example : data.examples()) {
        assertTrue(example.state().history().isEmpty());
        EncodedTurn turn = format.turn(example.state(), example.response(), tokenizer);
        tokens += turn.prompt().size() + turn.target().size();
      }
    }
    // At most a batch too many, of at most 50 tokens each.
    assertTrue(tokens >= 20_000 && tokens <= 20_000 + 32 * 50, tokens + " tokens");
  }
}
