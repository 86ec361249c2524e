package org.riselm.onnx.train;

import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Weights;

class PlainExecutorTest extends AdamWContract {
  @Override
  StepExecutor create(DecoderConfig config, Weights weights, AdamW optimizer) {
    return new PlainExecutor(config, weights, optimizer, 2);
  }
}
