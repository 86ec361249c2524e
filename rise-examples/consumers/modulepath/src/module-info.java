/** A program on the module path. */
module consumer {
  requires org.riselm.core;
  requires org.riselm.onnx;
}
