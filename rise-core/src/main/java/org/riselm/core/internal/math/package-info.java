/**
 * Mathematical answers: reading them, evaluating them exactly or numerically, and comparing them.
 */
@NullMarked
package org.riselm.core.internal.math;

import org.jspecify.annotations.NullMarked;
