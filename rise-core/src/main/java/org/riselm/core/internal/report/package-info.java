/** The HTML report of a run. */
@NullMarked
package org.riselm.core.internal.report;

import org.jspecify.annotations.NullMarked;
