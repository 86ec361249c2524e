package org.riselm.onnx.internal.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * How a value is written in a field: Python's format specifications, which formatting with {@code
 * %} has a part of.
 *
 * @param fill the character that fills the width, a code point
 * @param align one of {@code < > ^ =}; 0 for the value's own side
 * @param sign one of {@code + -} and a space
 * @param alternate whether other bases have their prefix
 * @param width the least width, in code points
 * @param grouping between thousands; 0 is nothing
 * @param precision −1 if there is none
 * @param type the letter of the presentation; 0 if there is none
 */
record FormatSpec(
    int fill,
    char align,
    char sign,
    boolean alternate,
    int width,
    char grouping,
    int precision,
    char type) {
  private static final int WIDEST = 100_000;
  private static final int LONGEST_FRACTION = 1000;

  FormatSpec {
    if (width > WIDEST || precision > LONGEST_FRACTION) {
      throw Failure.limit("a field of width %d and precision %d is too large", width, precision);
    }
  }

  /** A text, cut and filled up. */
  String text(String text) {
    int length = Characters.length(text);
    String cut =
        precision >= 0 && precision < length
            ? text.substring(0, text.offsetByCodePoints(0, precision))
            : text;
    return padded("", cut, '<');
  }

  /** An integer, in decimal or another base. */
  String integer(BigInteger n) {
    String digits =
        switch (type) {
          case 0, 'd', 'i', 'u' -> grouped(n.abs().toString());
          case 'x' -> n.abs().toString(16);
          case 'X' -> Strings.upper(n.abs().toString(16));
          case 'o' -> n.abs().toString(8);
          case 'b' -> n.abs().toString(2);
          default -> throw unsupported();
        };
    boolean isDecimal = type == 0 || "diu".indexOf(type) >= 0;
    String prefix = alternate && !isDecimal ? "0" + type : "";
    return padded(sign(n.signum() < 0) + prefix, digits, '>');
  }

  /** A float, with a fixed number of digits behind the point or in scientific notation. */
  String real(double d) {
    boolean negative = Double.doubleToRawLongBits(d) < 0 && !Double.isNaN(d);
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      String name = Double.isNaN(d) ? "nan" : "inf";
      boolean upper = Character.isUpperCase(type);
      return padded(sign(negative), (upper ? Strings.upper(name) : name) + percent(), '>');
    }
    BigDecimal exact = new BigDecimal(Math.abs(d));
    int places = precision < 0 ? 6 : precision;
    String digits =
        switch (type) {
          case 'f', 'F' -> fixed(exact, places);
          case '%' -> fixed(exact.movePointRight(2), places);
          case 'e', 'E' -> scientific(exact, places);
          default -> throw unsupported();
        };
    return padded(sign(negative), digits + percent(), '>');
  }

  private String percent() {
    return type == '%' ? "%" : "";
  }

  private String fixed(BigDecimal exact, int places) {
    String plain = exact.setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    int point = plain.indexOf('.') < 0 ? plain.length() : plain.indexOf('.');
    return grouped(plain.substring(0, point)) + plain.substring(point);
  }

  private String scientific(BigDecimal exact, int places) {
    BigDecimal rounded = exact;
    int exponent = 0;
    if (exact.signum() != 0) {
      rounded = exact.round(new MathContext(places + 1, RoundingMode.HALF_EVEN));
      exponent = rounded.precision() - rounded.scale() - 1;
    }
    String mantissa =
        rounded.movePointLeft(exponent).setScale(places, RoundingMode.UNNECESSARY).toPlainString();
    return "%s%c%s%02d".formatted(mantissa, type, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private String grouped(String digits) {
    if (grouping == 0) {
      return digits;
    }
    StringBuilder out = new StringBuilder(digits);
    for (int i = digits.length() - 3; i > 0; i -= 3) {
      out.insert(i, grouping);
    }
    return out.toString();
  }

  private String sign(boolean negative) {
    return negative ? "-" : sign == '-' ? "" : Character.toString(sign);
  }

  private String padded(String before, String digits, char own) {
    int missing = Math.max(0, width - Characters.length(before) - Characters.length(digits));
    char side = align == 0 ? own : align;
    if (side == '=' && grouping != 0 && fill == '0' && missing > 0) {
      throw unsupported();
    }
    int left = side == '>' ? missing : side == '^' ? missing / 2 : 0;
    String filler = Character.toString(fill);
    return filler.repeat(left)
        + before
        + filler.repeat(side == '=' ? missing : 0)
        + digits
        + filler.repeat(side == '=' ? 0 : missing - left);
  }

  private Failure unsupported() {
    return Failure.unsupported(
        "the format \"%s\" of such a value is not supported",
        type == 0 ? "" : Character.toString(type));
  }
}
