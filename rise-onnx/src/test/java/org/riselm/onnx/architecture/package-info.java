/** The rules of the architecture of this module. */
package org.riselm.onnx.architecture;
