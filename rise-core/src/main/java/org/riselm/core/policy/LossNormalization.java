package org.riselm.core.policy;

/**
 * What the weighted loss of an optimizer step is divided by. The objective decides: it knows which
 * of the two its weights are made for.
 */
public enum LossNormalization {
  /**
   * The sum of the weights' absolute values: only the weights' proportions count. For weights that
   * say how important one example is against another.
   */
  BY_WEIGHT,
  /**
   * The number of response tokens: the weights' scale counts too, so that a step whose weights are
   * all near 0 changes little. For advantages.
   */
  BY_TOKEN
}
