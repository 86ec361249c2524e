/**
 * The words of the method: {@link org.riselm.core.mdp.Problem}, {@link org.riselm.core.mdp.Turn},
 * {@link org.riselm.core.mdp.Episode}, {@link org.riselm.core.mdp.State}, {@link
 * org.riselm.core.mdp.Reward} and {@link org.riselm.core.mdp.Feedback}. Immutable data and small
 * interfaces; nothing here acts.
 */
@NullMarked
package org.riselm.core.mdp;

import org.jspecify.annotations.NullMarked;
