/**
 * Weights: what of the relabeled attempts is learned, and how strongly. Start with {@link
 * org.riselm.core.objective.Objectives}.
 */
@NullMarked
package org.riselm.core.objective;

import org.jspecify.annotations.NullMarked;
