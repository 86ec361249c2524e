/**
 * The run directory: a trainer's work on disk, so that a killed run goes on where it was. Enter at
 * {@link org.riselm.core.RiseTrainerBuilder#runDirectory}; its format is described in {@code
 * docs/run-directory.md}.
 */
@NullMarked
package org.riselm.core.run;

import org.jspecify.annotations.NullMarked;
