package org.riselm.core.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes down which tests were skipped and why, a line each. Surefire's reports leave out a class
 * whose {@code @BeforeAll} is aborted.
 */
public final class SkippedTests implements TestExecutionListener {
  private final Path folder;
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private TestPlan plan;

  /**
   * Writes to {@code target/skipped-tests} of the module, where {@link SkippedTestsReport} looks.
   */
  public SkippedTests() {
    this(Path.of(System.getProperty("basedir", ""), SkippedTestsReport.FOLDER));
  }

  SkippedTests(Path folder) {
    this.folder = folder;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    lines.add(line(test, reason));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      lines.add(line(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason")));
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan testPlan) {
    if (lines.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve(ProcessHandle.current().pid() + ".txt"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line(TestIdentifier test, String reason) {
    String why =
        reason.replaceFirst("^(Assumption failed: |skipped: )+", "").replaceAll("\\R", " ");
    return tests(test) + "\t" + name(test) + "\t" + why;
  }

  /** Counts the methods below a class, and whatever is no class as one. */
  private long tests(TestIdentifier test) {
    return test.getSource().orElse(null) instanceof ClassSource
        ? plan.getDescendants(test).stream()
            .filter(t -> t.getSource().orElse(null) instanceof MethodSource)
            .count()
        : 1;
  }

  private String name(TestIdentifier test) {
    Object source = test.getSource().orElse(null);
    if (source instanceof ClassSource aClass) {
      return aClass.getClassName();
    }
    if (!(source instanceof MethodSource method)) {
      return test.getDisplayName();
    }
    String name = method.getClassName() + "." + method.getMethodName();
    // The invocation of a parameterized test.
    return test.getDisplayName().startsWith("[") ? name + " " + test.getDisplayName() : name;
  }
}
