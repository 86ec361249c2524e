package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static Arguments parse(String... args) {
    return new Arguments(args, Set.of("seed", "out", "problems"), Set.of("controls"));
  }

  @Test
  void optionsHaveValuesAndFlagsHaveNone() {
    Arguments arguments = parse("--seed", "-3", "--controls", "--out", "a b");
    assertEquals(-3, arguments.longInteger("seed", 0));
    assertEquals(600, arguments.integer("problems", 1, 600));
    assertEquals(Optional.of(Path.of("a b")), arguments.path("out"));
    assertTrue(arguments.has("controls"));
    assertFalse(parse().has("controls"));
  }

  @Test
  void whatIsWrongIsNamed() {
    assertMessage("--sed", () -> parse("--sed", "1"));
    assertMessage("stray", () -> parse("stray"));
    assertMessage("--seed needs a value", () -> parse("--seed"));
    assertMessage("--seed is given twice", () -> parse("--seed", "1", "--seed", "2"));
    assertMessage("\"x\"", () -> parse("--seed", "x").longInteger("seed", 0));
    assertMessage("--problems is 0", () -> parse("--problems", "0").integer("problems", 1, 5));
  }

  private static void assertMessage(String part, Runnable parse) {
    String message = assertThrows(IllegalArgumentException.class, parse::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
