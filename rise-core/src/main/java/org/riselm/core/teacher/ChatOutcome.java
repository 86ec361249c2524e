package org.riselm.core.teacher;

import org.riselm.core.policy.Completion;

/**
 * What became of one state.
 *
 * @param completion the answer, or why there is none
 * @param spend on it
 */
record ChatOutcome(Completion completion, ChatUsage spend) {}
