package org.riselm.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A program's options: {@code --name value}, and flags without a value. */
public final class Arguments {
  private final Map<String, String> values = new HashMap<>();

  /**
   * Reads {@code args}.
   *
   * @param options names that take a value, without the dashes
   * @param flags names that take none
   * @throws IllegalArgumentException naming what is unknown, doubled or lacks its value
   */
  public Arguments(String[] args, Set<String> options, Set<String> flags) {
    for (Iterator<String> rest = List.of(args).iterator(); rest.hasNext(); ) {
      String arg = rest.next();
      String name = arg.startsWith("--") ? arg.substring(2) : "";
      String value;
      if (flags.contains(name)) {
        value = "";
      } else if (!options.contains(name)) {
        throw new BadArgumentException("unknown argument " + arg);
      } else if (rest.hasNext()) {
        value = rest.next();
      } else {
        throw new BadArgumentException(arg + " needs a value");
      }
      if (values.put(name, value) != null) {
        throw new BadArgumentException(arg + " is given twice");
      }
    }
  }

  /** What a program does with what its arguments say. */
  @FunctionalInterface
  public interface Program<P> {
    /** Runs; what it throws ends the program with its message. */
    void run(P plan) throws IOException;
  }

  /**
   * Runs a program and ends the JVM with a status if it is not 0: 2 if an argument is unknown or
   * lacks its value, 1 if the program fails. Either is told in one line; {@code --help} prints the
   * usage. A program that is stopped, by SIGINT for example, says so and what to do.
   */
  public static void run(
      String usage,
      String[] args,
      Set<String> options,
      Set<String> flags,
      Program<Arguments> program) {
    run(usage, args, given -> new Arguments(given, options, flags), program);
  }

  /**
   * Runs a program as the other method does, and reads all of its arguments first.
   *
   * @param reading reads the arguments; an {@link IllegalArgumentException} of it is status 2
   */
  public static <P> void run(
      String usage, String[] args, Function<String[], P> reading, Program<P> program) {
    // With --run, what is done is kept.
    String again =
        List.of(args).contains("--run")
            ? "stopped; run the same command again to go on"
            : "stopped; run the same command again";
    Thread stopped = new Thread(() -> System.err.println(again), "stopped");
    Runtime.getRuntime().addShutdownHook(stopped);
    int status = status(usage, args, reading, program, System.out, System.err);
    try {
      Runtime.getRuntime().removeShutdownHook(stopped);
    } catch (IllegalStateException e) {
      return; // The JVM is ending already.
    }
    if (status != 0) {
      System.exit(status);
    }
  }

  static <P> int status(
      String usage,
      String[] args,
      Function<String[], P> reading,
      Program<P> program,
      PrintStream out,
      PrintStream err) {
    if (List.of(args).contains("--help")) {
      out.print(usage);
      return 0;
    }
    P plan;
    try {
      plan = reading.apply(args);
    } catch (IllegalArgumentException e) {
      err.printf("%s%n%s", e.getMessage(), usage);
      return 2;
    }
    try {
      program.run(plan);
      return 0;
    } catch (BadArgumentException e) {
      err.printf("%s%n%s", e.getMessage(), usage);
      return 2;
    } catch (IOException | RuntimeException e) {
      String message = e.getMessage();
      err.println(
          e instanceof NoSuchFileException
              ? message + ": there is no such file"
              : message == null ? e.toString() : message);
      return 1;
    }
  }

  /**
   * Returns the whole number at {@code index} of arguments without names; {@code fallback} if there
   * are fewer.
   *
   * @param what it is, for the message if it is no such number
   */
  public static int wholeNumber(String[] args, int index, String what, int fallback) {
    if (index >= args.length) {
      return fallback;
    }
    try {
      return Integer.parseInt(args[index]);
    } catch (NumberFormatException e) {
      throw new BadArgumentException(
          "%s is \"%s\"; it must be a whole number".formatted(what, args[index]));
    }
  }

  /**
   * Checks how many arguments without names there are.
   *
   * @param what they are
   */
  public static void requireCount(String[] args, int least, int most, String what) {
    if (args.length < least || args.length > most) {
      throw new BadArgumentException(
          "there are %d arguments; needed: %s".formatted(args.length, what));
    }
  }

  private static final class BadArgumentException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private BadArgumentException(String message) {
      super(message);
    }
  }

  /** Returns whether {@code flag} is given. */
  public boolean has(String flag) {
    return values.containsKey(flag);
  }

  /** Returns the value of an option, if it is given. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * Returns the value of an option that must be given.
   *
   * @throws IllegalArgumentException if it is not
   */
  public String require(String name) {
    return get(name).orElseThrow(() -> new BadArgumentException("--" + name + " is missing"));
  }

  /** Returns the value of an option that is one of {@code values}; the first if it is not given. */
  public String oneOf(String name, String... values) {
    String value = get(name).orElse(values[0]);
    if (!List.of(values).contains(value)) {
      throw new BadArgumentException(
          "--%s is \"%s\"; it must be %s".formatted(name, value, String.join(" or ", values)));
    }
    return value;
  }

  /** Returns the value of an option as a path, if it is given. */
  public Optional<Path> path(String name) {
    return get(name).map(Path::of);
  }

  /** Returns a whole number of {@code least} or more; {@code fallback} if it is not given. */
  public int integer(String name, int least, int fallback) {
    long value = longInteger(name, fallback);
    if (value < least || value > Integer.MAX_VALUE) {
      throw new BadArgumentException(
          "--%s is %d; it must be %d or more".formatted(name, value, least));
    }
    return (int) value;
  }

  /** Returns any whole number; {@code fallback} if it is not given. */
  public long longInteger(String name, long fallback) {
    String text = values.get(name);
    if (text == null) {
      return fallback;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadArgumentException(
          "--%s is \"%s\"; it must be a whole number".formatted(name, text));
    }
  }
}
