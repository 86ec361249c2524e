package org.riselm.onnx.architecture.planted;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.google.protobuf.ByteString;
import org.bytedeco.onnxruntime.OrtEnv;
import org.riselm.core.internal.rollout.Deadline;
import org.riselm.onnx.OnnxPolicy;

/** Breaks every rule of the architecture: what the rules' tests must find. */
public final class Trespasser {
  private Trespasser() {}

  /** Uses what belongs to other rooms, and shows it. */
  public static String touch(
      OnnxPolicy policy, OrtEnv environment, ByteString bytes, CharSpan span, Deadline deadline) {
    return "" + policy.parameterCount() + environment + bytes.size() + span.getStart() + deadline;
  }
}
