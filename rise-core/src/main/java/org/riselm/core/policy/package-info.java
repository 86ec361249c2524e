/**
 * Policies, which respond to states: {@link org.riselm.core.policy.Policy}, and {@link
 * org.riselm.core.policy.TrainablePolicy}, which also learns. Backends implement these two.
 *
 * <p>Two honest fakes come along for tests: {@link org.riselm.core.policy.ScriptedPolicy}, which
 * answers from a function, and {@link org.riselm.core.policy.TablePolicy}, which truly learns
 * without any model.
 */
@NullMarked
package org.riselm.core.policy;

import org.jspecify.annotations.NullMarked;
