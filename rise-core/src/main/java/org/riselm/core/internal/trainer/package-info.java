/**
 * The parts of a trainer: what runs a stage, tells listeners, stops work and keeps the settings.
 */
@NullMarked
package org.riselm.core.internal.trainer;

import org.jspecify.annotations.NullMarked;
