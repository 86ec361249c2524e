package org.riselm.onnx.internal.folder;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.Lora;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.decoder.BlockFormat;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.TensorFile.BlockSource;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Reads weights that stay as they are, in the precision of their files. */
public final class BaseWeights {
  // Blocks, of a size that is not felt.
  private static final int PIECE = 1 << 17;

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
   * blocks are quantized piece by piece, unless their file has exactly such blocks.
   *
   * @param owner of what is read and allocated
   */
  public static ModelTensors read(Resources owner, ModelWeights base, ParameterLayout layout)
      throws IOException {
    Map<String, Tensor> frozen = new HashMap<>();
    for (Map.Entry<Parameter, ElementType> p : layout.frozen().entrySet()) {
      String name = p.getKey().name();
      if (p.getValue() == ElementType.UINT8) {
        base.requireFinite(name);
        BlockSource source =
            base.blocks(name, layout.bits().orElseThrow())
                .orElse(quantizing(base.numbers(name), layout.blocks()));
        fill(owner, source, p.getKey(), layout.blocks(), frozen);
      } else {
        Tensor tensor = owner.add(Tensor.zeros(p.getValue(), p.getKey().sizes()));
        base.copy(name, tensor);
        frozen.put(name, tensor);
      }
    }
    return new ModelTensors(layout, owner.add(ParameterBlock.zeros(layout.trained())), frozen);
  }

  /**
   * Returns the numbers of {@code model} with all matrices but those of adapters in blocks.
   *
   * @param owner of the copies; what is no matrix is not copied
   * @throws IllegalArgumentException naming a matrix whose rows are not whole blocks
   */
  public static ModelTensors quantizedCopy(Resources owner, ModelTensors model, Bits bits) {
    ParameterLayout layout = model.layout().quantizedCopy(bits);
    Map<String, Tensor> all = model.all();
    Map<String, Tensor> frozen = new HashMap<>();
    try {
      for (Map.Entry<Parameter, ElementType> p : layout.frozen().entrySet()) {
        String name = p.getKey().name();
        Tensor whole = requireNonNull(all.get(name), name);
        if (p.getValue() == ElementType.UINT8) {
          TensorSource numbers = TensorSource.of(name, whole);
          BlockSource source = quantizing(numbers, layout.blocks());
          fill(owner, source, p.getKey(), layout.blocks(), frozen);
        } else {
          frozen.put(name, whole);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Of numbers in memory: never.
    }
    ParameterBlock trained =
        layout.trained().isEmpty() ? owner.add(ParameterBlock.zeros(List.of())) : model.trained();
    return new ModelTensors(layout, trained, frozen);
  }

  private static BlockSource quantizing(TensorSource numbers, BlockFormat format) {
    return (first, count, blocks, scales) -> {
      float[] piece = new float[count * BlockFormat.SIZE];
      numbers.source().read(first * BlockFormat.SIZE, piece, piece.length);
      format.quantize(piece, piece.length, blocks, scales);
    };
  }

  private static void fill(
      Resources owner,
      BlockSource source,
      Parameter matrix,
      BlockFormat format,
      Map<String, Tensor> into)
      throws IOException {
    Tensor blocks = owner.add(Tensor.zeros(ElementType.UINT8, format.blocks(matrix)));
    Tensor scales = owner.add(Tensor.zeros(ElementType.FLOAT, format.scaleShape(matrix)));
    into.put(matrix.name(), blocks);
    into.put(BlockFormat.scales(matrix.name()), scales);
    long bytes = blocks.elements() / scales.elements();
    for (long first = 0; first < scales.elements(); first += PIECE) {
      int many = (int) Math.min(PIECE, scales.elements() - first);
      try (Tensor blocksOfPiece = blocks.slice(first * bytes, many * bytes);
          Tensor scalesOfPiece = scales.slice(first, many)) {
        source.read(first, many, blocksOfPiece.bytes(), scalesOfPiece.floats());
      }
    }
  }
}
