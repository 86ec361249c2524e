package org.riselm.core.task.math;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Units by name. Two known units of one kind convert exactly; of two kinds they do not agree. A
 * word that is not known, such as "apples", says nothing and agrees with every other.
 */
final class Units {
  /**
   * A known unit.
   *
   * @param kind what it measures
   * @param size in the kind's smallest unit here
   */
  record Unit(String kind, Rational size) {}

  private static final ImmutableMap<String, Unit> KNOWN = known();

  /** Spellings of two or three letters, which the lexer would read as products otherwise. */
  private static final ImmutableSet<String> SHORT =
      ImmutableSet.of(
          "cm", "mm", "km", "ft", "yd", "mi", "kg", "mg", "lb", "lbs", "oz", "ml", "hr", "hrs",
          "min", "mins", "sec", "secs", "mph", "kph", "sq", "cu", "inch", "in", "usd", "day", "per",
          "pm", "am", "no", "yes", "of", "by", "to");

  private static final ImmutableMap<String, Rational> MAGNITUDES =
      ImmutableMap.of(
          "dozen", Rational.of(12),
          "hundred", Rational.of(100),
          "thousand", Rational.of(1_000),
          "million", Rational.of(1_000_000),
          "billion", Rational.of(1_000_000_000),
          "trillion", Rational.of(1_000_000_000_000L));

  /** Words behind a number that make another number of it. */
  private static final ImmutableSet<String> ARITHMETIC =
      ImmutableSet.of(
          "squared",
          "cubed",
          "factorial",
          "choose",
          "mod",
          "modulo",
          "to",
          "times",
          "plus",
          "over",
          "divided",
          "minus",
          "more",
          "less",
          "fewer",
          "halves",
          "thirds",
          "quarters",
          "fourths",
          "fifths",
          "sixths",
          "eighths",
          "tenths",
          "hundredths",
          "x",
          "multiplied",
          "greater");

  private static final Pattern OTHER_DIGIT = Pattern.compile("\\d");

  private Units() {}

  private static ImmutableMap<String, Unit> known() {
    ImmutableMap.Builder<String, Unit> units = ImmutableMap.builder();
    put(units, "length", Rational.of(1), "mm", "millimeter", "millimetre");
    put(units, "length", Rational.of(10), "cm", "centimeter", "centimetre");
    put(units, "length", Rational.of(1_000), "m", "meter", "metre");
    put(units, "length", Rational.of(1_000_000), "km", "kilometer", "kilometre");
    put(units, "length", Rational.of(254, 10), "in", "inch", "inche");
    put(units, "length", Rational.of(3_048, 10), "ft", "foot", "feet");
    put(units, "length", Rational.of(9_144, 10), "yd", "yard");
    put(units, "length", Rational.of(1_609_344), "mi", "mile");
    put(units, "mass", Rational.of(1), "mg", "milligram");
    put(units, "mass", Rational.of(1_000), "g", "gram");
    put(units, "mass", Rational.of(1_000_000), "kg", "kilogram");
    put(units, "weight", Rational.of(1), "oz", "ounce");
    put(units, "weight", Rational.of(16), "lb", "pound");
    put(units, "time", Rational.of(1), "s", "sec", "second");
    put(units, "time", Rational.of(60), "min", "minute");
    put(units, "time", Rational.of(3_600), "h", "hr", "hour");
    put(units, "time", Rational.of(86_400), "day");
    put(units, "time", Rational.of(604_800), "week");
    put(units, "years", Rational.of(1), "month");
    put(units, "years", Rational.of(12), "year", "yr");
    put(units, "dollars", Rational.of(1), "cent", "¢");
    put(units, "dollars", Rational.of(100), "$", "dollar", "usd", "buck");
    put(units, "euros", Rational.of(1), "€", "euro");
    put(units, "pounds sterling", Rational.of(1), "£");
    put(units, "rupees", Rational.of(1), "₹", "rupee");
    put(units, "yen", Rational.of(1), "¥", "yen");
    put(units, "volume", Rational.of(1), "ml", "milliliter", "millilitre");
    put(units, "volume", Rational.of(1_000), "l", "liter", "litre");
    put(units, "speed", Rational.of(1), "mph", "mileperhour", "mile/hour");
    return units.buildOrThrow();
  }

  private static void put(
      ImmutableMap.Builder<String, Unit> units, String kind, Rational size, String... names) {
    for (String name : List.of(names)) {
      units.put(name, new Unit(kind, size));
    }
  }

  /** The factor that "million" and its like put before a unit. */
  static Optional<Rational> magnitude(String words) {
    return Optional.ofNullable(MAGNITUDES.get(words.toLowerCase(Locale.ROOT).split("[ .]+", 2)[0]));
  }

  /**
   * Whether {@code words} behind a number leave its value alone; "squared" and "3 inches" do not.
   */
  static boolean isPlain(String words) {
    String lower = words.toLowerCase(Locale.ROOT);
    return !ARITHMETIC.contains(lower.split("[ .]+", 2)[0])
        && !OTHER_DIGIT.matcher(lower.replaceAll("\\^\\s*\\d", "")).find();
  }

  static boolean isShortWord(String letters) {
    return SHORT.contains(letters.toLowerCase(Locale.ROOT));
  }

  /** One spelling for each unit: "square centimeters", "cm^2" and "sq cm" are {@code cm^2}. */
  static String canonical(String words) {
    String text = words.toLowerCase(Locale.ROOT).strip();
    int power = 1;
    for (String[] prefix :
        new String[][] {{"square ", "2"}, {"sq ", "2"}, {"cubic ", "3"}, {"cu ", "3"}}) {
      if (text.startsWith(prefix[0])) {
        text = text.substring(prefix[0].length());
        power = Integer.parseInt(prefix[1]);
      }
    }
    int caret = text.indexOf('^');
    if (caret > 0) {
      String exponent = text.substring(caret + 1).replaceAll("[{} ]", "");
      power = exponent.equals("2") ? 2 : exponent.equals("3") ? 3 : power;
      text = text.substring(0, caret);
    }
    if (text.endsWith(" squared")) {
      text = text.substring(0, text.length() - " squared".length());
      power = 2;
    }
    text = text.replaceAll("[ .{}]", "");
    text = text.replace("milesper", "mileper");
    if (!KNOWN.containsKey(text) && text.endsWith("s")) {
      text = text.substring(0, text.length() - 1);
    }
    return power == 1 ? text : text + "^" + power;
  }

  /** The unit that {@code canonical} names; empty if it is not known. */
  static Optional<Unit> find(String canonical) {
    int caret = canonical.indexOf('^');
    if (caret < 0) {
      return Optional.ofNullable(KNOWN.get(canonical));
    }
    int power = canonical.charAt(caret + 1) - '0';
    return Optional.ofNullable(KNOWN.get(canonical.substring(0, caret)))
        .map(unit -> new Unit(unit.kind() + "^" + power, unit.size().pow(power)));
  }
}
