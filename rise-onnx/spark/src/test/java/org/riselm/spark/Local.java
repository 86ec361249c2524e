package org.riselm.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Spark of two threads in this process, while the tests of a class run. */
final class Local implements BeforeAllCallback, AfterAllCallback {
  private JavaSparkContext context;

  JavaSparkContext context() {
    return context;
  }

  @Override
  public void beforeAll(ExtensionContext tests) {
    context =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName(tests.getDisplayName())
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    context.close();
  }
}
