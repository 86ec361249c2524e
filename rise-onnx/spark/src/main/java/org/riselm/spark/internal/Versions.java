package org.riselm.spark.internal;

import java.io.Serializable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.policy.Policy;

/**
 * What must be the same in the driver and in executors.
 *
 * @param library this library's version
 * @param java the feature version of Java
 */
record Versions(String library, int java) implements Serializable {
  private static final Pattern SPARK = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final int OLDEST_MAJOR = 3;
  private static final int OLDEST_MINOR = 5;

  /** Those of this process. */
  static Versions here() {
    return new Versions(
        Optional.ofNullable(Policy.class.getPackage().getImplementationVersion())
            .orElse("not packaged"),
        Runtime.version().feature());
  }

  /** Fails unless this process has these. */
  void require() {
    Versions here = here();
    if (!equals(here)) {
      throw new IllegalStateException(
          "the driver has %s, and the executor has %s; give both the same jars and the same Java"
              .formatted(this, here));
    }
  }

  /** Fails if Spark is older than 3.5. */
  static void requireSpark(String version) {
    Matcher parts = SPARK.matcher(version);
    if (parts.matches()) {
      int major = Integer.parseInt(parts.group(1));
      int minor = Integer.parseInt(parts.group(2));
      if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
        throw new IllegalArgumentException(
            "this is Spark %s; rise-spark needs 3.5 or newer".formatted(version));
      }
    }
  }

  @Override
  public String toString() {
    return "rise %s on Java %d".formatted(library, java);
  }
}
