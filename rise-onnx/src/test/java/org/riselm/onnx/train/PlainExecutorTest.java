package org.riselm.onnx.train;

import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.ModelTensors;
import org.riselm.onnx.model.Weights;

class PlainExecutorTest extends AdamWContract {
  @Override
  StepExecutor create(DecoderConfig config, Weights weights, AdamW optimizer) {
    return new PlainExecutor(ModelTensors.full(config, weights), optimizer, 2);
  }
}
