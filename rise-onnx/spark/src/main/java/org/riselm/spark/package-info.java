/** Policies on a Spark cluster: executors sample and score, the driver trains. */
@NullMarked
package org.riselm.spark;

import org.jspecify.annotations.NullMarked;
