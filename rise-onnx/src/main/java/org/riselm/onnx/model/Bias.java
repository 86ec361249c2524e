package org.riselm.onnx.model;

/** The groups of linear layers that may add a bias. */
public enum Bias {
  /** The queries' projection. */
  QUERY,
  /** The keys' projection. */
  KEY,
  /** The values' projection. */
  VALUE,
  /** The projection of attention's result. */
  OUTPUT,
  /** The three layers of the feed-forward network. */
  FEED_FORWARD
}
