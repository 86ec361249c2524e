package org.riselm.onnx.internal.jinja;

/** A value that can be called: a function, a macro, a method of a value. */
interface Callable {
  Object call(Arguments arguments);
}
