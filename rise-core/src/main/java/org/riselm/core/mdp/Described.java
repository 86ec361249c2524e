package org.riselm.core.mdp;

/**
 * A part of a run's configuration: a run directory recognizes it by its description when the run
 * goes on in another process.
 */
public interface Described {
  /**
   * {@return a text that is the same in every process, and another for what behaves differently} By
   * default it is {@link Object#toString}, or the name of the class where that is not overridden;
   * lambdas of one class cannot be told apart.
   */
  default String description() {
    return of(this);
  }

  /**
   * {@return the description of a part that may not be {@link Described} itself}
   *
   * @param part the part; its {@code toString} is taken if it describes itself no better
   */
  static String of(Object part) {
    String name = part.getClass().getName();
    String text = part.toString();
    if (!text.startsWith(name + "@")) {
      return text;
    }
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : name.substring(0, lambda) + " (lambda)";
  }
}
