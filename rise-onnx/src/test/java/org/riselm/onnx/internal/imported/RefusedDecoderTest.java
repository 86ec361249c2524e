package org.riselm.onnx.internal.imported;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.artifact.DecoderInputs;
import org.riselm.onnx.artifact.DecoderParameter;
import org.riselm.onnx.artifact.OnnxDecoder;
import org.riselm.onnx.internal.runtime.ElementType;

/** What cannot be trained is refused by name, all of it at once. */
class RefusedDecoderTest {
  @TempDir Path folder;

  private String missing(TinyOnnx model, String hidden) throws IOException {
    Path file = model.write(folder, hidden);
    return assertThrows(MissingGradientException.class, () -> OnnxDecoder.open(file)).getMessage();
  }

  private String refused(Path file) {
    String said = assertThrows(IOException.class, () -> OnnxDecoder.open(file)).getMessage();
    assertTrue(said.startsWith(file.toString()), said);
    return said;
  }

  private static void assertSays(String said, String... parts) {
    for (String part : parts) {
      assertTrue(said.contains(part), said);
    }
  }

  @Test
  void everyOperatorWithoutARuleIsNamedWithItsNodesAndTheOthersAreNot() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.weights("square", TinyOnnx.HIDDEN, TinyOnnx.HIDDEN);
    model.weights("kernel", TinyOnnx.HIDDEN, TinyOnnx.HIDDEN, 1);
    model.weights("bias", TinyOnnx.HIDDEN);
    model
        .node("sum1", "Einsum", "a", "hidden", "square")
        .addAttribute(TinyOnnx.text("equation", "bsh,hk->bsk"));
    model.node("turn1", "Transpose", "b", "a").addAttribute(ints("perm", 0, 2, 1));
    model.node("conv", "Conv", "c", "b", "kernel");
    model.node("turn2", "Transpose", "d", "c").addAttribute(ints("perm", 0, 2, 1));
    model.node("skip", "com.microsoft.SkipLayerNormalization", "e", "d", "hidden", "bias", "bias");
    model.node("own", "custom.Magic", "f", "e");
    model
        .node("sum2", "Einsum", "g", "f", "square")
        .addAttribute(TinyOnnx.text("equation", "bsh,hk->bsk"));
    // No gradient goes through these: one makes whole numbers, the other's reach no logits.
    model.node("best", "ArgMax", "h", "hidden").addAttribute(TinyOnnx.number("axis", -1));
    model.node("rows", "Gather", "i", "embedding", "h");
    model.node("unused", "Ceil", "j", "hidden");
    String said = missing(model, "g");
    assertSays(
        said,
        "Einsum (nodes sum1, sum2)",
        "Conv (node conv)",
        "com.microsoft.SkipLayerNormalization (node skip)",
        "custom.Magic (node own)");
    String list = said.substring(0, said.indexOf(". There are rules for"));
    for (String name : List.of("ArgMax", "Ceil", "Transpose", "MatMul", "last")) {
      assertFalse(list.contains(name), said);
    }
  }

  private static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder proto =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long v : values) {
      proto.addInts(v);
    }
    return proto.build();
  }

  @Test
  void aBranchIsRefusedForWhatItCaptures() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.weights("square", TinyOnnx.HIDDEN, TinyOnnx.HIDDEN);
    model.longs("size", 1);
    model.node("shape", "Shape", "sizes", "input_ids");
    model.node("first", "Gather", "rows", "sizes", "size");
    model.node("many", "Greater", "condition", "rows", "size");
    NodeProto product =
        NodeProto.newBuilder()
            .setOpType("MatMul")
            .addInput("hidden")
            .addInput("square")
            .addOutput("inner")
            .build();
    NodeProto same =
        NodeProto.newBuilder().setOpType("Identity").addInput("hidden").addOutput("inner").build();
    model
        .node("choice", "If", "out", "condition")
        .addAttribute(TinyOnnx.branch("then_branch", product, "inner"))
        .addAttribute(TinyOnnx.branch("else_branch", same, "inner"));
    assertSays(missing(model, "out"), "If (node choice)");
  }

  @Test
  void anOperatorThatOnnxRuntimeDoesNotHaveIsRefusedAlsoWhereNoGradientGoes() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.input("attention_mask", ElementType.FLOAT, "batch", "sequence");
    model.node("odd", "custom.Magic", "mask", "attention_mask");
    model.longs("last", -1);
    model.node("column", "Unsqueeze", "column", "mask", "last");
    model.node("masked", "Mul", "out", "hidden", "column");
    String said = refused(model.write(folder, "out"));
    assertSays(said, "nodes: found custom.Magic (node odd)");
  }

  @Test
  void anUnknownOperatorOfOnnxRuntimesOwnIsListedWithTheRest() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.node("new", "com.microsoft.OfTomorrow", "a", "hidden");
    model.node("up", "Ceil", "b", "a");
    assertSays(missing(model, "b"), "com.microsoft.OfTomorrow (node new)", "Ceil (node up)");
  }

  @Test
  void whatOnnxRuntimeDoesNotTakeIsRefusedInItsWords() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.node("nonsense", "Softmax", "a", "hidden").addAttribute(TinyOnnx.text("axis", "x"));
    assertSays(refused(model.write(folder, "a")), "ONNX Runtime does not take this model", "axis");
  }

  @Test
  void everyInputNeedsAMeaningAndEveryMeaningItsInput() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.input("speaker", ElementType.INT64, "batch");
    Path file = model.write(folder, "hidden");
    assertSays(refused(file), "inputs [speaker]: found no meaning for them");
    IOException e =
        assertThrows(
            IOException.class, () -> OnnxDecoder.open(file, DecoderInputs.of("tokens", "logits")));
    assertSays(e.getMessage(), "input tokens: found none; [input_ids, speaker]");
    e =
        assertThrows(
            IOException.class,
            () ->
                OnnxDecoder.open(
                    file,
                    DecoderInputs.builder("input_ids", "logits").positions("speaker").build()));
    assertSays(e.getMessage(), "input speaker: found INT64[batch]", "with 2 dimensions");
    e =
        assertThrows(
            IOException.class,
            () ->
                OnnxDecoder.open(
                    file, DecoderInputs.builder("input_ids", "scores").cache("speaker").build()));
    assertSays(e.getMessage(), "output scores: found none; [logits]");
    e =
        assertThrows(
            IOException.class,
            () ->
                OnnxDecoder.open(
                    file, DecoderInputs.builder("input_ids", "logits").cache("speaker").build()));
    assertSays(e.getMessage(), "input speaker: found INT64[batch]", "for a cache");
    e =
        assertThrows(
            IOException.class,
            () ->
                OnnxDecoder.open(
                    file,
                    DecoderInputs.builder("input_ids", "logits")
                        .positions("input_ids")
                        .cache("speaker")
                        .build()));
    assertSays(e.getMessage(), "input input_ids: found two meanings");
  }

  @Test
  void logitsOfTheLastTokenOnlyAreRefused() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.longs("from", -1);
    model.longs("to", Long.MAX_VALUE);
    model.longs("axis", 1);
    model.node("tail", "Slice", "end", "hidden", "from", "to", "axis");
    model.node("flat", "Squeeze", "row", "end", "axis");
    assertSays(
        refused(model.write(folder, "row")),
        "output logits: found FLOAT[batch, 5], expected FLOAT [rows, columns, vocabulary]");
  }

  @Test
  void weightsOfSixteenBitsAreRefused() throws IOException {
    TinyOnnx model = new TinyOnnx();
    model.node("down", "Cast", "half", "hidden").addAttribute(TinyOnnx.number("to", 10));
    model.node("up", "Tanh", "bent", "half");
    model.node("back", "Cast", "out", "bent").addAttribute(TinyOnnx.number("to", 1));
    assertSays(missing(model, "out"), "Tanh (node up): it computes in other numbers than FLOAT");
  }

  @Test
  void tablesAndSingleNumbersAreConstantsAndAllSayWhy() throws IOException {
    TinyOnnx model = new TinyOnnx();
    float[] cosines = new float[8];
    float[] sines = new float[8];
    float[] mask = new float[8];
    for (int i = 0; i < 8; i++) {
      cosines[i] = (float) Math.cos(i);
      sines[i] = (float) Math.sin(i);
      mask[i] = i % 2 == 0 ? 0 : Float.NEGATIVE_INFINITY;
    }
    model.floats("cosines", cosines, 2, 1, 4);
    model.floats("sines", sines, 2, 1, 4);
    model.floats("mask", mask, 2, 1, 4);
    model.floats("scale", new float[] {1, 1, 1, 1}, 4);
    model.floats("shift", new float[] {0, 0, 0, 0}, 4);
    model.floats("two", new float[] {2});
    model.weights("angles", 4);
    model.weights("idle", 3);
    model.node("cos", "Cos", "waves", "angles");
    model.node("n1", "Mul", "a", "hidden", "cosines");
    model.node("n2", "Mul", "b", "a", "sines");
    model.node("n3", "Max", "c0", "mask");
    model.node("n4", "Add", "c", "b", "c0");
    model.node("n5", "Mul", "d", "b", "scale");
    model.node("n6", "Add", "e", "d", "shift");
    model.node("n7", "Mul", "f", "e", "waves");
    model.node("n8", "Mul", "g", "f", "two");
    model.node("n9", "Add", "h", "g", "mask");
    List<DecoderParameter> parameters =
        OnnxDecoder.open(model.write(folder, "h"))
            .frozen(name -> name.equals("shift"))
            .parameters();
    assertEquals(
        List.of("embedding", "head", "scale"),
        parameters.stream()
            .filter(p -> p.role() == DecoderParameter.Role.TRAINED)
            .map(DecoderParameter::name)
            .toList());
    String said = parameters.toString();
    assertSays(
        said,
        "name=head, shape=[4, 5], role=TRAINED, why=it is embedding transposed",
        "name=scale, shape=[4], role=TRAINED, why=]",
        "name=cosines, shape=[2, 1, 4], role=CONSTANT, why=its squares and those of sines",
        "name=mask, shape=[2, 1, 4], role=CONSTANT, why=it is a mask",
        "name=shift, shape=[4], role=FROZEN",
        "name=two, shape=[], role=CONSTANT, why=it is one number",
        "name=angles, shape=[4], role=CONSTANT, why=the logits depend on it by sines",
        "name=idle, shape=[3], role=CONSTANT, why=no gradient");
  }

  @Test
  void whereNothingCanBeTrainedThatIsSaid() throws IOException {
    Path file = new TinyOnnx().write(folder, "hidden");
    IOException e =
        assertThrows(IOException.class, () -> OnnxDecoder.open(file).frozen(name -> true));
    assertSays(e.getMessage(), "initializers: found none that can be trained");
  }
}
