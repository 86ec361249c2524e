/** What a backend implements, or uses, beyond {@link org.riselm.core.policy.TrainablePolicy}. */
@NullMarked
package org.riselm.core.policy.spi;

import org.jspecify.annotations.NullMarked;
