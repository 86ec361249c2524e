package org.riselm.core.run;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.internal.run.RunDirectory;
import org.riselm.core.internal.run.StageLog;

/**
 * A digest of what a run did: equal for two runs that did the same, however often they were stopped
 * and resumed.
 *
 * @param parameters the SHA-256 of the last checkpoint's files, in hexadecimal
 * @param episodes the SHA-256 of all episodes, of training and of evaluation, in order
 */
public record RunDigest(String parameters, String episodes) {
  /**
   * {@return the digest of the run in {@code folder}, which may be open}
   *
   * @param folder the run directory
   * @throws RunException if it holds no unit
   */
  public static RunDigest of(Path folder) {
    Path file = folder.resolve(StageLog.NAME);
    Hasher episodes = Hashing.sha256().newHasher();
    String parameters = "";
    try {
      List<StageLog.Marked> units = new ArrayList<>();
      StageLog.scan(file, units);
      for (StageLog.Marked unit : units) {
        parameters = unit.mark().path(RunDirectory.CHECKPOINT).asText(parameters);
        StageLog.read(file, unit).lines().stream()
            .filter(line -> line.has("episode"))
            .forEach(
                line -> episodes.putString(line.get("episode") + "\n", StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new RunException("%s: could not read it: %s".formatted(file, e), e);
    }
    if (parameters.isEmpty()) {
      throw new RunException(folder + " holds no run yet");
    }
    return new RunDigest(parameters, episodes.hash().toString());
  }
}
