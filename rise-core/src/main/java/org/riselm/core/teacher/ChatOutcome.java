package org.riselm.core.teacher;

import org.riselm.core.policy.Completion;

/**
 * What became of one state.
 *
 * @param completion the response, or why there is none
 * @param usage for it
 */
record ChatOutcome(Completion completion, ChatUsage usage) {}
