package org.riselm.core.internal.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.core.run.RunException;

/**
 * What a run is: {@code manifest.json}.
 *
 * @param format of the run directory; {@value #FORMAT}
 * @param configuration of the trainer, by the name of the setting
 * @param environment the library, Java and system that began the run
 */
public record Manifest(
    int format, Map<String, String> configuration, Map<String, String> environment) {
  static final int FORMAT = 1;
  static final String NAME = "manifest.json";

  public Manifest {
    configuration = new TreeMap<>(configuration);
    environment = new TreeMap<>(environment);
  }

  /** The manifest of a run that begins here and now. */
  static Manifest of(Map<String, String> configuration, Map<String, String> policy) {
    Map<String, String> environment = new TreeMap<>(policy);
    environment.put("java", System.getProperty("java.version", "unknown"));
    environment.put("virtualMachine", System.getProperty("java.vm.name", "unknown"));
    // Math.exp and its kin may differ between processors, and with them a run's last bits.
    environment.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    environment.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    environment.put("rise", version());
    return new Manifest(FORMAT, configuration, environment);
  }

  /** The library's version, from a file that is there in any kind of jar and on any path. */
  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = Manifest.class.getResourceAsStream("version.properties")) {
      properties.load(requireNonNull(in, "version.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }

  public static Manifest read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    try {
      JsonNode json = RunJson.MAPPER.readTree(InputFiles.text(file));
      int format = json.path("format").asInt(0);
      if (format != FORMAT) {
        throw new RunException(
            "%s has the format %d; this library reads %d. Use the library that wrote it, or a new folder"
                .formatted(file, format, FORMAT));
      }
      return RunJson.MAPPER.treeToValue(json, Manifest.class);
    } catch (JsonProcessingException e) {
      throw new RunException(
          "%s is not a manifest: %s. Put back a copy, or use a new folder"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  void write(Path folder) throws IOException {
    ObjectNode json = RunJson.MAPPER.createObjectNode().put("format", format);
    json.set("configuration", RunJson.tree(configuration));
    json.set("environment", RunJson.tree(environment));
    AtomicFiles.replace(folder.resolve(NAME), RunJson.pretty(json));
  }

  /** A line for each entry in which {@code now} is not {@code then}. */
  static String differences(Map<String, String> then, Map<String, String> now) {
    TreeSet<String> names = new TreeSet<>(then.keySet());
    names.addAll(now.keySet());
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      if (!Objects.equals(then.get(name), now.get(name))) {
        text.append("%n  %s: was %s, is %s".formatted(name, then.get(name), now.get(name)));
      }
    }
    return text.toString();
  }
}
