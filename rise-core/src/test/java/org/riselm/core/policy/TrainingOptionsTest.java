package org.riselm.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.riselm.core.WordTask;

class TrainingOptionsTest {
  @Test
  void aWarmUpLongerThanTheTrainingIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TrainingOptions.builder().steps(10).warmupSteps(11).build());
    assertTrue(e.getMessage().contains("warmupSteps is 11"), e::getMessage);
    assertEquals(10, TrainingOptions.builder().steps(10).warmupSteps(10).build().stepsFor(1));
  }

  @Test
  void aWarmUpLongerThanTheExamplesTakeIsRefusedWhenTheyAreKnown() {
    TrainingOptions options =
        TrainingOptions.builder().epochs(1).batchSize(4).warmupSteps(3).build();
    assertEquals(3, options.stepsFor(12));
    assertThrows(IllegalArgumentException.class, () -> options.stepsFor(8));
  }

  @Test
  void aLearningRateThatIsNotSetIsThePolicys() {
    TablePolicy policy = WordTask.policy();
    TrainingOptions unset = TrainingOptions.ofDefaults();
    assertEquals(policy.defaultLearningRate(), TrainingRequest.of(unset, policy).learningRate());
    TrainingOptions set = unset.toBuilder().learningRate(3).build();
    assertEquals(3, TrainingRequest.of(set, policy).learningRate());
  }

  @Test
  void optionsAreEqualByTheirValues() {
    TrainingOptions options = TrainingOptions.builder().steps(3).betas(0.5, 0.6).build();
    assertEquals(options, options.toBuilder().build());
    assertEquals(options.hashCode(), options.toBuilder().build().hashCode());
    assertNotEquals(options, options.toBuilder().epsilon(1).build());
    assertNotEquals(options.toString(), options.toBuilder().weightDecay(0.5).build().toString());
  }

  @Test
  void aBuilderDoesNotChangeWhatItBuilt() {
    TrainingOptions.Builder builder = TrainingOptions.builder().batchSize(2);
    TrainingOptions two = builder.build();
    builder.batchSize(3);
    assertEquals(2, two.batchSize());
  }
}
