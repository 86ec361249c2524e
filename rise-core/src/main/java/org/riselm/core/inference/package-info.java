/**
 * Using a trained policy. Enter at {@link org.riselm.core.inference.Introspection}; {@link
 * org.riselm.core.inference.MajorityVote} picks among answers.
 */
@NullMarked
package org.riselm.core.inference;

import org.jspecify.annotations.NullMarked;
