package org.riselm.onnx.internal.jinja;

import static java.util.Objects.requireNonNull;

import java.time.LocalDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.jinja.Statement.Block;

/**
 * A chat template: text with Jinja tags, ready to render. Immutable and thread-safe.
 *
 * <p>It renders what Jinja2 does under the settings of Hugging Face transformers: an immutable
 * sandbox, {@code trim_blocks}, {@code lstrip_blocks}, the {@code break}, {@code continue} and
 * {@code generation} tags, and the functions {@code raise_exception}, {@code strftime_now} and
 * {@code tojson} of transformers. What it does not know, it refuses.
 */
public final class Template {
  private final Block body;
  private final Names names;

  private Template(Block body) {
    this.body = body;
    this.names = new Names(body);
  }

  /**
   * Reads {@code source}.
   *
   * @throws TemplateException if it is not well-formed or uses what is not supported
   */
  public static Template parse(String source) {
    return new Template(
        StatementParser.parse(ProvenanceCodec.wellFormed(requireNonNull(source, "source"))));
  }

  /**
   * The text of this template.
   *
   * @param variables by name: null, Boolean, Integer, Long, Double, String, Data, and lists and
   *     maps of these, the maps with strings for keys; an unpaired surrogate counts as U+FFFD
   * @throws TemplateException if it cannot be rendered, or a bound of {@code options} is reached
   * @throws IllegalArgumentException if a variable is of another type; names it
   */
  public String render(Map<String, ? extends @Nullable Object> variables, RenderOptions options) {
    return render(variables, options, false);
  }

  /**
   * As {@link #render(Map, RenderOptions)}, and tells which characters came from {@link UserText}
   * among the variables.
   *
   * @throws TemplateException also if the template treats its strings in a way that hides where
   *     their characters came from
   */
  public RenderedText trace(
      Map<String, ? extends @Nullable Object> variables, RenderOptions options) {
    String plain = render(variables, options, false);
    RenderedText traced = RenderedText.ofMarked(render(variables, options, true));
    if (!traced.text().equals(plain)) {
      throw new Position(1, 1)
          .unsupported("the template hides which characters of its text came from the messages");
    }
    return traced;
  }

  private String render(
      Map<String, ? extends @Nullable Object> variables, RenderOptions options, boolean tracing) {
    Meter meter = new Meter(options.maxWork());
    Operations operations = Operations.of(meter, LocalDateTime.now(options.clock()));
    Scope globals = new Scope(null);
    Globals.of(operations).forEach(globals::set);
    variables.forEach((name, value) -> globals.set(name, Values.fromJava(value, name, tracing)));
    return new Renderer(operations, names, tracing).render(body, globals);
  }
}
