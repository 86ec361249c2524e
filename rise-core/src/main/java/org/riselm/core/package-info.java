/**
 * The front door: {@link org.riselm.core.RiseTrainer} trains a policy to find and correct its own
 * mistakes, {@link org.riselm.core.RiseListener} watches it.
 */
@NullMarked
package org.riselm.core;

import org.jspecify.annotations.NullMarked;
