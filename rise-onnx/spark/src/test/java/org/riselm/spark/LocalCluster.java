package org.riselm.spark;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Spark of two executor processes on this machine, while the tests of a class run. */
final class LocalCluster implements BeforeAllCallback, AfterAllCallback {
  private final Map<String, String> more = new HashMap<>();
  private JavaSparkContext context;

  /** Sets something else of Spark. */
  LocalCluster with(String key, String value) {
    more.put(key, value);
    return this;
  }

  JavaSparkContext context() {
    return context;
  }

  @Override
  public void beforeAll(ExtensionContext tests) throws IOException {
    layOut(
        Path.of(requireNonNull(System.getenv("SPARK_HOME"), "SPARK_HOME, which the build sets")));
    SparkConf conf =
        new SparkConf()
            .setMaster("local-cluster[2,1,1024]")
            .setAppName(tests.getDisplayName())
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            // Executors are started and ended all the time here, and never get warm.
            .set("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .set("spark.task.maxFailures", "2")
            .set("spark.deploy.maxExecutorRetries", "-1")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    more.forEach(conf::set);
    context = new JavaSparkContext(conf);
  }

  /** Makes the folder that Spark's worker starts executors from: links to the jars of the tests. */
  private static void layOut(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      Path link = jars.resolve(jar.getFileName());
      if (entry.endsWith(".jar") && !Files.exists(link)) {
        Files.createSymbolicLink(link, jar.toAbsolutePath());
      }
    }
  }

  /** The processes of executors: no other Java is started from here. */
  static List<ProcessHandle> executors() {
    try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
      return all.filter(p -> p.info().command().map(c -> c.endsWith("java")).orElse(false))
          .toList();
    }
  }

  /** Ends an executor as SIGKILL does; returns whether there was one. */
  static boolean kill() {
    return executors().stream().findFirst().map(ProcessHandle::destroyForcibly).orElse(false);
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    context.close();
  }
}
