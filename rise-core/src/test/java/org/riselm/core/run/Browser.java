package org.riselm.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.internal.run.RunJson;

/** Headless Chromium, driven as the W3C's WebDriver protocol says: clicks, keys, screenshots. */
public final class Browser implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
  private static final List<String> ARGUMENTS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--force-prefers-reduced-motion");

  private final Process driver;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final String session;

  private Browser(Path chromium, Path chromedriver, Path profile) throws Exception {
    driver =
        new ProcessBuilder(chromedriver.toString(), "--port=0").redirectErrorStream(true).start();
    String address = "http://127.0.0.1:" + port(driver) + "/session";
    ObjectNode capabilities = RunJson.MAPPER.createObjectNode();
    ObjectNode wanted = capabilities.putObject("capabilities").putObject("alwaysMatch");
    ObjectNode options = wanted.putObject("goog:chromeOptions");
    options.put("binary", chromium.toString());
    ArrayNode arguments = options.putArray("args");
    ARGUMENTS.forEach(arguments::add);
    arguments.add("--user-data-dir=" + profile);
    wanted.putObject("goog:loggingPrefs").put("browser", "ALL").put("performance", "ALL");
    session = address + "/" + post(address, capabilities).path("sessionId").asText();
  }

  /** A browser with a fresh profile in {@code profile}; empty if there is none on the path. */
  public static Optional<Browser> open(Path profile) throws Exception {
    Optional<Path> chromium = onPath("chromium");
    Optional<Path> chromedriver = onPath("chromedriver");
    return chromium.isEmpty() || chromedriver.isEmpty()
        ? Optional.empty()
        : Optional.of(new Browser(chromium.get(), chromedriver.get(), profile));
  }

  private static Optional<Path> onPath(String program) {
    return Splitter.on(File.pathSeparatorChar)
        .splitToStream(System.getenv().getOrDefault("PATH", ""))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String port(Process driver) throws IOException {
    BufferedReader lines = driver.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher port = PORT.matcher(line);
      if (port.find()) {
        return port.group(1);
      }
    }
    throw new IOException("chromedriver did not start");
  }

  private JsonNode post(String address, ObjectNode body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    JsonNode value = RunJson.MAPPER.readTree(answer).path("value");
    if (value.has("error")) {
      throw new IOException(address + " " + body + ": " + value.path("message").asText());
    }
    return value;
  }

  private static ObjectNode object() {
    return RunJson.MAPPER.createObjectNode();
  }

  public void load(Path page) throws Exception {
    post(session + "/url", object().put("url", page.toUri().toString()));
  }

  /** What the body of a function gives. */
  public JsonNode run(String script) throws Exception {
    ObjectNode body = object().put("script", script);
    body.putArray("args");
    return post(session + "/execute/sync", body);
  }

  /** Presses keys, one after the other, wherever the focus is. */
  public void press(String... keys) throws Exception {
    ObjectNode body = object();
    ObjectNode keyboard = body.putArray("actions").addObject();
    ArrayNode actions = keyboard.put("type", "key").put("id", "keyboard").putArray("actions");
    for (String key : keys) {
      actions.addObject().put("type", "keyDown").put("value", key);
      actions.addObject().put("type", "keyUp").put("value", key);
    }
    post(session + "/actions", body);
  }

  public void click(String selector) throws Exception {
    JsonNode element =
        post(session + "/element", object().put("using", "css selector").put("value", selector));
    post(session + "/element/" + element.elements().next().asText() + "/click", object());
  }

  /** Shows the page as a screen of another size, in another scheme of colors, does. */
  public void screen(int width, int height, boolean dark) throws Exception {
    ObjectNode metrics = object().put("width", width).put("height", height);
    devtools(
        "Emulation.setDeviceMetricsOverride",
        metrics.put("deviceScaleFactor", 1).put("mobile", width < 500));
    ObjectNode media = object();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    devtools("Emulation.setEmulatedMedia", media);
  }

  private JsonNode devtools(String command, ObjectNode parameters) throws Exception {
    ObjectNode body = object().put("cmd", command);
    body.set("params", parameters);
    return post(session + "/goog/cdp/execute", body);
  }

  /** The whole page, as a PNG. */
  public void screenshot(Path file) throws Exception {
    JsonNode shot =
        devtools(
            "Page.captureScreenshot",
            object().put("format", "png").put("captureBeyondViewport", true));
    Files.write(file, Base64.getDecoder().decode(shot.path("data").asText()));
  }

  /** What the page wrote to its console since the last call, errors too. */
  public List<String> console() throws Exception {
    List<String> messages = new ArrayList<>();
    post(session + "/se/log", object().put("type", "browser"))
        .forEach(entry -> messages.add(entry.toString()));
    return messages;
  }

  /** The addresses that were asked for since the last call. */
  public List<String> requests() throws Exception {
    List<String> addresses = new ArrayList<>();
    for (JsonNode entry : post(session + "/se/log", object().put("type", "performance"))) {
      JsonNode message = RunJson.MAPPER.readTree(entry.path("message").asText()).path("message");
      if (message.path("method").asText().equals("Network.requestWillBeSent")) {
        addresses.add(message.path("params").path("request").path("url").asText());
      }
    }
    return addresses;
  }

  @Override
  public void close() throws Exception {
    http.send(
        HttpRequest.newBuilder(URI.create(session)).DELETE().build(),
        HttpResponse.BodyHandlers.discarding());
    driver.destroy();
    driver.waitFor();
  }
}
