package org.riselm.core.internal.math;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.internal.math.Token.Kind;

/** Cuts an answer, in TeX or plain, into tokens. */
public final class Lexer {
  /** The longest answer that is read; longer ones are compared as text only. */
  public static final int MAX_LENGTH = 4_000;

  // "32,349" is one number and "32, 349" two; a TeX space behind the comma may have another.
  private static final String GROUP_MARK = "(?:,|(?:,?\\\\[!,]|\\{,\\}|\\\\[!, ],?|~)\\s?)";
  private static final Pattern GROUPED =
      Pattern.compile("[1-9]\\d{0,2}(?:" + GROUP_MARK + "\\d{3})++(?!\\d)(?:\\.\\d++)?");
  private static final Pattern SPACED =
      Pattern.compile("[1-9]\\d{0,2}(?: \\d{3})++(?!\\d)(?:\\.\\d++)?(?!\\s*/)");
  private static final Pattern PLAIN =
      Pattern.compile("(?:\\d++(?:\\.\\d*+)?|\\.\\d++)(?:[eE][-+]?\\d++(?![.\\d]))?");
  private static final Pattern SPACED_UNIT =
      Pattern.compile(" [mgsLlh](?:/[a-z]{1,3})?(?:\\^\\{?\\d\\}?)?");
  private static final Pattern LIST_COMMA = Pattern.compile("\\d,(?:\\d{1,2}(?!\\d)|\\d{4})");
  // 3 x 10^4: the letter is a sign.
  private static final Pattern LETTER_TIMES = Pattern.compile("\\G\\s*[xX]\\s*(?=10\\s*\\^)");
  private static final Pattern NUMBER_AT_END = Pattern.compile("[\\s}]*\\d++(?:\\.\\d++)?\\s*");
  // "a circle", but no "a and b"
  private static final Pattern ARTICLE_BEFORE = Pattern.compile("\\s++(?!and\\b|or\\b)[a-z]{3}");
  private static final String SINGLE = "+-*/^_=<>!%|'&()[]{}:?";
  private static final ImmutableSet<String> VARIABLE_SETS =
      ImmutableSet.of("abcd", "wxyz", "pqrs", "klmn", "uvw", "rst", "xyt", "mnp");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int depth;
  private int proseUntil = -1;
  private final Set<Integer> proseBraces = new HashSet<>();

  /** Whether the rows are those of aligned equations: a list, without its marks. */
  private boolean aligned;

  private Lexer(String source) {
    this.source = source;
  }

  /** The tokens of {@code answer}, which {@link Cleaner} has cleaned. */
  static List<Token> tokens(String answer, Budget budget) {
    if (answer.length() > MAX_LENGTH) {
      throw new BeyondGraderException("an answer is too long");
    }
    Lexer lexer = new Lexer(answer);
    int at = 0;
    while (at < answer.length()) {
      budget.spend(4);
      at = lexer.next(at);
    }
    lexer.add(Kind.END, "", at, at);
    return lexer.tokens;
  }

  private void add(Kind kind, String text, int from, int to) {
    tokens.add(new Token(kind, text, from, to));
  }

  private int next(int at) {
    char c = source.charAt(at);
    if (Character.isWhitespace(c) || c == '~' || proseBraces.contains(at)) {
      return at + 1;
    }
    if (isDigit(c) || (c == '.' && at + 1 < source.length() && isDigit(source.charAt(at + 1)))) {
      return number(at);
    }
    if (isLetter(c)) {
      return letters(at);
    }
    if (c == '\\') {
      return command(at);
    }
    if (c == '"' || c == '`' || (c == '&' && aligned)) {
      return at + 1;
    }
    if (c == '.' && at > 0 && isLetter(source.charAt(at - 1))) {
      return at + 1; // an abbreviation
    }
    if (c == ':' && tokens.isEmpty()) {
      return at + 1; // "Answer: 5", whose word says nothing
    }
    if (c == ',' || c == ';') {
      add(Kind.OPERATOR, ",", at, at + 1);
      return at + 1;
    }
    if ("$€£¥¢₹".indexOf(c) >= 0) {
      add(Kind.CURRENCY, String.valueOf(c), at, at + 1);
      return at + 1;
    }
    if (SINGLE.indexOf(c) < 0) {
      throw new BeyondGraderException("a character is not known: " + c);
    }
    return operator(at, c);
  }

  private int operator(int at, char c) {
    String two = source.substring(at, Math.min(at + 2, source.length()));
    switch (two) {
      case "**" -> add(Kind.OPERATOR, "^", at, at + 2);
      case "<=" -> add(Kind.OPERATOR, "≤", at, at + 2);
      case ">=" -> add(Kind.OPERATOR, "≥", at, at + 2);
      case "!=" -> add(Kind.OPERATOR, "≠", at, at + 2);
      case "==" -> add(Kind.OPERATOR, "=", at, at + 2);
      default -> {
        depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
        add(Kind.OPERATOR, String.valueOf(c), at, at + 1);
        return at + 1;
      }
    }
    return at + 2;
  }

  private int number(int at) {
    boolean list = depth > 0 || LIST_COMMA.matcher(source).find();
    for (Pattern pattern : List.of(GROUPED, SPACED)) {
      Matcher grouped = pattern.matcher(source).region(at, source.length());
      grouped.useTransparentBounds(true);
      if (grouped.lookingAt()) {
        String text = grouped.group();
        // In a list, a bare comma between digits parts items.
        if (!list || !text.matches("[\\d.]++(?:,[\\d.]++)++")) {
          add(Kind.NUMBER, text.replaceAll("[^\\d.]", ""), at, grouped.end());
          return grouped.end();
        }
      }
    }
    Matcher plain = PLAIN.matcher(source).region(at, source.length());
    if (!plain.lookingAt()) {
      throw new BeyondGraderException("a number cannot be read");
    }
    String text = plain.group();
    int end = plain.end();
    add(Kind.NUMBER, text.endsWith(".") ? text.substring(0, text.length() - 1) : text, at, end);
    Matcher times = LETTER_TIMES.matcher(source);
    if (times.find(end)) {
      add(Kind.OPERATOR, "*", times.start(), times.end());
      end = times.end();
    }
    return end;
  }

  private int letters(int at) {
    int end = at;
    while (end < source.length() && isLetter(source.charAt(end))) {
      end++;
    }
    word(source.substring(at, end), at, end);
    return end;
  }

  private void word(String run, int from, int to) {
    String lower = run.toLowerCase(Locale.ROOT);
    boolean prose = from < proseUntil;
    if (lower.equals("and") || lower.equals("or")) {
      add(Kind.OPERATOR, ",", from, to);
    } else if (Vocabulary.FUNCTIONS.contains(run)) {
      add(Kind.FUNCTION, run, from, to);
    } else if (run.equals("sqrt")) {
      add(Kind.COMMAND, "sqrt", from, to);
    } else if (lower.equals("pi")) {
      add(Kind.SYMBOL, "π", from, to);
    } else if (lower.equals("inf") || lower.equals("infinity") || run.equals("oo")) {
      add(Kind.SYMBOL, "∞", from, to);
    } else if (lower.equals("deg") || lower.equals("degree") || lower.equals("degrees")) {
      add(Kind.OPERATOR, "°", from, to);
    } else if (lower.equals("percent")) {
      add(Kind.OPERATOR, "%", from, to);
    } else if (lower.equals("pm") && !prose && from > 0 && tokens.isEmpty()) {
      add(Kind.OPERATOR, "±", from, to);
    } else if (tokens.isEmpty()
        && to < source.length()
        && Vocabulary.CURRENCIES.containsKey(lower)) {
      add(Kind.CURRENCY, Vocabulary.CURRENCIES.getOrDefault(lower, lower), from, to);
    } else if (lower.equals("to") && isBetweenNumbers(to)) {
      add(Kind.OPERATOR, ":", from, to); // "3 to 4"
    } else if (tokens.isEmpty()
        && Vocabulary.LEADING.contains(lower)
        && to < source.length()
        && (run.length() > 1
            || ARTICLE_BEFORE.matcher(source).region(to, source.length()).lookingAt())) {
      return;
    } else if (isWord(run, prose)) {
      add(Kind.WORD, run, from, to);
    } else if (run.length() > 1 && run.equals(run.toUpperCase(Locale.ROOT))) {
      add(Kind.SYMBOL, run, from, to); // a segment or a triangle, not a product
    } else {
      for (int i = from; i < to; i++) {
        add(Kind.SYMBOL, source.substring(i, i + 1), i, i + 1);
      }
    }
  }

  private boolean isWord(String run, boolean prose) {
    if (run.length() == 1) {
      Token last = tokens.isEmpty() ? null : tokens.get(tokens.size() - 1);
      return last != null
          && ((prose && (last.kind() == Kind.NUMBER || last.kind() == Kind.WORD))
              || (last.is("°") && (run.equals("C") || run.equals("F")))
              || isSpacedUnit(last));
    }
    if (prose
        || run.length() >= 4
        || run.equalsIgnoreCase("no")
        || (Units.isShortWord(run) && !tokens.isEmpty())) {
      return true;
    }
    if (run.equals(run.toUpperCase(Locale.ROOT))) {
      return false;
    }
    return run.length() == 3 && !areVariables(run);
  }

  /** Whether {@code letters} are usual names of variables, as in xyz. */
  static boolean areVariables(String letters) {
    String lower = letters.toLowerCase(Locale.ROOT);
    return VARIABLE_SETS.stream().anyMatch(set -> lower.chars().allMatch(c -> set.indexOf(c) >= 0));
  }

  private boolean isBetweenNumbers(int to) {
    return tokens.size() == 1
        && tokens.get(0).kind() == Kind.NUMBER
        && NUMBER_AT_END.matcher(source).region(to, source.length()).matches();
  }

  /** "5 m" at the end: a letter after a number and a space is a unit if it names one. */
  private boolean isSpacedUnit(Token last) {
    return last.kind() == Kind.NUMBER && SPACED_UNIT.matcher(source.substring(last.to())).matches();
  }

  private int command(int at) {
    int end = at + 1;
    while (end < source.length() && isLetter(source.charAt(end))) {
      end++;
    }
    if (end == at + 1) {
      return escaped(at);
    }
    String name = source.substring(at + 1, end);
    if (Vocabulary.PROSE.contains(name)) {
      int open = skipSpaces(end);
      int close = open < source.length() ? Cleaner.closingBrace(source, open) : -1;
      if (close >= 0) {
        proseUntil = Math.max(proseUntil, close);
        proseBraces.add(open);
        proseBraces.add(close);
      }
      return end;
    }
    if (name.equals("left") || name.equals("right")) {
      int dot = skipSpaces(end);
      return dot < source.length() && source.charAt(dot) == '.' ? dot + 1 : end;
    }
    if (Vocabulary.INVISIBLE.contains(name)) {
      return end;
    }
    if (name.equals("begin") || name.equals("end")) {
      return environment(name, at, end);
    }
    String canonical;
    if ((canonical = Vocabulary.OPERATORS.get(name)) != null) {
      add(Kind.OPERATOR, canonical, at, end);
    } else if ((canonical = Vocabulary.STRUCTURES.get(name)) != null) {
      add(Kind.COMMAND, canonical, at, end);
    } else if ((canonical = Vocabulary.SYMBOLS.get(name)) != null) {
      add(Kind.SYMBOL, canonical, at, end);
    } else if (Vocabulary.GREEK.contains(name)) {
      add(Kind.SYMBOL, "\\" + name, at, end);
    } else if (Vocabulary.FUNCTIONS.contains(name)) {
      add(Kind.FUNCTION, name, at, end);
    } else {
      throw new BeyondGraderException("a command is not known: \\" + name);
    }
    return end;
  }

  private int environment(String name, int at, int end) {
    int open = skipSpaces(end);
    int close = open < source.length() ? Cleaner.closingBrace(source, open) : -1;
    if (close < 0) {
      throw new BeyondGraderException("an environment has no name");
    }
    String environment = source.substring(open + 1, close).strip();
    aligned = name.equals("begin") && Vocabulary.ALIGNED.contains(environment.replace("*", ""));
    if (!Vocabulary.ALIGNED.contains(environment.replace("*", ""))) {
      add(Kind.COMMAND, name + ":" + environment, at, close + 1);
    }
    return close + 1;
  }

  private int escaped(int at) {
    if (at + 1 >= source.length()) {
      return at + 1;
    }
    char c = source.charAt(at + 1);
    switch (c) {
      case '{', '}' -> add(Kind.OPERATOR, "\\" + c, at, at + 2);
      case '%' -> add(Kind.OPERATOR, "%", at, at + 2);
      case '$' -> add(Kind.CURRENCY, "$", at, at + 2);
      case '|' -> add(Kind.OPERATOR, "‖", at, at + 2);
      case '\\' -> add(Kind.OPERATOR, aligned ? "," : "\\\\", at, at + 2);
      case '!', ',', ';', ':', '>', ' ', '/' -> {}
      default -> throw new BeyondGraderException("a command is not known: \\" + c);
    }
    return at + 2;
  }

  private int skipSpaces(int at) {
    int next = at;
    while (next < source.length() && source.charAt(next) == ' ') {
      next++;
    }
    return next;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
