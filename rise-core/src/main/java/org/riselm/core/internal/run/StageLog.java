package org.riselm.core.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.riselm.core.run.RunException;

/**
 * The units of a run in {@code journal.jsonl}: the lines of each, then a mark that it is complete.
 */
public final class StageLog implements AutoCloseable {
  public static final String NAME = "journal.jsonl";

  private final Path file;
  private final Journal journal;
  private final List<Marked> units;

  private StageLog(Path file, Journal journal, List<Marked> units) {
    this.file = file;
    this.journal = journal;
    this.units = units;
  }

  /**
   * Where a complete unit is.
   *
   * @param firstLine its first line's number
   * @param start its first byte's place
   * @param end the place after its mark
   * @param mark its last line
   */
  public record Marked(long firstLine, long start, long end, JsonNode mark) {
    public String stage() {
      return mark.path("stage").asText();
    }

    public int iteration() {
      return mark.path("iteration").asInt();
    }
  }

  /** Reads the marks of {@code file}: {@code into} gets every complete unit. */
  public static Journal.Extent scan(Path file, List<Marked> into) throws IOException {
    long[] start = {0, 0};
    return Journal.read(
        file,
        0,
        Long.MAX_VALUE,
        0,
        line -> {
          if (line.json().path("kind").asText().equals("unit")) {
            into.add(new Marked(start[0], start[1], line.end(), line.json()));
            start[0] = line.number() + 1;
            start[1] = line.end();
          }
        });
  }

  /** Opens {@code file}, and cuts it after its last complete unit. */
  static StageLog open(Path file, Consumer<String> notes) throws IOException {
    List<Marked> units = new ArrayList<>();
    long lines = 0;
    long end = 0;
    if (Files.exists(file)) {
      Journal.Extent good = scan(file, units);
      if (!units.isEmpty()) {
        Marked last = units.get(units.size() - 1);
        lines = last.mark().path("n").asLong() + 1;
        end = last.end();
      }
      if (good.damage() != null) {
        Path copy = file.resolveSibling("journal-damaged-" + System.currentTimeMillis() + ".jsonl");
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        notes.accept(
            "%s: %s; what follows the last unit before it is done again. The file as it was is kept as %s"
                .formatted(file, good.damage(), copy.getFileName()));
      } else if (good.unfinished() || Files.size(file) > end) {
        notes.accept("%s: its last unit is unfinished; it is done again".formatted(file));
      }
    }
    return new StageLog(file, new Journal(file, lines, end), units);
  }

  List<Marked> all() {
    return List.copyOf(units);
  }

  int size() {
    return units.size();
  }

  Optional<StageRecord> find(String stage, int iteration) {
    return units.stream()
        .filter(u -> u.iteration() == iteration && u.stage().equals(stage))
        .findFirst()
        .map(u -> read(file, u));
  }

  /** The unit at {@code place} in {@code file}. */
  public static StageRecord read(Path file, Marked place) {
    List<ObjectNode> lines = new ArrayList<>();
    try {
      Journal.Extent good =
          Journal.read(
              file,
              place.start(),
              place.end(),
              place.firstLine(),
              line -> {
                if (line.number() < place.mark().path("n").asLong()) {
                  lines.add((ObjectNode) line.json());
                }
              });
      if (good.end() != place.end()) {
        throw new RunException(file + " changed while it was in use: " + good.damage());
      }
    } catch (IOException e) {
      throw new RunException("%s: could not read it: %s".formatted(file, e), e);
    }
    return new StageRecord(
        place.stage(),
        place.iteration(),
        lines,
        place.mark().path("seconds").asDouble(),
        place.mark().path("result"));
  }

  /** Adds {@code unit}, marked with {@code more} too; says where it is. */
  Marked append(StageRecord unit, ObjectNode more) {
    try {
      long firstLine = journal.lines();
      long start = journal.end();
      List<ObjectNode> lines = new ArrayList<>(unit.lines());
      ObjectNode mark =
          RunJson.MAPPER
              .createObjectNode()
              .put("kind", "unit")
              .put("stage", unit.stage())
              .put("iteration", unit.iteration())
              .put("seconds", unit.seconds());
      mark.setAll(more);
      mark.set("result", unit.result());
      lines.add(mark);
      journal.append(lines);
      ObjectNode placed = mark.deepCopy().put("n", journal.lines() - 1);
      Marked place = new Marked(firstLine, start, journal.end(), placed);
      units.add(place);
      return place;
    } catch (IOException e) {
      throw new RunException("%s: could not add to it: %s".formatted(file, e), e);
    }
  }

  /** Forgets {@code unit} and all after it. */
  void cutBefore(Marked unit) throws IOException {
    journal.cut(unit.firstLine(), unit.start());
    units.subList(units.indexOf(unit), units.size()).clear();
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
