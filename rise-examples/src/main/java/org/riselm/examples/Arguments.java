package org.riselm.examples;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
        throw new IllegalArgumentException("unknown argument " + arg);
      } else if (rest.hasNext()) {
        value = rest.next();
      } else {
        throw new IllegalArgumentException(arg + " needs a value");
      }
      if (values.put(name, value) != null) {
        throw new IllegalArgumentException(arg + " is given twice");
      }
    }
  }

  public boolean has(String flag) {
    return values.containsKey(flag);
  }

  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  public Optional<Path> path(String name) {
    return get(name).map(Path::of);
  }

  /** A whole number of {@code least} or more; {@code fallback} if it is not given. */
  public int integer(String name, int least, int fallback) {
    long value = longInteger(name, fallback);
    if (value < least || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "--%s is %d; it must be %d or more".formatted(name, value, least));
    }
    return (int) value;
  }

  /** Any whole number; {@code fallback} if it is not given. */
  public long longInteger(String name, long fallback) {
    String text = values.get(name);
    if (text == null) {
      return fallback;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--%s is \"%s\"; it must be a whole number".formatted(name, text), e);
    }
  }
}
