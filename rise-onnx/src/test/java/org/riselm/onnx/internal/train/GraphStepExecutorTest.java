package org.riselm.onnx.internal.train;

import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.model.DecoderConfig;

class GraphStepExecutorTest extends AdamWContract {
  @Override
  StepExecutor create(DecoderConfig config, ParameterBlock weights, AdamW optimizer) {
    return new GraphStepExecutor(ModelTensors.full(config, weights), optimizer, 2);
  }
}
