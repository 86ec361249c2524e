package org.riselm.examples.consumers;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The dependencies that the POMs of this build name, with their versions. */
final class Poms {
  private final Map<String, String> properties = new HashMap<>();

  /**
   * A dependency.
   *
   * @param name group and artifact, with a colon between
   * @param classifier or nothing
   */
  record Coordinates(String name, String version, String classifier) {}

  /** Reads the properties of the parent. */
  Poms() throws Exception {
    Element project = document(Path.of("..", "pom.xml")).getDocumentElement();
    properties.put("project.version", child(project, "version"));
    NodeList all = project.getElementsByTagName("properties").item(0).getChildNodes();
    for (int i = 0; i < all.getLength(); i++) {
      if (all.item(i) instanceof Element property) {
        properties.put(property.getTagName(), property.getTextContent());
      }
    }
  }

  /** The dependencies in a POM that have a version, in any section. */
  List<Coordinates> dependencies(Path pom) throws Exception {
    return dependencies(document(pom));
  }

  /** The dependencies in a part of a POM. */
  List<Coordinates> dependencies(String part) throws Exception {
    InputSource in = new InputSource(new StringReader("<part>" + part + "</part>"));
    return dependencies(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in));
  }

  /** The version of this build, as it will be released. */
  String version() {
    return properties.getOrDefault("project.version", "").replace("-SNAPSHOT", "");
  }

  private List<Coordinates> dependencies(Document document) {
    List<Coordinates> found = new ArrayList<>();
    NodeList all = document.getElementsByTagName("dependency");
    for (int i = 0; i < all.getLength(); i++) {
      Element dependency = (Element) all.item(i);
      String version = resolved(child(dependency, "version"));
      if (!version.isEmpty()) {
        String name = child(dependency, "groupId") + ":" + child(dependency, "artifactId");
        found.add(new Coordinates(name, version, child(dependency, "classifier")));
      }
    }
    return found;
  }

  private String resolved(String value) {
    return value.startsWith("${")
        ? properties.getOrDefault(value.substring(2, value.length() - 1), value)
        : value;
  }

  private static Document document(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
  }

  private static String child(Element element, String name) {
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node.getNodeName().equals(name)) {
        return node.getTextContent();
      }
    }
    return "";
  }
}
