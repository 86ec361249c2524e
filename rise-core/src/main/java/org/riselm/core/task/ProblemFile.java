package org.riselm.core.task;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;

/**
 * What was read from a file of problems: those that are as they should be, and why the others are
 * not. Nothing is skipped in silence; blank lines are no problems.
 *
 * @param file where they are
 * @param kept the good ones, in the file's order
 * @param refused a sentence for each bad one, with the file, the line and what was expected
 */
public record ProblemFile(Path file, List<Problem> kept, List<String> refused) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Checks the components. */
  public ProblemFile {
    requireNonNull(file, "file");
    kept = List.copyOf(kept);
    refused = List.copyOf(refused);
  }

  /**
   * Reads a file with one JSON object per line.
   *
   * @param file in UTF-8
   * @param verifier reads each problem's reference, which must hold an answer
   * @param reader makes a problem of a line's fields; what it throws refuses the line
   * @return the problems, and what is wrong with the others
   * @throws UncheckedIOException if the file cannot be read
   */
  public static ProblemFile ofLines(
      Path file, Verifier verifier, Function<Fields, Problem> reader) {
    List<String> lines;
    try {
      lines = InputFiles.lines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(unreadable(file, e), e);
    }
    Reading reading = new Reading(file, "line", verifier, reader);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        try {
          reading.add(JSON.readTree(lines.get(i)), i + 1);
        } catch (JsonProcessingException e) {
          reading.refuse(
              i + 1, "not JSON (%s); expected an object".formatted(e.getOriginalMessage()));
        }
      }
    }
    return reading.done();
  }

  /**
   * Reads a file that holds one JSON array of objects; otherwise as {@link #ofLines}.
   *
   * @param file the file to read
   * @param verifier reads and compares answers
   * @param reader makes a problem of an object, or throws with what is wrong
   * @return the problems, and what is wrong with the others
   */
  public static ProblemFile ofArray(
      Path file, Verifier verifier, Function<Fields, Problem> reader) {
    JsonNode array;
    try {
      array = JSON.readTree(InputFiles.text(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not JSON (%s); expected an array".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(unreadable(file, e), e);
    }
    if (!array.isArray()) {
      throw new IllegalArgumentException(file + " holds no JSON array; expected one of objects");
    }
    Reading reading = new Reading(file, "problem", verifier, reader);
    for (int i = 0; i < array.size(); i++) {
      reading.add(array.get(i), i + 1);
    }
    return reading.done();
  }

  /**
   * {@return all problems of the file}
   *
   * @param name the name of the set
   * @param verifier reads and compares answers
   * @throws IllegalArgumentException if one was refused, or there is none
   */
  public ProblemSet all(String name, Verifier verifier) {
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "%s (%d problems kept, %d refused)"
              .formatted(refused.get(0), kept.size(), refused.size()));
    }
    return good(name, verifier);
  }

  /**
   * {@return the good problems of the file; {@link #refused} says what is missing}
   *
   * @param name the name of the set
   * @param verifier reads and compares answers
   * @throws IllegalArgumentException if there is none
   */
  public ProblemSet good(String name, Verifier verifier) {
    if (kept.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no problem (%d refused); expected at least one".formatted(file, refused.size()));
    }
    return new ProblemSet(name, kept, verifier);
  }

  private static String unreadable(Path file, IOException e) {
    String why = String.valueOf(e.getMessage());
    return why.startsWith(file.toString()) ? why : "%s cannot be read: %s".formatted(file, e);
  }

  private static final class Reading {
    private final Path file;
    private final String unit;
    private final Verifier verifier;
    private final Function<Fields, Problem> reader;
    private final List<Problem> kept = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();

    private Reading(Path file, String unit, Verifier verifier, Function<Fields, Problem> reader) {
      this.file = file;
      this.unit = unit;
      this.verifier = verifier;
      this.reader = reader;
    }

    private void add(JsonNode json, int number) {
      if (!json.isObject()) {
        refuse(number, "not a JSON object; expected one");
        return;
      }
      try {
        Problem problem = reader.apply(new Fields(json, number));
        verifier.referenceAnswer(problem);
        Integer other = places.putIfAbsent(problem.id(), number);
        if (other != null) {
          throw new IllegalArgumentException(
              "the id %s is that of %s %d too; expected distinct ids"
                  .formatted(problem.id(), unit, other));
        }
        kept.add(problem);
      } catch (IllegalArgumentException e) {
        refuse(number, String.valueOf(e.getMessage()));
      }
    }

    private void refuse(int number, String why) {
      refused.add("%s, %s %d: %s".formatted(file, unit, number, why));
    }

    private ProblemFile done() {
      return new ProblemFile(file, kept, refused);
    }
  }

  /** The fields of one problem in a file. What is not as it should be throws, naming the field. */
  public static final class Fields {
    private final JsonNode json;
    private final int number;

    Fields(JsonNode json, int number) {
      this.json = json;
      this.number = number;
    }

    /**
     * {@return which problem of its file this is: the line's number, or the place in the array;
     * from 1}
     */
    public int number() {
      return number;
    }

    /**
     * {@return the text in {@code name}, not blank}
     *
     * @param name the name of the field
     */
    public String text(String name) {
      JsonNode value = json.get(name);
      if (value == null || !value.isTextual() || value.textValue().isBlank()) {
        throw new IllegalArgumentException(
            "\"%s\" is %s; expected a text".formatted(name, value == null ? "missing" : value));
      }
      return value.textValue();
    }

    /**
     * {@return the text in {@code name}; empty if the field is not there}
     *
     * @param name the name of the field
     */
    public Optional<String> optionalText(String name) {
      JsonNode value = json.get(name);
      return value == null || value.isNull() ? Optional.empty() : Optional.of(text(name));
    }

    /**
     * {@return the text or number in {@code name}; empty if the field is not there}
     *
     * @param name the name of the field
     */
    public Optional<String> optionalPlain(String name) {
      JsonNode value = json.get(name);
      return value != null && value.isNumber() ? Optional.of(number(name)) : optionalText(name);
    }

    /**
     * {@return the number in {@code name}, as a plain decimal without trailing zeros}
     *
     * @param name the name of the field
     */
    public String number(String name) {
      JsonNode value = json.get(name);
      if (value == null || !value.isNumber()) {
        throw new IllegalArgumentException(
            "\"%s\" is %s; expected a number".formatted(name, value == null ? "missing" : value));
      }
      // BigDecimal of a zero with places keeps them.
      return value.decimalValue().signum() == 0
          ? "0"
          : value.decimalValue().stripTrailingZeros().toPlainString();
    }
  }
}
