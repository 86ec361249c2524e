package org.riselm.onnx.internal.jinja;

/**
 * What the filter {@code safe} gives: a string that Python would escape others to fit, as soon as
 * it is added to them. Until then it is its text.
 */
record Markup(String text) {}
