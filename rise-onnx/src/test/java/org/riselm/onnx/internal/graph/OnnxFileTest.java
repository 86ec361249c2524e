package org.riselm.onnx.internal.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.onnx.internal.runtime.ElementType;

class OnnxFileTest {
  @TempDir Path folder;

  /** y = x + w, with w of three numbers. */
  private static ModelProto.Builder model(int opset) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("g")
            .addInput(input("x", Dim.of("rows"), Dim.of(3)))
            .addInitializer(weight())
            .addNode(node("Add", "y", "x", "w"))
            .addOutput(ValueInfoProto.newBuilder().setName("y"));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph);
  }

  private static ValueInfoProto input(String name, Dim... dims) {
    return ModelWriter.info(new Value(name, ElementType.FLOAT, Shape.of(dims)));
  }

  private static TensorProto.Builder weight() {
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(ElementType.FLOAT.code())
        .addDims(3)
        .addAllFloatData(List.of(1f, 2f, 3f));
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private Path write(ModelProto.Builder model) throws IOException {
    return Files.write(folder.resolve("m.onnx"), model.build().toByteArray());
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static float[] floats(StoredTensor tensor) throws IOException {
    float[] values = new float[(int) tensor.elements()];
    tensor.bytes().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @Test
  void numbersAreReadFromWhereverTheyAre() throws IOException {
    OnnxFile inside = OnnxFile.read(write(model(17)));
    assertArrayEquals(new float[] {1, 2, 3}, floats(inside.initializer("w").orElseThrow()));
    Files.createDirectory(folder.resolve("data"));
    Files.write(folder.resolve("data/w"), new byte[4 + 12]);
    ModelProto.Builder model = model(17);
    model
        .getGraphBuilder()
        .getInitializerBuilder(0)
        .clearFloatData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "data/w"))
        .addExternalData(entry("offset", "4"));
    OnnxFile beside = OnnxFile.read(write(model));
    assertArrayEquals(new float[3], floats(beside.initializer("w").orElseThrow()));
  }

  @Test
  void halvesAndBytesAreReadFromTheirFields() throws IOException {
    ModelProto.Builder model = model(17);
    model
        .getGraphBuilder()
        .addInitializer(
            TensorProto.newBuilder()
                .setName("h")
                .setDataType(ElementType.FLOAT16.code())
                .addDims(2)
                .addInt32Data(0x3c00)
                .addInt32Data(0xc000));
    model
        .getGraphBuilder()
        .addInitializer(
            TensorProto.newBuilder()
                .setName("b")
                .setDataType(ElementType.BOOL.code())
                .addDims(2)
                .addInt32Data(1)
                .addInt32Data(0));
    OnnxFile file = OnnxFile.read(write(model));
    byte[] halves = new byte[4];
    file.initializer("h").orElseThrow().bytes().get(halves);
    assertArrayEquals(new byte[] {0, 0x3c, 0, (byte) 0xc0}, halves);
    byte[] flags = new byte[2];
    file.initializer("b").orElseThrow().bytes().get(flags);
    assertArrayEquals(new byte[] {1, 0}, flags);
  }

  private static Arguments wrong(String message, Consumer<ModelProto.Builder> change) {
    return Arguments.of(message, change);
  }

  private static Arguments wrongWeight(String message, Consumer<TensorProto.Builder> change) {
    return wrong(message, m -> change.accept(m.getGraphBuilder().getInitializerBuilder(0)));
  }

  private static Arguments outside(String location, String offset, String message) {
    return wrongWeight(
        message,
        w ->
            w.clearFloatData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", offset)));
  }

  static Stream<Arguments> wrongModels() {
    return Stream.of(
        wrong("graph: found none", ModelProto.Builder::clearGraph),
        wrong("ir_version: found 99", m -> m.setIrVersion(99)),
        wrong(
            "opset_import of ONNX's own operators: found 12, expected 13 to",
            m -> m.getOpsetImportBuilder(0).setVersion(12)),
        wrong(
            "opset_import of ONNX's own operators: found none",
            m -> m.getOpsetImportBuilder(0).setDomain("other")),
        wrong(
            "node #0: found RoiAlign of an old opset",
            m -> {
              m.getOpsetImportBuilder(0).setVersion(13);
              m.getGraphBuilder().getNodeBuilder(0).setOpType("RoiAlign");
            }),
        wrong(
            "node #0: found the input nowhere",
            m -> m.getGraphBuilder().getNodeBuilder(0).addInput("nowhere")),
        wrong(
            "node #0: found the output w, which there is already",
            m -> m.getGraphBuilder().getNodeBuilder(0).addOutput("w")),
        wrong("outputs: found none", m -> m.getGraphBuilder().clearOutput()),
        wrong(
            "output z: found nothing that makes it",
            m -> m.getGraphBuilder().addOutputBuilder().setName("z")),
        wrong("initializer w: found two", m -> m.getGraphBuilder().addInitializer(weight())),
        wrongWeight("initializer w: found ONNX's element type 8", w -> w.setDataType(8)),
        wrongWeight("initializer w: found 3 numbers, expected 6", w -> w.addDims(2)),
        wrongWeight("initializer w: found a dimension of -1", w -> w.addDims(-1)),
        wrongWeight(
            "initializer w: found the shape",
            w -> w.addDims(Long.MAX_VALUE).addDims(Long.MAX_VALUE)),
        outside("../m.onnx", "0", "initializer w: found its numbers in '../m.onnx'"),
        outside("a/../../m.onnx", "0", "initializer w: found its numbers in 'a/../../m.onnx'"),
        outside("/etc/passwd", "0", "initializer w: found its numbers in '/etc/passwd'"),
        outside("", "0", "initializer w: found its numbers in ''"),
        outside("gone", "0", "initializer w: found no file"),
        outside("m.onnx", "-1", "initializer w: found the offset '-1'"),
        outside("m.onnx", "100000", "initializer w: found 12 bytes from byte 100000 on"));
  }

  @ParameterizedTest
  @MethodSource("wrongModels")
  void whatIsWrongIsNamed(String message, Consumer<ModelProto.Builder> change) throws IOException {
    ModelProto.Builder model = model(17);
    change.accept(model);
    Path file = write(model);
    String said = assertThrows(IOException.class, () -> OnnxFile.read(file)).getMessage();
    assertTrue(said.startsWith(file + ": " + message), said);
  }

  @Test
  void aFileThatIsNoModelIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("m.onnx"), "{\"config\": 1}");
    String said = assertThrows(IOException.class, () -> OnnxFile.read(file)).getMessage();
    assertTrue(said.startsWith(file + ": it is no ONNX model"), said);
  }

  private Map<String, Value> added(ModelProto.Builder model, String... wanted) throws IOException {
    OnnxFile file = OnnxFile.read(write(model));
    Graph graph = file.newGraph("read");
    Map<String, Value> given = new java.util.HashMap<>();
    for (Value v : file.inputs()) {
      given.put(v.name(), graph.input(v.name(), v.type(), v.shape()));
    }
    return file.addTo(graph, given, List.of(wanted)).values();
  }

  @ParameterizedTest
  @CsvSource({"13, 17", "17, 17", "18, 18", "23, 23"})
  void aGraphIsOfTheOpsetThatItsNodesNeed(int opset, int expected) throws IOException {
    assertEquals(expected, OnnxFile.read(write(model(opset))).graphOpset());
    assertEquals("[rows, 3]", added(model(opset), "y").get("y").shape().toString());
  }

  @Test
  void sizesAreFollowedThroughWhatExportersComputeShapesBy() throws IOException {
    ModelProto.Builder model = model(17);
    GraphProto.Builder graph = model.getGraphBuilder();
    graph.addNode(node("Shape", "shape", "x"));
    constant(graph, "zero", 0);
    constant(graph, "one", 1);
    constant(graph, "minus", -1);
    constant(graph, "three", 3);
    graph.addNode(node("Gather", "rows", "shape", "zero"));
    graph.addNode(node("Gather", "columns", "shape", "one"));
    graph.addNode(concat("split", "rows", "three", "minus"));
    graph.addNode(node("Reshape", "cut", "x", "split"));
    graph.addNode(concat("flat", "minus"));
    graph.addNode(node("Reshape", "line", "cut", "flat"));
    graph.addNode(node("Div", "third", "columns", "three"));
    graph.addNode(node("Slice", "part", "x", "third", "columns", "one"));
    Map<String, Value> values = added(model, "cut", "line", "part");
    assertEquals("[rows, 3, 1]", values.get("cut").shape().toString());
    assertEquals("[3*rows]", values.get("line").shape().toString());
    assertEquals("[rows, 2]", values.get("part").shape().toString());
  }

  private static void constant(GraphProto.Builder graph, String name, long value) {
    graph.addNode(
        node("Constant", name)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value_ints")
                    .setType(AttributeProto.AttributeType.INTS)
                    .addInts(value)));
  }

  private static NodeProto.Builder concat(String output, String... parts) {
    return node("Concat", output, parts)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("axis")
                .setType(AttributeProto.AttributeType.INT)
                .setI(0));
  }

  @Test
  void namesStayApart() throws IOException {
    ModelProto.Builder model = model(17);
    model.getGraphBuilder().getNodeBuilder(0).setName("Add_1");
    model.getGraphBuilder().addNode(node("Add", "Add_2_out", "y", "y"));
    OnnxFile file = OnnxFile.read(write(model));
    Graph graph = file.newGraph("read");
    Value x = graph.input("x", ElementType.FLOAT, Shape.of(2, 3));
    Value before = new Ops(graph).add(x, x);
    file.addTo(graph, Map.of("x", before), List.of("Add_2_out"));
    assertEquals(List.of("Add_3", "Add_1", "#1"), graph.nodes().stream().map(Node::name).toList());
  }

  @Test
  void whatIsNotNeededIsLeftOut() throws IOException {
    ModelProto.Builder model = model(17);
    model.getGraphBuilder().addNode(node("NoSuchThing", "z", "x").setDomain("other"));
    OnnxFile file = OnnxFile.read(write(model));
    Graph graph = file.newGraph("read");
    Value x = graph.input("x", ElementType.FLOAT, Shape.of(2, 3));
    assertTrue(file.addTo(graph, Map.of("x", x), List.of("y")).doubt().isEmpty());
    assertEquals(List.of("Add"), graph.nodes().stream().map(Node::operator).toList());
  }

  @Test
  void whatAGraphInsideOfANodeTakesFromOutsideIsReadByTheNode() throws IOException {
    GraphProto branch =
        GraphProto.newBuilder()
            .setName("branch")
            .addNode(node("Add", "sum", "x", "w"))
            .addOutput(input("sum", Dim.of("rows"), Dim.of(3)))
            .build();
    ModelProto.Builder model = model(17);
    model
        .getGraphBuilder()
        .addInput(ModelWriter.info(new Value("which", ElementType.BOOL, Shape.of(1))))
        .addNode(
            node("If", "z", "which")
                .addAttribute(branch("then_branch", branch))
                .addAttribute(branch("else_branch", branch)));
    OnnxFile file = OnnxFile.read(write(model));
    Graph graph = file.newGraph("read");
    Map<String, Value> given = new java.util.HashMap<>();
    for (Value v : file.inputs()) {
      given.put(v.name(), graph.input(v.name(), v.type(), v.shape()));
    }
    file.addTo(graph, given, List.of("z"));
    assertEquals(
        List.of("which", "x", "w"),
        graph.nodes().get(0).reads().stream().map(Value::name).toList());
  }

  private static AttributeProto branch(String name, GraphProto graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }
}
