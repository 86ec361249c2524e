/** What runs in the driver and on the executors. Not for users. */
@NullMarked
package org.riselm.spark.internal;

import org.jspecify.annotations.NullMarked;
