/** The rules of the architecture, for this module and those above it. */
package org.riselm.core.architecture;
