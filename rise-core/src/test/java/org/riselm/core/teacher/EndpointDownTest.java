package org.riselm.core.teacher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.model.openai.OpenAiChatModel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.IterationReport;
import org.riselm.core.RiseTrainer;
import org.riselm.core.WordTask;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.teacher.BadServer.Mood;

class EndpointDownTest {
  /** A teacher's answers are kept in batches of this many. */
  private static final int BATCH = 32;

  @TempDir Path folder;

  private RiseTrainer open(BadServer server) {
    ChatPolicy teacher =
        ChatPolicy.builder(
                OpenAiChatModel.builder()
                    .baseUrl(server.url())
                    .apiKey("none")
                    .modelName("bad")
                    .maxRetries(0)
                    .build(),
                "bad at " + server.url())
            .connections(1)
            .tries(2)
            .failureThreshold(2)
            .firstPause(Duration.ofMillis(1))
            .build();
    return RiseTrainer.builder(WordTask.policy(), WordTask.problems("train", 40))
        .relabeler(Relabelers.teacher(teacher))
        .training(TrainingOptions.builder().learningRate(5).batchSize(8).steps(2).build())
        .runDirectory(folder)
        .seed(11)
        .build();
  }

  @Test
  void aRunStopsWithItsNameAndGoesOnWithWhatWasRelabeled() throws Exception {
    try (BadServer server = new BadServer(n -> n < BATCH + 5 ? Mood.WELL : Mood.BROKEN);
        RiseTrainer trainer = open(server)) {
      EndpointDownException down = assertThrows(EndpointDownException.class, trainer::iterate);
      assertTrue(String.valueOf(down.getMessage()).contains(server.url()), down::toString);
      assertEquals(BATCH + 5 + 2 * 2, server.requests.get());
    }
    try (BadServer server = new BadServer(n -> Mood.WELL);
        RiseTrainer trainer = open(server)) {
      IterationReport report = trainer.iterate();
      int states = report.relabeled().attempts();
      assertTrue(states > 2 * BATCH, () -> states + " states");
      assertEquals(states - BATCH, server.requests.get());
    }
  }
}
