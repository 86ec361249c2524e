package org.riselm.onnx.internal.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.riselm.onnx.internal.jinja.Token.Kind;

/**
 * Cuts a template into tokens, as Jinja does with {@code trim_blocks} and {@code lstrip_blocks}:
 *
 * <ul>
 *   <li>the newline after a block tag or a comment goes, unless a plus sign ends the tag;
 *   <li>whitespace between the start of a line and a block tag or a comment goes, unless a plus
 *       sign starts the tag;
 *   <li>a minus sign takes all whitespace on its side;
 *   <li>line ends are newlines, and one newline at the end of the template goes.
 * </ul>
 */
final class Lexer {
  // Longest first, as the first that fits is taken.
  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{",
          "}", ",", ".", ":", "|", "=", "<", ">", ";");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private final int[] lineStarts;
  // Whether what was read last ended in a newline: only whitespace from a line's start is taken.
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
    this.lineStarts =
        IntStream.concat(
                IntStream.of(0),
                IntStream.range(0, source.length())
                    .filter(i -> source.charAt(i) == '\n')
                    .map(i -> i + 1))
            .toArray();
  }

  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (position < source.length()) {
      int tag = nextTag(position);
      if (tag < 0) {
        addData(source.substring(position), position);
        position = source.length();
        break;
      }
      data(tag);
      readTag(tag);
    }
    add(Kind.END, "", source.length());
  }

  private int nextTag(int from) {
    for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /** The text before the tag at {@code tag}, without what the tag takes of it. */
  private void data(int tag) {
    addData(stripped(tag, source.charAt(tag + 1) == '{'), position);
  }

  private String stripped(int tag, boolean variable) {
    String text = source.substring(position, tag);
    char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
    if (sign == '-') {
      return Characters.stripTrailing(text);
    }
    if (sign != '+' && !variable) {
      int start = text.lastIndexOf('\n') + 1;
      if ((start > 0 || lineStarting) && Characters.isBlank(text, start)) {
        return text.substring(0, start);
      }
    }
    return text;
  }

  private void readTag(int tag) {
    int inside = tag + 2;
    if (inside < source.length() && "+-".indexOf(source.charAt(inside)) >= 0) {
      inside++;
    }
    switch (source.charAt(tag + 1)) {
      case '#' -> comment(tag, inside);
      case '{' -> expression(tag, inside, Kind.VARIABLE_BEGIN, Kind.VARIABLE_END, "}}");
      default -> {
        int raw = rawBegin(inside);
        if (raw >= 0) {
          raw(tag, raw);
        } else {
          expression(tag, inside, Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
        }
      }
    }
  }

  private void comment(int tag, int inside) {
    int end = source.indexOf("#}", inside);
    if (end < 0) {
      throw at(tag).syntax("the comment does not end; \"#}\" is missing");
    }
    char sign = end > inside ? source.charAt(end - 1) : ' ';
    leaveTag(end + 2, sign, true);
  }

  /** Goes on after a tag that ends at {@code end} with {@code sign} before its end. */
  private void leaveTag(int end, char sign, boolean trim) {
    position = end;
    if (sign == '-') {
      position = Characters.skipSpace(source, end);
    } else if (trim && sign != '+' && source.startsWith("\n", end)) {
      position = end + 1;
    }
    lineStarting = source.charAt(position - 1) == '\n';
  }

  /** Where the text of a raw block starts, if {@code inside} is the inside of its first tag. */
  private int rawBegin(int inside) {
    int i = Characters.skipSpace(source, inside);
    if (!source.startsWith("raw", i)) {
      return -1;
    }
    i = Characters.skipSpace(source, i + 3);
    if (source.startsWith("-%}", i)) {
      return Characters.skipSpace(source, i + 3);
    }
    return source.startsWith("%}", i) ? i + 2 : -1;
  }

  private void raw(int tag, int start) {
    position = start;
    lineStarting = source.charAt(start - 1) == '\n';
    for (int i = source.indexOf("{%", start); i >= 0; i = source.indexOf("{%", i + 1)) {
      int j = i + 2;
      if (j < source.length() && "+-".indexOf(source.charAt(j)) >= 0) {
        j++;
      }
      j = Characters.skipSpace(source, j);
      if (!source.startsWith("endraw", j)) {
        continue;
      }
      j = Characters.skipSpace(source, j + "endraw".length());
      char sign = j < source.length() ? source.charAt(j) : ' ';
      int end = sign == '-' || sign == '+' ? j + 1 : j;
      if (source.startsWith("%}", end)) {
        addData(stripped(i, false), start);
        leaveTag(end + 2, sign, true);
        return;
      }
    }
    throw at(tag).syntax("the raw block does not end; {% endraw %} is missing");
  }

  private void expression(int tag, int inside, Kind begin, Kind end, String close) {
    add(begin, source.substring(tag, inside), tag);
    Deque<Token> open = new ArrayDeque<>();
    int i = inside;
    while (true) {
      i = Characters.skipSpace(source, i);
      if (i >= source.length()) {
        throw at(tag).syntax("the tag does not end; \"" + close + "\" is missing");
      }
      if (open.isEmpty()) {
        boolean block = end == Kind.BLOCK_END;
        char sign = source.charAt(i);
        boolean signed = sign == '-' || (block && sign == '+');
        int closing = signed ? i + 1 : i;
        if (source.startsWith(close, closing)) {
          add(end, close, i);
          leaveTag(closing + 2, signed ? sign : ' ', block);
          return;
        }
      }
      i = token(i, open);
    }
  }

  private int token(int i, Deque<Token> open) {
    char c = source.charAt(i);
    if (isDigit(c)) {
      return number(i);
    }
    if (isNamePart(c)) {
      int end = i;
      while (end < source.length() && isNamePart(source.charAt(end))) {
        end++;
      }
      add(Kind.NAME, source.substring(i, end), i);
      return end;
    }
    if (c == '\'' || c == '"') {
      return string(i);
    }
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, i)) {
        add(Kind.OPERATOR, operator, i);
        balance(operator, open);
        return i + operator.length();
      }
    }
    String found = Character.toString(source.codePointAt(i));
    if (Character.isLetter(source.codePointAt(i))) {
      throw at(i).unsupported("names of other than ASCII letters are not supported: " + found);
    }
    throw at(i).syntax("unexpected character \"" + found + "\"");
  }

  private void balance(String operator, Deque<Token> open) {
    Token token = tokens.get(tokens.size() - 1);
    switch (operator) {
      case "(", "[", "{" -> open.push(token);
      case ")", "]", "}" -> {
        String wanted =
            switch (operator) {
              case ")" -> "(";
              case "]" -> "[";
              default -> "{";
            };
        if (open.isEmpty() || !open.pop().text().equals(wanted)) {
          throw token.at().syntax("unexpected \"" + operator + "\"");
        }
      }
      default -> {}
    }
  }

  // As Jinja's: "1.5" and "1e3" are floats, "1." is an integer and a dot, "x.0.1" has no float.
  private int number(int i) {
    boolean afterDot = i > 0 && source.charAt(i - 1) == '.';
    int end = digits(i);
    int whole = end;
    if (!afterDot) {
      if (end + 1 < source.length()
          && source.charAt(end) == '.'
          && isDigit(source.charAt(end + 1))) {
        end = digits(end + 1);
      }
      end = exponent(end);
      if (end > whole) {
        add(Kind.FLOAT, source.substring(i, end).replace("_", ""), i);
        return end;
      }
    }
    if (source.charAt(i) == '0' && whole > i + 1 && !source.substring(i, whole).matches("[0_]+")) {
      throw at(i).unsupported("a number with leading zeros");
    }
    if (source.charAt(i) == '0'
        && whole < source.length()
        && "bBoOxX".indexOf(source.charAt(whole)) >= 0) {
      throw at(i).unsupported("only decimal numbers are supported");
    }
    add(Kind.INTEGER, source.substring(i, whole).replace("_", ""), i);
    return whole;
  }

  private int exponent(int end) {
    if (end < source.length() && "eE".indexOf(source.charAt(end)) >= 0) {
      int i = end + 1;
      if (i < source.length() && "+-".indexOf(source.charAt(i)) >= 0) {
        i++;
      }
      if (i < source.length() && isDigit(source.charAt(i))) {
        return digits(i);
      }
    }
    return end;
  }

  private int digits(int from) {
    int i = from;
    while (i < source.length()
        && (isDigit(source.charAt(i))
            || (source.charAt(i) == '_'
                && i + 1 < source.length()
                && isDigit(source.charAt(i + 1))))) {
      i++;
    }
    return i;
  }

  private int string(int i) {
    char quote = source.charAt(i);
    int end = i + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw at(i).syntax("the string does not end");
    }
    add(Kind.STRING, Escapes.resolve(source.substring(i + 1, end), at(i)), i);
    return end + 1;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNamePart(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private void addData(String text, int start) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text, start);
    }
  }

  private void add(Kind kind, String text, int start) {
    tokens.add(new Token(kind, text, at(start)));
  }

  private Position at(int index) {
    int found = Arrays.binarySearch(lineStarts, index);
    int line = found >= 0 ? found : -found - 2;
    return new Position(line + 1, index - lineStarts[line] + 1);
  }
}
