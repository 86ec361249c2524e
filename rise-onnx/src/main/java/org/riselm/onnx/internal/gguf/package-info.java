/** Models in a single file, as llama.cpp and Ollama have them: read, and written. */
@NullMarked
package org.riselm.onnx.internal.gguf;

import org.jspecify.annotations.NullMarked;
