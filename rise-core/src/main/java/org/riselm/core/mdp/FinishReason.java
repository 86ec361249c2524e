package org.riselm.core.mdp;

/** Why a response ended. */
public enum FinishReason {
  /** The policy said it was done: it sampled a stop token. */
  STOP,
  /** It ran into the token limit or the end of the context. */
  LENGTH,
  /** No response could be had: a teacher timed out, an endpoint refused. Its text is empty. */
  FAILED
}
