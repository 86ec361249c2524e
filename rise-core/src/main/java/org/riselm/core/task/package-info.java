/**
 * Problem sets, their files and their verifiers. Enter at {@link org.riselm.core.task.ProblemSet}
 * for your own problems, at {@link org.riselm.core.task.Gsm8k} for GSM8K's.
 */
@NullMarked
package org.riselm.core.task;

import org.jspecify.annotations.NullMarked;
