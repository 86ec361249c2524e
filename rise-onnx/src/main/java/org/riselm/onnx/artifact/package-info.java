/**
 * The training artifacts: the four files that ONNX Runtime training runs from. Enter at {@link
 * org.riselm.onnx.artifact.TrainingArtifacts}; {@link org.riselm.onnx.artifact.Checkpoint} is the
 * one of them that holds numbers.
 *
 * <p>What is read is checked first: a file that does not hold what it should is refused with an
 * {@link org.riselm.onnx.artifact.ArtifactException}, before any native code sees it.
 */
@NullMarked
package org.riselm.onnx.artifact;

import org.jspecify.annotations.NullMarked;
