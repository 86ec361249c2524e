package org.riselm.core.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void numbersAreFlushRightAndTextIsFlushLeft() {
    TextTable table =
        new TextTable("name", "%", "what")
            .row("m1@t1", "9.5 ±1.0", "2 of them")
            .row("x", "-10.5 ±1.0", "all");
    assertEquals(
        List.of(
            "name            %  what",
            "─────  ──────────  ─────────",
            "m1@t1    9.5 ±1.0  2 of them",
            "x      -10.5 ±1.0  all"),
        table.toString().lines().toList());
  }

  @Test
  void aRowHasACellPerColumn() {
    TextTable table = new TextTable("a", "b");
    assertThrows(IllegalArgumentException.class, () -> table.row("1"));
  }
}
