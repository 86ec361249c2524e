/** What rollouts, relabelers and evaluations share: deadlines of user code, scores, progress. */
@NullMarked
package org.riselm.core.internal.rollout;

import org.jspecify.annotations.NullMarked;
