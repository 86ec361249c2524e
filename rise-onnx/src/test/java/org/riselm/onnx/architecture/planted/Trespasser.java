package org.riselm.onnx.architecture.planted;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Reads a file, whatever it is. */
  public static String read(Path file) throws IOException {
    return Files.readString(file);
  }
}
