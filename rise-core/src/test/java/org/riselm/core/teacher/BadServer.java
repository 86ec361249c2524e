package org.riselm.core.teacher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** An endpoint of OpenAI's kind that misbehaves as it is told, request by request. */
final class BadServer implements AutoCloseable {
  enum Mood {
    WELL,
    SLOW,
    STALLED,
    DROPPED,
    RATE_LIMITED,
    RATE_LIMITED_WITH_HINT,
    BROKEN,
    HALF_A_BODY,
    GARBAGE,
    NO_CHOICES,
    TWO_CHOICES,
    EMPTY,
    REFUSED,
    FORBIDDEN
  }

  static final int INPUT_TOKENS = 7;
  static final int OUTPUT_TOKENS = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  final AtomicInteger requests = new AtomicInteger();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final IntFunction<Mood> moods;
  private final Map<Mood, AtomicInteger> counts = new ConcurrentHashMap<>();

  /** A server on a free port; {@code moods} gives the mood of the n-th request, from 0. */
  BadServer(IntFunction<Mood> moods) throws IOException {
    this.moods = moods;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** How many requests met {@code mood}. */
  long count(Mood mood) {
    return counts.getOrDefault(mood, new AtomicInteger()).get();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/v1";
  }

  /** What a well-behaved answer to {@code prompt} says. */
  static String answerTo(String prompt) {
    return "answer to " + prompt;
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    JsonNode messages = request.get("messages");
    String prompt = messages.get(0).get("content").asText();
    Mood mood = moods.apply(requests.getAndIncrement());
    counts.computeIfAbsent(mood, m -> new AtomicInteger()).incrementAndGet();
    try (exchange) {
      switch (mood) {
        case WELL -> reply(exchange, 200, completion(prompt, 1));
        case SLOW -> {
          pause(20);
          reply(exchange, 200, completion(prompt, 1));
        }
        case STALLED -> pause(3_000);
        case DROPPED -> {}
        case RATE_LIMITED -> reply(exchange, 429, "{\"error\": {\"message\": \"slow down\"}}");
        case RATE_LIMITED_WITH_HINT -> {
          exchange.getResponseHeaders().add("Retry-After", "1");
          reply(exchange, 429, "{\"error\": {\"message\": \"Please try again in 30ms.\"}}");
        }
        case BROKEN -> reply(exchange, 500, "out of order");
        case HALF_A_BODY -> {
          byte[] body = completion(prompt, 1).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body, 0, body.length / 2);
          exchange.getResponseBody().flush();
        }
        case GARBAGE -> reply(exchange, 200, "{\"choices\": [{\"mess");
        case NO_CHOICES -> reply(exchange, 200, completion(prompt, 0));
        case TWO_CHOICES -> reply(exchange, 200, completion(prompt, 2));
        case EMPTY -> reply(exchange, 200, empty());
        case REFUSED ->
            reply(
                exchange,
                400,
                "{\"error\": {\"message\": \"Unsupported value: 'temperature' does not support"
                    + " 0.5\"}}");
        case FORBIDDEN -> reply(exchange, 401, "{\"error\": {\"message\": \"no such key\"}}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A response that spent its tokens on thinking. */
  private static String empty() {
    return completion("", 1)
        .replace("\"stop\"", "\"length\"")
        .replace("\"" + answerTo("") + "\"", "\"\"");
  }

  private static void pause(long millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static String completion(String prompt, int choices) {
    ObjectNode root = JSON.createObjectNode();
    root.put("id", "x").put("object", "chat.completion").put("created", 1).put("model", "bad");
    ArrayNode list = root.putArray("choices");
    for (int i = 0; i < choices; i++) {
      ObjectNode choice = list.addObject().put("index", i).put("finish_reason", "stop");
      String text = i == 0 ? answerTo(prompt) : "another answer";
      choice.putObject("message").put("role", "assistant").put("content", text);
    }
    root.putObject("usage")
        .put("prompt_tokens", INPUT_TOKENS)
        .put("completion_tokens", OUTPUT_TOKENS)
        .put("total_tokens", INPUT_TOKENS + OUTPUT_TOKENS);
    return root.toString();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
