package org.riselm.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SkippedTestsTest {
  private static final String HERE = SkippedTestsTest.class.getName() + "$";
  @TempDir Path project;

  @Test
  void aClassThatIsAbortedBeforeItsTestsIsListedWithTheirNumber() throws IOException {
    run(NoBrowser.class);

    assertEquals(
        "Skipped tests: 3\n  " + HERE + "NoBrowser, 3 tests: there is no browser\n", report());
  }

  @Test
  void skippedAndAbortedMethodsAreListedWithTheirReasons() throws IOException {
    run(Some.class);

    assertEquals(
        "Skipped tests: 2\n  "
            + (HERE + "Some.disabled: too slow\n  ")
            + (HERE + "Some.odd [2] number=2: even\n"),
        report());
  }

  @Test
  void whatAnEarlierBuildSkippedIsPassedOver() throws IOException {
    run(NoBrowser.class);

    assertEquals("No test was skipped.\n", report(Instant.now().plusSeconds(60)));
  }

  private void run(Class<?> tests) {
    SkippedTests listener =
        new SkippedTests(project.resolve("module").resolve(SkippedTestsReport.FOLDER));
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestExecutionListeners(listener)
            .build();
    LauncherFactory.create(config)
        .execute(LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build());
  }

  private String report() throws IOException {
    return report(Instant.EPOCH);
  }

  private String report(Instant since) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SkippedTestsReport.print(project, since, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  static class NoBrowser {
    @BeforeAll
    static void open() {
      assumeTrue(false, "there is no browser");
    }

    @Test
    void one() {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void two(int number) {}

    @Test
    void three() {}
  }

  static class Some {
    @Test
    @Disabled("too slow")
    void disabled() {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void odd(int number) {
      assumeTrue(number % 2 == 1, "even");
    }
  }
}
