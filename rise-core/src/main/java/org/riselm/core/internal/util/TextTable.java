package org.riselm.core.internal.util;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A table in plain text. Columns that hold nothing but numbers and signs are set flush right. Not
 * thread-safe.
 */
public final class TextTable {
  private static final Pattern NUMBERS = Pattern.compile("[-+0-9][-+0-9.,±– ]*");

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  /** An empty table with these column headings. */
  public TextTable(String... header) {
    this.header = List.of(header);
  }

  /**
   * Adds a row.
   *
   * @return this
   * @throws IllegalArgumentException if there is not one cell per column
   */
  public TextTable row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(
          "a row of %d cells in a table of %d columns".formatted(cells.length, header.size()));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** {@code value} with one decimal and a point, wherever the program runs. */
  public static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** The lines, each ended. */
  @Override
  public String toString() {
    List<List<String>> all = new ArrayList<>(List.of(header));
    all.addAll(rows);
    int[] widths = new int[header.size()];
    for (List<String> row : all) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < all.size(); r++) {
      text.append(line(all.get(r), widths)).append(System.lineSeparator());
      if (r == 0) {
        List<String> rules = new ArrayList<>();
        for (int width : widths) {
          rules.add("─".repeat(width));
        }
        text.append(String.join("  ", rules)).append(System.lineSeparator());
      }
    }
    return text.toString();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String pad = " ".repeat(widths[c] - row.get(c).length());
      line.append(c == 0 ? "" : "  ");
      line.append(numeric(c) ? pad + row.get(c) : row.get(c) + pad);
    }
    return line.toString().stripTrailing();
  }

  private boolean numeric(int column) {
    return rows.stream().allMatch(row -> NUMBERS.matcher(row.get(column)).matches());
  }
}
