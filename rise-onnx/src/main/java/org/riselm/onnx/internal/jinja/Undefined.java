package org.riselm.onnx.internal.jinja;

/**
 * What a name or an attribute that does not exist evaluates to: empty where it is written, false
 * where it is tested, an error where it is used otherwise.
 *
 * @param why the error's message
 */
record Undefined(String why) {
  /** What stands for every undefined value among a dict's keys: all of them are equal. */
  static final Undefined KEY = new Undefined("a key is undefined");

  static Undefined name(String name) {
    return new Undefined("\"" + name + "\" is undefined");
  }

  Failure failure() {
    return Failure.evaluation("%s", why);
  }
}
