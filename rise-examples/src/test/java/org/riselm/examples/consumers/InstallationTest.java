package org.riselm.examples.consumers;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.riselm.examples.consumers.Poms.Coordinates;

/** docs/installation.md names what this build is built with. */
class InstallationTest {
  private static final Pattern GRADLE =
      Pattern.compile("\"([\\w.-]+:[\\w.-]+):([\\w.-]+)(?::([\\w$-]+))?\"");
  private Installation page;
  private Poms poms;
  private List<Coordinates> onnx;

  @BeforeEach
  void read() throws Exception {
    page = Installation.read();
    poms = new Poms();
    onnx = poms.dependencies(Path.of("..", "rise-onnx", "pom.xml"));
  }

  @Test
  void theNativesForGradleAreThoseThatMavenAddsOnEveryPlatform() {
    List<Coordinates> snippet = gradle(page.snippets("kotlin").get(0));

    assertEquals(
        Set.copyOf(page.classifiers()),
        onnx.stream().map(Coordinates::classifier).filter(c -> !c.isEmpty()).collect(toSet()));
    for (String classifier : page.classifiers()) {
      assertEquals(
          onnx.stream().filter(c -> c.classifier().equals(classifier)).collect(toSet()),
          snippet.stream()
              .filter(c -> c.classifier().equals("$natives"))
              .map(c -> new Coordinates(c.name(), c.version(), classifier))
              .collect(toSet()));
    }
  }

  @Test
  void theNativesForAnotherPlatformAreThoseThatMavenAddsThere() throws Exception {
    List<Coordinates> arm = poms.dependencies(page.snippets("xml").get(2));

    assertEquals(
        onnx.stream().filter(c -> c.classifier().equals("linux-arm64")).collect(toSet()),
        Set.copyOf(arm));
  }

  @Test
  void everyVersionIsTheOneOfThisBuild() throws Exception {
    Map<String, String> versions = new HashMap<>();
    Stream.of(onnx, poms.dependencies(Path.of("..", "pom.xml")))
        .flatMap(List::stream)
        .forEach(c -> versions.put(c.name(), c.version()));
    versions.put("org.riselm:rise-bom", poms.version());
    versions.put("org.bytedeco:onnxruntime-platform", versions.get("org.bytedeco:onnxruntime"));
    List<Coordinates> named = new ArrayList<>();
    for (String snippet : page.snippets("xml")) {
      named.addAll(poms.dependencies(snippet));
    }
    page.snippets("kotlin").forEach(snippet -> named.addAll(gradle(snippet)));

    assertFalse(named.isEmpty());
    for (Coordinates coordinates : named) {
      assertEquals(versions.get(coordinates.name()), coordinates.version(), coordinates.name());
    }
  }

  private static List<Coordinates> gradle(String snippet) {
    return GRADLE
        .matcher(snippet)
        .results()
        .map(m -> new Coordinates(m.group(1), m.group(2), m.group(3) == null ? "" : m.group(3)))
        .toList();
  }
}
