package org.riselm.core.internal.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.run.Manifest;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.internal.run.StageLog;
import org.riselm.core.internal.run.StageRecord;
import org.riselm.core.internal.util.AtomicFiles;

/**
 * The page that shows a run to people: {@code report.html}, one file that needs no network. The
 * page's own script draws the pictures from the data that is written into it here.
 */
public final class RunReport {
  public static final String NAME = "report.html";

  private static final String DATA = "/*RUN*/";

  private final Path folder;
  private final Manifest manifest;
  private final IdentityHashMap<StageLog.Marked, ReportExcerpt> excerpts = new IdentityHashMap<>();

  /** The report of the run in {@code folder}, which has {@code manifest}. */
  public RunReport(Path folder, Manifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /** A unit was completed: it need not be read from disk. */
  public void took(StageLog.Marked place, StageRecord unit) {
    excerpts.put(place, ReportExcerpt.of(unit));
  }

  /** Writes the page of the run, which has come to {@code units}. */
  public void write(List<StageLog.Marked> units, List<String> notes) throws IOException {
    ReportData data = new ReportData(units, this::excerpt);
    String page =
        Resources.toString(Resources.getResource(RunReport.class, NAME), StandardCharsets.UTF_8);
    int at = page.indexOf(DATA);
    AtomicFiles.show(
        folder.resolve(NAME),
        whole -> {
          whole.write(page.substring(0, at).getBytes(StandardCharsets.UTF_8));
          try (JsonGenerator out = RunJson.MAPPER.createGenerator(whole)) {
            out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            out.setCharacterEscapes(new NoTags());
            out.writeStartObject();
            writeRun(out, notes);
            data.writeTo(out);
            out.writeEndObject();
          }
          whole.write(page.substring(at + DATA.length()).getBytes(StandardCharsets.UTF_8));
        });
    excerpts.keySet().retainAll(units);
    excerpts.replaceAll((unit, excerpt) -> data.shows(unit) ? excerpt : excerpt.numbers());
  }

  /** Forgets what was read for earlier reports. */
  public void forget() {
    excerpts.clear();
  }

  private ReportExcerpt excerpt(StageLog.Marked unit) {
    return excerpts.computeIfAbsent(
        unit, u -> ReportExcerpt.of(StageLog.read(folder.resolve(StageLog.NAME), u)));
  }

  private void writeRun(JsonGenerator out, List<String> notes) throws IOException {
    out.writeStringField("name", String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
    out.writeStringField("updated", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    out.writeFieldName("configuration");
    writeTexts(out, manifest.configuration());
    out.writeFieldName("environment");
    writeTexts(out, manifest.environment());
    out.writeArrayFieldStart("notes");
    for (String note : notes) {
      out.writeString(ReportData.cut(note));
    }
    out.writeEndArray();
  }

  private static void writeTexts(JsonGenerator out, Map<String, String> texts) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, String> text : texts.entrySet()) {
      out.writeStringField(text.getKey(), ReportData.cut(text.getValue()));
    }
    out.writeEndObject();
  }

  /** In a script element nothing but this character could end the data. */
  private static final class NoTags extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    private final int[] escapes = standardAsciiEscapesForJSON();

    NoTags() {
      escapes['<'] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return escapes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }
}
