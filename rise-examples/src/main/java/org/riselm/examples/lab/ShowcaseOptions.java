package org.riselm.examples.lab;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.riselm.examples.Arguments;

/**
 * What a showcase is asked for.
 *
 * @param seed of everything
 * @param problems held-out problems in an evaluation
 * @param relabel where better responses come from
 * @param iterations of RISE
 * @param controls whether the two controls run too
 * @param scale how much is trained
 * @param out the folder to write to
 * @param resume whether to go on with what the folder holds, rather than replace it
 */
public record ShowcaseOptions(
    long seed,
    int problems,
    Relabel relabel,
    int iterations,
    boolean controls,
    Scale scale,
    Path out,
    boolean resume) {
  private static final String USAGE =
      """
      Usage: run %s [options]
        --seed S                 of everything (0)
        --problems N             held-out problems per evaluation (600; 32 if tiny)
        --relabel teacher|self   better responses from a teacher, or the best of the model's own (teacher)
        --iterations K           of RISE (1)
        --controls               also train two controls, which should not reach RISE
        --scale standard|tiny    tiny is over in seconds and learns nothing (standard)
        --out DIR                for summary.json and the models (rise-examples/target/%s)
        --run DIR                the same, but goes on with a run that DIR holds; stop it when you like
      """;

  /** Where better responses come from. */
  public enum Relabel {
    /** The worked solution that is known for each problem. */
    TEACHER,
    /** The best of the model's own further answers. */
    SELF
  }

  /** How much is trained. */
  public enum Scale {
    /** Enough to see the effect: some minutes. */
    STANDARD,
    /** Enough to see every phase: seconds. */
    TINY
  }

  /** The options that {@code program} has. */
  static String usage(Class<?> program) {
    return USAGE.formatted(program.getSimpleName(), folder(program));
  }

  private static String folder(Class<?> program) {
    return program.getSimpleName().toLowerCase(Locale.ROOT);
  }

  public static ShowcaseOptions parse(Class<?> program, String... args) {
    Arguments arguments =
        new Arguments(
            args,
            Set.of("seed", "problems", "relabel", "iterations", "scale", "out", "run"),
            Set.of("controls"));
    if (arguments.has("out") && arguments.has("run")) {
      throw new IllegalArgumentException("--out and --run both name the folder; give one");
    }
    Scale scale = oneOf("scale", arguments, Scale.STANDARD);
    return new ShowcaseOptions(
        arguments.longInteger("seed", 0),
        arguments.integer("problems", 1, scale == Scale.TINY ? 32 : 600),
        oneOf("relabel", arguments, Relabel.TEACHER),
        arguments.integer("iterations", 1, 1),
        arguments.has("controls"),
        scale,
        arguments.path("run").or(() -> arguments.path("out")).orElseGet(() -> defaultOut(program)),
        arguments.has("run"));
  }

  /** The value of an option that names one of {@code fallback}'s kind. */
  private static <E extends Enum<E>> E oneOf(String option, Arguments arguments, E fallback) {
    Optional<String> given = arguments.get(option);
    if (given.isEmpty()) {
      return fallback;
    }
    List<String> names = new ArrayList<>();
    for (E value : fallback.getDeclaringClass().getEnumConstants()) {
      String name = value.name().toLowerCase(Locale.ROOT);
      if (name.equals(given.get())) {
        return value;
      }
      names.add(name);
    }
    throw new IllegalArgumentException(
        "--%s is \"%s\"; it must be %s".formatted(option, given.get(), String.join(" or ", names)));
  }

  // Beside the classes, so that it does not matter from which folder the program is started.
  private static Path defaultOut(Class<?> program) {
    try {
      Path classes = Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.resolveSibling(folder(program));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the classes' own folder has no path", e);
    }
  }
}
