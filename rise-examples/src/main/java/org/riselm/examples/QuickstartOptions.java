package org.riselm.examples;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * What the quickstart is asked for.
 *
 * @param seed of everything
 * @param problems held-out problems in an evaluation
 * @param relabel where better responses come from
 * @param iterations of RISE
 * @param controls whether the two controls run too
 * @param out the folder to write to
 */
record QuickstartOptions(
    long seed, int problems, Relabel relabel, int iterations, boolean controls, Path out) {
  static final String USAGE =
      """
      Usage: run Quickstart [options]
        --seed S                 of everything (0)
        --problems N             held-out problems per evaluation (600)
        --relabel teacher|self   better responses from a teacher, or the best of the model's own (teacher)
        --iterations K           of RISE (1)
        --controls               also train two controls, which should not reach RISE
        --out DIR                for summary.json and the models (rise-examples/target/quickstart)
      """;

  /** Where better responses come from. */
  enum Relabel {
    /** The worked solution that is known for each problem. */
    TEACHER,
    /** The best of the model's own further answers. */
    SELF
  }

  static QuickstartOptions parse(String... args) {
    Arguments arguments =
        new Arguments(
            args, Set.of("seed", "problems", "relabel", "iterations", "out"), Set.of("controls"));
    return new QuickstartOptions(
        arguments.longInteger("seed", 0),
        arguments.integer("problems", 1, 600),
        relabel(arguments.get("relabel").orElse("teacher")),
        arguments.integer("iterations", 1, 1),
        arguments.has("controls"),
        arguments.path("out").orElseGet(QuickstartOptions::defaultOut));
  }

  private static Relabel relabel(String name) {
    for (Relabel relabel : Relabel.values()) {
      if (relabel.name().toLowerCase(Locale.ROOT).equals(name)) {
        return relabel;
      }
    }
    throw new IllegalArgumentException("--relabel is \"" + name + "\"; it must be teacher or self");
  }

  // Beside the classes, so that it does not matter from which folder the program is started.
  private static Path defaultOut() {
    try {
      Path classes =
          Path.of(Quickstart.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.resolveSibling("quickstart");
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the classes' own folder has no path", e);
    }
  }
}
