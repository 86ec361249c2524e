package org.riselm.core.internal.math;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Units by name. Two known units of one kind convert exactly; of two kinds they do not agree. A
 * word that is not known, such as "apples", says nothing and agrees with every other. The two
 * halves of the day and a modulus count as units of their own kinds.
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
      Vocabulary.words(
          """
          cm mm km ft yd mi kg mg lb lbs oz ml hr hrs min mins sec secs mph kph gal sq cu
          inch in usd day per pm am no yes of by to mod
          """);

  private static final ImmutableSet<String> CURRENCIES =
      ImmutableSet.of("dollars", "euros", "pounds sterling", "rupees", "yen");

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
      Vocabulary.words(
          """
          squared cubed factorial choose to times plus over divided minus more less fewer
          halves thirds quarters fourths fifths sixths eighths tenths hundredths x
          multiplied greater
          """);

  /** Those that still leave it alone where nothing follows: "3 times", "5 more". */
  private static final ImmutableSet<String> ALONE =
      ImmutableSet.of("times", "more", "less", "fewer");

  /** Names that are also other words, and so no unit before other words: "5 in total". */
  private static final ImmutableSet<String> SHORTEST =
      Vocabulary.words("in m s h g l c f am min second mod");

  private static final Pattern MODULUS = Pattern.compile("\\(?\\s*mod(?:ulo)?\\b([^()]++)\\)?");
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
    put(units, "years", Rational.of(120), "decade");
    put(units, "dollars", Rational.of(1), "cent", "¢");
    put(units, "dollars", Rational.of(100), "$", "dollar", "usd", "buck");
    put(units, "euros", Rational.of(1), "€", "euro");
    put(units, "pounds sterling", Rational.of(1), "£");
    put(units, "rupees", Rational.of(1), "₹", "rupee");
    put(units, "yen", Rational.of(1), "¥", "yen");
    put(units, "length^3", Rational.of(1_000), "ml", "milliliter", "millilitre");
    put(units, "length^3", Rational.of(1_000_000), "l", "liter", "litre");
    Rational gallon = Rational.of(254, 10).pow(3).times(Rational.of(231));
    put(units, "length^3", gallon, "gal", "gallon");
    put(units, "length^3", gallon.times(Rational.of(1, 4)), "quart");
    put(units, "length^3", gallon.times(Rational.of(1, 8)), "pint");
    put(units, "length^3", gallon.times(Rational.of(1, 16)), "cup");
    put(units, "celsius", Rational.of(1), "c", "celsius");
    put(units, "fahrenheit", Rational.of(1), "f", "fahrenheit");
    put(units, "before noon", Rational.of(1), "am");
    put(units, "after noon", Rational.of(1), "pm");
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
    String lower = words.toLowerCase(Locale.ROOT).strip();
    if (ALONE.contains(lower) || MODULUS.matcher(lower).matches()) {
      return true;
    }
    return !ARITHMETIC.contains(lower.split("[ .]+", 2)[0])
        && !OTHER_DIGIT.matcher(lower.replaceAll("\\^\\s*\\d", "")).find();
  }

  static boolean isTemperature(Unit unit) {
    return unit.kind().equals("celsius") || unit.kind().equals("fahrenheit");
  }

  static boolean isModulus(String word) {
    return word.equals("mod") || word.equals("modulo");
  }

  static boolean isShortWord(String letters) {
    return SHORT.contains(letters.toLowerCase(Locale.ROOT));
  }

  /**
   * One spelling for each unit: "square centimeters" and "sq cm" are {@code cm^2}, "miles per hour"
   * is {@code mile/hour}. What follows a known unit does not count: "feet of rope" is {@code feet}.
   */
  static String canonical(String words) {
    String text = words.toLowerCase(Locale.ROOT).strip();
    Matcher modulus = MODULUS.matcher(text);
    if (modulus.matches()) {
      return "mod " + modulus.group(1).strip();
    }
    text =
        text.replaceAll("\\bmph\\b", "mile/hour")
            .replaceAll("\\bk(?:m?ph|mh)\\b", "km/hour")
            .replaceAll("\\s+per\\s+|\\s*/\\s*", "/");
    String whole = quotient(text);
    String[] parts = text.split(" +");
    for (int n = parts.length; n > 0 && find(whole).isEmpty(); n--) {
      String start = quotient(String.join(" ", List.of(parts).subList(0, n)));
      if (find(start).isPresent() && !SHORTEST.contains(start)) {
        return start;
      }
    }
    return whole;
  }

  private static String quotient(String text) {
    return Pattern.compile("/").splitAsStream(text).map(Units::power).collect(joining("/"));
  }

  private static String power(String words) {
    String text = words.strip();
    int power = 1;
    for (String[] prefix :
        new String[][] {
          {"square ", "2"},
          {"sq ", "2"},
          {"sq. ", "2"},
          {"cubic ", "3"},
          {"cu ", "3"},
          {"cu. ", "3"}
        }) {
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
    for (String[] suffix : new String[][] {{" squared", "2"}, {" cubed", "3"}}) {
      if (text.endsWith(suffix[0])) {
        text = text.substring(0, text.length() - suffix[0].length());
        power = Integer.parseInt(suffix[1]);
      }
    }
    text = text.replaceAll("[ .{}]", "");
    if (!KNOWN.containsKey(text) && text.endsWith("s")) {
      text = text.substring(0, text.length() - 1);
    }
    return power == 1 ? text : text + "^" + power;
  }

  /** The unit that {@code canonical} names; empty if it is not known. */
  static Optional<Unit> find(String canonical) {
    if (canonical.startsWith("mod ")) {
      return Optional.of(new Unit(canonical, Rational.ONE));
    }
    Optional<Unit> unit = Optional.empty();
    for (String part : canonical.split("/", -1)) {
      int caret = part.indexOf('^');
      int power = caret < 0 || caret + 1 == part.length() ? 1 : part.charAt(caret + 1) - '0';
      if (power != 1 && power != 2 && power != 3) {
        return Optional.empty();
      }
      Unit base = KNOWN.get(caret < 0 ? part : part.substring(0, caret));
      if (base == null) {
        // "$5 per apple" is $5.
        return unit.filter(money -> CURRENCIES.contains(money.kind()));
      }
      if (unit.isPresent() && CURRENCIES.contains(unit.get().kind())) {
        return unit;
      }
      Unit raised = power == 1 ? base : new Unit(base.kind() + "^" + power, base.size().pow(power));
      unit =
          Optional.of(
              unit.map(
                      above ->
                          new Unit(
                              above.kind() + "/" + raised.kind(),
                              above.size().times(raised.size().inverse())))
                  .orElse(raised));
    }
    return unit;
  }
}
