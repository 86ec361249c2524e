/** Listeners that hand a run's numbers to others: TensorBoard, Micrometer. */
@NullMarked
package org.riselm.examples.listener;

import org.jspecify.annotations.NullMarked;
