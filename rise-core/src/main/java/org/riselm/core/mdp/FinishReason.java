package org.riselm.core.mdp;

/** Why a response ended. */
public enum FinishReason {
  /** The policy sampled a stop token. */
  STOP,
  /** It ran into the token limit or the end of the context. */
  LENGTH,
  /** There is no response: a teacher timed out, an endpoint refused. Its text is empty. */
  FAILED
}
