package org.riselm.onnx.internal.runtime;

import static org.bytedeco.onnxruntime.global.onnxruntime.ONNX_TYPE_TENSOR;
import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_DISABLE_ALL;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.onnxruntime.OrtAllocator;
import org.bytedeco.onnxruntime.OrtSession;
import org.bytedeco.onnxruntime.OrtSessionOptions;
import org.bytedeco.onnxruntime.OrtTensorTypeAndShapeInfo;
import org.bytedeco.onnxruntime.OrtTypeInfo;
import org.riselm.onnx.OnnxRuntimeException;

/**
 * What ONNX Runtime infers of a value without a run.
 *
 * @param code ONNX's number of the element type; 0 if the value is not a tensor
 * @param shape −1 where a size is open; empty if not even the number of dimensions is known
 */
public record ValueTypes(int code, Optional<List<Long>> shape) {
  public ValueTypes {
    shape = shape.map(List::copyOf);
  }

  /**
   * What the outputs of {@code model} are, a serialized {@code ModelProto}, by name. Nothing is
   * optimized and nothing is run.
   *
   * @throws OnnxRuntimeException if ONNX Runtime refuses the model
   */
  public static Map<String, ValueTypes> ofOutputs(byte[] model) {
    OrtSessionOptions options =
        Ort.out("make session options", Ort.API::CreateSessionOptions, OrtSessionOptions::new);
    try (BytePointer bytes = new BytePointer(model)) {
      Ort.check("set threads", Ort.API.SetIntraOpNumThreads(options, 1));
      Ort.check(
          "set optimization", Ort.API.SetSessionGraphOptimizationLevel(options, ORT_DISABLE_ALL));
      OrtSession session =
          Ort.out(
              "load a graph",
              p -> Ort.API.CreateSessionFromArray(Ort.ENV, bytes, model.length, options, p),
              OrtSession::new);
      try {
        return outputs(session);
      } finally {
        Ort.API.ReleaseSession(session);
      }
    } finally {
      Ort.API.ReleaseSessionOptions(options);
    }
  }

  private static Map<String, ValueTypes> outputs(OrtSession session) {
    OrtAllocator allocator =
        Ort.out("get an allocator", Ort.API::GetAllocatorWithDefaultOptions, OrtAllocator::new);
    Map<String, ValueTypes> all = new LinkedHashMap<>();
    try (SizeTPointer count = new SizeTPointer(1)) {
      Ort.check("count a graph's outputs", Ort.API.SessionGetOutputCount(session, count));
      for (long i = 0; i < count.get(); i++) {
        long index = i;
        BytePointer name =
            Ort.out(
                "name a graph's output",
                p -> Ort.API.SessionGetOutputName(session, index, allocator, p),
                BytePointer::new);
        all.put(name.getString(StandardCharsets.UTF_8), output(session, index));
        Ort.check("free a name", Ort.API.AllocatorFree(allocator, name));
      }
    }
    return all;
  }

  private static ValueTypes output(OrtSession session, long index) {
    OrtTypeInfo info =
        Ort.out(
            "describe a graph's output",
            p -> Ort.API.SessionGetOutputTypeInfo(session, index, p),
            OrtTypeInfo::new);
    try (IntPointer number = new IntPointer(1)) {
      Ort.check("read a kind", Ort.API.GetOnnxTypeFromTypeInfo(info, number));
      if (number.get() != ONNX_TYPE_TENSOR) {
        return new ValueTypes(0, Optional.empty());
      }
      OrtTensorTypeAndShapeInfo tensor =
          Ort.out(
              "describe a graph's output",
              p -> Ort.API.CastTypeInfoToTensorInfo(info, p),
              OrtTensorTypeAndShapeInfo::new);
      Ort.check("read a type", Ort.API.GetTensorElementType(tensor, number));
      // Without this question, a shape that is not known looks like that of a scalar.
      if (!Ort.API.TensorTypeAndShape_HasShape().call(tensor)) {
        return new ValueTypes(number.get(), Optional.empty());
      }
      return new ValueTypes(number.get(), Optional.of(dimensions(tensor)));
    } finally {
      Ort.API.ReleaseTypeInfo(info);
    }
  }

  /** The sizes of a shape that is known; −1 where one is open. */
  static List<Long> dimensions(OrtTensorTypeAndShapeInfo tensor) {
    try (SizeTPointer rank = new SizeTPointer(1)) {
      Ort.check("read a rank", Ort.API.GetDimensionsCount(tensor, rank));
      List<Long> shape = new ArrayList<>();
      try (LongPointer sizes = new LongPointer(Math.max(1, rank.get()))) {
        Ort.check("read a shape", Ort.API.GetDimensions(tensor, sizes, rank.get()));
        for (long d = 0; d < rank.get(); d++) {
          shape.add(sizes.get(d));
        }
      }
      return shape;
    }
  }
}
