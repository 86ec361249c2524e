package org.riselm.onnx.internal.jinja;

import java.util.Iterator;

/** Python's generator: items that can be had once, one after the other. */
record OneShot(Iterator<Object> items) {}
