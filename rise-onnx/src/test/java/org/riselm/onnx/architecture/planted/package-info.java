/** Violations of the architecture's rules, which the rules' tests must find. */
package org.riselm.onnx.architecture.planted;
