/**
 * Multi-turn evaluation on held-out problems: metrics with intervals, and tables of them. Enter at
 * {@link org.riselm.core.evaluation.Evaluator}.
 */
@NullMarked
package org.riselm.core.evaluation;

import org.jspecify.annotations.NullMarked;
