/**
 * Unrolls a policy over problems, turn by turn, in batches. Start with {@link
 * org.riselm.core.rollout.EpisodeCollector}.
 */
@NullMarked
package org.riselm.core.rollout;

import org.jspecify.annotations.NullMarked;
