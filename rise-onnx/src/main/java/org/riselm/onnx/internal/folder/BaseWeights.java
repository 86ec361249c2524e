package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.BlockFormat;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Reads weights that stay as they are, in the precision of their files. */
public final class BaseWeights {
  // Whole blocks, of a size that is not felt.
  private static final int PIECE = BlockFormat.SIZE << 17;

  private BaseWeights() {}

  /**
   * Returns the layout of adapters beside {@code base}.
   *
   * @throws IllegalArgumentException naming targets of {@code lora} that the model has no layers
   *     for
   */
  public static ParameterLayout adapted(ModelWeights base, DecoderConfig config, Lora lora)
      throws IOException {
    return ParameterLayout.lora(config, lora, precisions(base, config)::get);
  }

  /** Returns the layout of {@code base} with nothing trained. */
  public static ParameterLayout frozen(ModelWeights base, DecoderConfig config) throws IOException {
    return ParameterLayout.frozen(config, precisions(base, config)::get);
  }

  private static Map<Parameter, ElementType> precisions(ModelWeights base, DecoderConfig config)
      throws IOException {
    Map<Parameter, ElementType> precisions = new HashMap<>();
    for (Parameter p : Parameter.of(config)) {
      precisions.put(p, base.elementType(p.name()));
    }
    return precisions;
  }

  /**
   * Reads what {@code layout} freezes, and allocates what it trains, which is zeros. Matrices in
   * blocks are quantized piece by piece.
   *
   * @param owner of what is read and allocated
   */
  public static ModelTensors read(Resources owner, ModelWeights base, ParameterLayout layout)
      throws IOException {
    Map<String, Tensor> frozen = new HashMap<>();
    for (Map.Entry<Parameter, ElementType> p : layout.frozen().entrySet()) {
      String name = p.getKey().name();
      if (p.getValue() == ElementType.UINT8) {
        BlockFormat format = layout.blocks();
        Tensor blocks = owner.add(Tensor.zeros(ElementType.UINT8, format.blocks(p.getKey())));
        Tensor scales = owner.add(Tensor.zeros(ElementType.FLOAT, format.scaleShape(p.getKey())));
        quantize(base, name, format, blocks, scales);
        frozen.put(name, blocks);
        frozen.put(BlockFormat.scales(name), scales);
      } else {
        Tensor tensor = owner.add(Tensor.zeros(p.getValue(), p.getKey().sizes()));
        base.copy(name, tensor);
        frozen.put(name, tensor);
      }
    }
    return new ModelTensors(layout, owner.add(ParameterBlock.zeros(layout.trained())), frozen);
  }

  private static void quantize(
      ModelWeights base, String name, BlockFormat format, Tensor blocks, Tensor scales)
      throws IOException {
    base.requireFinite(name);
    TensorSource numbers = base.numbers(name);
    long bytes = blocks.elements() / scales.elements();
    float[] piece = new float[(int) Math.min(PIECE, numbers.elements())];
    for (long from = 0; from < numbers.elements(); from += piece.length) {
      int count = (int) Math.min(piece.length, numbers.elements() - from);
      numbers.source().read(from, piece, count);
      long first = from / BlockFormat.SIZE;
      long many = count / BlockFormat.SIZE;
      try (Tensor blocksOfPiece = blocks.slice(first * bytes, many * bytes);
          Tensor scalesOfPiece = scales.slice(first, many)) {
        format.quantize(piece, count, blocksOfPiece.bytes(), scalesOfPiece.floats());
      }
    }
  }
}
