package org.riselm.examples.lab.study;

import java.util.List;
import java.util.Locale;

/** A line chart of shares, as SVG. */
public final class Picture {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int LEFT = 50;
  private static final int RIGHT = 480;
  private static final int TOP = 36;
  private static final int BOTTOM = 316;
  // Okabe and Ito's colors, which color-blind readers can tell apart.
  private static final List<String> COLORS =
      List.of("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7");

  private final StringBuilder body = new StringBuilder();
  private final double widest;
  private int lines;

  /** Draws the axes; {@code widest} is the end of the horizontal one, which begins at 0. */
  public Picture(String title, String horizontal, double widest) {
    this.widest = widest;
    text(LEFT, 20, "start", title + ", %");
    text((LEFT + RIGHT) / 2.0, HEIGHT - 8, "middle", horizontal);
    for (int percent = 0; percent <= 100; percent += 20) {
      double y = y(percent / 100.0);
      body.append(
          format("<line x1='%d' y1='%.1f' x2='%d' y2='%.1f' stroke='#ddd'/>%n", LEFT, y, RIGHT, y));
      text(LEFT - 6, y + 4, "end", String.valueOf(percent));
    }
    for (int i = 1; i <= 5; i++) {
      double x = widest * i / 5;
      text(x(x), BOTTOM + 18, "middle", format("%.0f", x));
    }
  }

  /** Adds a line through {@code points}: x, share, half of its interval. */
  public void line(String name, List<double[]> points) {
    String color = COLORS.get(lines % COLORS.size());
    StringBuilder path = new StringBuilder();
    for (double[] p : points) {
      if (Double.isNaN(p[1]) || p[0] > widest) {
        continue;
      }
      path.append(path.length() == 0 ? "M" : "L").append(format("%.1f %.1f ", x(p[0]), y(p[1])));
      body.append(
          format(
              "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' opacity='0.5'/>%n",
              x(p[0]), y(p[1] - p[2]), x(p[0]), y(p[1] + p[2]), color));
      body.append(
          format("<circle cx='%.1f' cy='%.1f' r='3' fill='%s'/>%n", x(p[0]), y(p[1]), color));
    }
    body.append(format("<path d='%s' fill='none' stroke='%s' stroke-width='2'/>%n", path, color));
    double legend = TOP + 20.0 * lines;
    body.append(
        format(
            "<rect x='%d' y='%.1f' width='12' height='4' fill='%s'/>%n",
            RIGHT + 16, legend, color));
    text(RIGHT + 34, legend + 7, "start", name);
    lines++;
  }

  /** Returns the picture. */
  public String svg() {
    return format(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
                + " font-size='12'>%n",
            WIDTH, HEIGHT)
        + format("<rect width='%d' height='%d' fill='white'/>%n", WIDTH, HEIGHT)
        + body
        + "</svg>\n";
  }

  private void text(double x, double y, String anchor, String text) {
    body.append(format("<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>%n", x, y, anchor, text));
  }

  private double x(double value) {
    return LEFT + (RIGHT - LEFT) * value / widest;
  }

  private double y(double share) {
    return BOTTOM - (BOTTOM - TOP) * Math.max(0, Math.min(1, share));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
