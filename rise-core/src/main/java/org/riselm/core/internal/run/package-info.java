/**
 * A run on disk: the journal of stages, checkpoints of parameters, and the responses of the stage
 * in flight.
 */
@NullMarked
package org.riselm.core.internal.run;

import org.jspecify.annotations.NullMarked;
