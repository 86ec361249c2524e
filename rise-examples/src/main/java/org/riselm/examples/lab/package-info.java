/**
 * The project's own programs: benchmarks, GPU checks, the study of the paper's claims, and checks
 * of templates. They may use what is internal; programs to copy from are in {@link
 * org.riselm.examples}.
 */
@NullMarked
package org.riselm.examples.lab;

import org.jspecify.annotations.NullMarked;
