/**
 * What answers states: {@link org.riselm.core.policy.Policy}, and {@link
 * org.riselm.core.policy.TrainablePolicy}, which also learns. Backends implement these two.
 */
@NullMarked
package org.riselm.core.policy;

import org.jspecify.annotations.NullMarked;
