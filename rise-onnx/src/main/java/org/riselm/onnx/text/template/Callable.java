package org.riselm.onnx.text.template;

/** A value that can be called: a function, a macro, a method of a value. */
interface Callable {
  Object call(Arguments arguments);
}
