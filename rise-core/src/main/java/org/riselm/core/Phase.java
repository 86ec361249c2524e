package org.riselm.core;

/** A part of an iteration that takes time. */
public enum Phase {
  /** The policy responds to problems, turn by turn. */
  COLLECT,
  /** Better responses are found for the states it reached. */
  RELABEL,
  /** The policy learns them. */
  TRAIN,
  /** The policy responds to the problems that iterations are compared on. */
  VALIDATE,
  /** The policy responds to held-out problems. */
  EVALUATE
}
