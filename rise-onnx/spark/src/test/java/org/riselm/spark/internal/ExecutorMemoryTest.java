package org.riselm.spark.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class ExecutorMemoryTest {
  private static final long GIB = 1L << 30;

  private static SparkConf conf(String master) {
    return new SparkConf(false).set("spark.master", master);
  }

  @Test
  void tooLittleOverheadIsNamedWithWhatToSet() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ExecutorMemory.require(conf("yarn").set("spark.executor.memory", "8g"), GIB));
    assertTrue(e.getMessage().contains("has 819"), e.getMessage());
    assertTrue(e.getMessage().contains("spark.executor.memoryOverhead to 1408m"), e.getMessage());
  }

  @Test
  void enoughOverheadIsEnough() {
    assertDoesNotThrow(
        () ->
            ExecutorMemory.require(
                conf("k8s://x").set("spark.executor.memoryOverhead", "1408m"), GIB));
    assertDoesNotThrow(
        () ->
            ExecutorMemory.require(
                conf("yarn").set("spark.executor.memoryOverheadFactor", "2"), GIB));
  }

  @Test
  void whereNothingLimitsItOnlyASettingCounts() {
    assertDoesNotThrow(() -> ExecutorMemory.require(conf("spark://host:7077"), 100 * GIB));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ExecutorMemory.require(
                conf("spark://host:7077").set("spark.executor.memoryOverhead", "512m"), GIB));
  }
}
