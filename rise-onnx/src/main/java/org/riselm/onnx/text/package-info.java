/**
 * Text to token ids and back: {@link org.riselm.onnx.text.Tokenizer}, and {@link
 * org.riselm.onnx.text.PromptFormat}, which turns a state into the ids that a policy sees: by a
 * model's chat template or by pieces of markup. Enter at {@code PromptFormat}.
 */
@NullMarked
package org.riselm.onnx.text;

import org.jspecify.annotations.NullMarked;
