package org.riselm.onnx.internal.decoder;

import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Shows a model's logits at every position; for looking into a model, not for sampling. */
public final class DecoderLogits implements AutoCloseable {
  private final DecoderConfig config;
  private final OnnxSession session;

  /** Prepares to run {@code model}, which stays the caller's, and must stay open. */
  public DecoderLogits(ModelTensors model, int threads) {
    this.config = model.layout().config();
    this.session =
        OnnxSession.load(
            DecoderGraphs.logits(model.layout()).toModel(),
            new SessionSettings(threads, model.all()));
  }

  /**
   * The logits of the token after each of {@code ids}: a row as long as the vocabulary for each.
   *
   * @throws IllegalArgumentException naming the id that is not in the vocabulary, or if there are
   *     none, or more than the context has room for
   */
  public float[][] of(int... ids) {
    if (ids.length < 1 || ids.length > config.contextLength()) {
      throw new IllegalArgumentException(
          "%d token ids; from 1 to the context's %d".formatted(ids.length, config.contextLength()));
    }
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= config.vocabularySize()) {
        throw new IllegalArgumentException(
            "token id %d at position %d; the vocabulary's ids are 0 to %d"
                .formatted(ids[i], i, config.vocabularySize() - 1));
      }
      wide[i] = ids[i];
    }
    try (Resources run = new Resources()) {
      Tensor logits = run.add(Tensor.zeros(ElementType.FLOAT, ids.length, config.vocabularySize()));
      Binding binding = run.add(session.bind());
      binding
          .input("input_ids", run.add(Tensor.of(wide, 1, ids.length)))
          .output("logits", logits)
          .run();
      float[][] rows = new float[ids.length][config.vocabularySize()];
      for (int i = 0; i < rows.length; i++) {
        logits.floats().get(i * config.vocabularySize(), rows[i]);
      }
      return rows;
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
