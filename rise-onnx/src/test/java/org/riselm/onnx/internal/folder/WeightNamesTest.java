package org.riselm.onnx.internal.folder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.ModelWeightsWriter;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.model.DecoderConfig;

class WeightNamesTest {
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  @TempDir Path folder;

  private static DecoderConfig config(boolean tied) {
    return DecoderConfig.builder(7)
        .hiddenSize(8)
        .heads(2)
        .layers(2)
        .feedForwardSize(12)
        .tiedHead(tied)
        .build();
  }

  /** Reads weights that were written under other names; empty names are left out. */
  private void assertRead(boolean tied, UnaryOperator<String> names) throws IOException {
    try (ParameterBlock weights = ParameterBlock.random(config(tied), 1);
        ParameterBlock read = ParameterBlock.zeros(config(tied))) {
      List<TensorSource> stored = new ArrayList<>();
      for (Parameter p : weights.parameters()) {
        String name = names.apply(p.name());
        if (!name.isEmpty()) {
          stored.add(TensorSource.of(name, weights.tensor(p.name())));
        }
      }
      ModelWeightsWriter.write(folder, Dtype.F32, stored, Long.MAX_VALUE);
      try (ModelWeights opened = ModelFolder.openWeights(folder, config(tied))) {
        ModelFolder.copy(opened, read);
        for (Parameter p : weights.parameters()) {
          assertArrayEquals(
              weights.tensor(p.name()).toFloats(), read.tensor(p.name()).toFloats(), p.name());
          assertEquals(p.name(), opened.numbers(p.name()).name());
        }
      }
    }
  }

  private String refusal(boolean tied, UnaryOperator<String> names) {
    return assertThrows(IOException.class, () -> assertRead(tied, names)).getMessage();
  }

  @Test
  void aTiedModelMayHoldItsHeadOnly() throws IOException {
    assertRead(true, name -> name.equals(EMBEDDING) ? HEAD : name);
    assertRead(true, name -> name.equals(EMBEDDING) ? HEAD : name.substring("model.".length()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void namesMayLackTheModelBeforeThem(boolean tied) throws IOException {
    assertRead(tied, name -> name.equals(HEAD) ? name : name.substring("model.".length()));
    assertRead(tied, name -> "model." + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"module.", "_orig_mod.", "base_model.model."})
  void anotherPrefixIsRefusedByName(String prefix) {
    String message = refusal(true, name -> prefix + name);
    assertTrue(message.contains("\"" + prefix + "model.\""), message);
  }

  @Test
  void aModelThatIsNotTiedNeedsItsHead() {
    String message = refusal(false, name -> name.equals(HEAD) ? "" : name);
    assertTrue(message.contains(HEAD), message);
    message = refusal(false, name -> name.equals(EMBEDDING) ? "" : name);
    assertTrue(message.contains(EMBEDDING), message);
  }
}
