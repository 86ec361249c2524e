/**
 * RISE on ONNX Runtime: samples and trains decoder language models in-process. Enter at {@link
 * org.riselm.onnx.OnnxPolicy}.
 */
module org.riselm.onnx {
  requires transitive org.riselm.core;
  requires static transitive org.jspecify;
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires static com.google.errorprone.annotations;
  requires com.google.common;
  requires com.google.protobuf;
  requires com.sun.jna;
  // The name comes from the file's, until FlatBuffers has one.
  requires flatbuffers.java;
  requires jdk.management;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.onnxruntime;
  requires org.tribuo.util.onnx;

  exports org.riselm.onnx;
  exports org.riselm.onnx.artifact;
  exports org.riselm.onnx.model;
  exports org.riselm.onnx.text;
}
