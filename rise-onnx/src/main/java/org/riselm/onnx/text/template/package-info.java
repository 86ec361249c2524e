/**
 * An interpreter of the part of the Jinja template language that chat templates use. Enter at
 * {@link org.riselm.onnx.text.template.Template}.
 *
 * <p>It renders byte for byte what Jinja2 renders under the settings of Hugging Face transformers,
 * or refuses with a line and a column. A text becomes tokens ({@code Lexer}), tokens a tree ({@code
 * StatementParser}, {@code ExpressionParser}), and the tree is walked ({@code Renderer}, {@code
 * Evaluator}) over values that behave as Python's ({@code Values}, {@code Text}, {@code
 * Attributes}).
 */
@NullMarked
package org.riselm.onnx.text.template;

import org.jspecify.annotations.NullMarked;
