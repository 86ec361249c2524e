/** Small pieces without knowledge of the method: files, seeds, tables, distances. */
@NullMarked
package org.riselm.core.internal.util;

import org.jspecify.annotations.NullMarked;
