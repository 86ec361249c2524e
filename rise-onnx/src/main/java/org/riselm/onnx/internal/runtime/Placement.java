package org.riselm.onnx.internal.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.onnxruntime.OrtEpAssignedNode;
import org.bytedeco.onnxruntime.OrtEpAssignedSubgraph;
import org.bytedeco.onnxruntime.OrtSession;
import org.bytedeco.onnxruntime.OrtSessionOptions;
import org.bytedeco.onnxruntime.OrtStatus;

/**
 * Where ONNX Runtime runs a node of a session.
 *
 * @param provider of its kernel, for example CUDA or CPU
 * @param operator with its domain
 * @param node its name in the graph
 */
public record Placement(String provider, String operator, String node) {
  static void record(OrtSessionOptions options) {
    try (BytePointer key = new BytePointer("session.record_ep_graph_assignment_info");
        BytePointer on = new BytePointer("1")) {
      Ort.check("record placements", Ort.API.AddSessionConfigEntry(options, key, on));
    }
  }

  static List<Placement> of(OrtSession session) {
    List<Placement> placements = new ArrayList<>();
    for (Pointer s : list((p, n) -> Ort.API.Session_GetEpGraphAssignmentInfo(session, p, n))) {
      OrtEpAssignedSubgraph subgraph = new OrtEpAssignedSubgraph(s);
      String provider = text(p -> Ort.API.EpAssignedSubgraph_GetEpName(subgraph, p));
      for (Pointer n : list((p, c) -> Ort.API.EpAssignedSubgraph_GetNodes(subgraph, p, c))) {
        OrtEpAssignedNode node = new OrtEpAssignedNode(n);
        String domain = text(p -> Ort.API.EpAssignedNode_GetDomain(node, p));
        String operator = text(p -> Ort.API.EpAssignedNode_GetOperatorType(node, p));
        placements.add(
            new Placement(
                provider.replace("ExecutionProvider", ""),
                domain.isEmpty() ? operator : domain + "." + operator,
                text(p -> Ort.API.EpAssignedNode_GetName(node, p))));
      }
    }
    return List.copyOf(placements);
  }

  private interface Lister {
    OrtStatus list(PointerPointer<Pointer> pointers, SizeTPointer count);
  }

  private static List<Pointer> list(Lister lister) {
    List<Pointer> all = new ArrayList<>();
    // JavaCPP has such a call put the array's address into the pointer itself.
    try (PointerPointer<Pointer> pointers = new PointerPointer<>(1);
        SizeTPointer count = new SizeTPointer(1)) {
      Ort.check("list placements", lister.list(pointers, count));
      for (long i = 0; i < count.get(); i++) {
        all.add(pointers.get(i));
      }
    }
    return all;
  }

  // The text stays the session's.
  private static String text(Function<PointerPointer<Pointer>, OrtStatus> get) {
    return Ort.out("read a placement", get, BytePointer::new).getString();
  }
}
