/**
 * What a user sees of runs on disk: {@link org.riselm.core.run.RunOptions}, digests and errors. A
 * trainer keeps its work in a run directory, so that a killed run goes on where it was; {@code
 * docs/run-directory.md} describes the format.
 */
@NullMarked
package org.riselm.core.run;

import org.jspecify.annotations.NullMarked;
