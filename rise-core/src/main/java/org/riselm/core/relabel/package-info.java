/**
 * Better responses for the states that the learner reached. Start with {@link
 * org.riselm.core.relabel.Relabelers}; implement {@link org.riselm.core.relabel.Relabeler}.
 */
@NullMarked
package org.riselm.core.relabel;

import org.jspecify.annotations.NullMarked;
