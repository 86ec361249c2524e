package org.riselm.core;

/** A part of an iteration that takes time. */
public enum Phase {
  /** The policy answers problems, turn by turn. */
  COLLECT,
  /** Better responses are found for the states it reached. */
  RELABEL,
  /** The policy learns them. */
  TRAIN,
  /** The policy answers the problems that iterations are compared on. */
  VALIDATE,
  /** The policy answers held-out problems. */
  EVALUATE
}
