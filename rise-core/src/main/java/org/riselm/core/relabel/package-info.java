/**
 * Better responses for the states that the learner reached. Enter at {@link
 * org.riselm.core.relabel.Relabelers}; implement {@link org.riselm.core.relabel.Relabeler}.
 */
@NullMarked
package org.riselm.core.relabel;

import org.jspecify.annotations.NullMarked;
