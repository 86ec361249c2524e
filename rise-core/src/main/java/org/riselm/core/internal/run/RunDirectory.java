package org.riselm.core.internal.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.report.RunReport;
import org.riselm.core.internal.util.Capabilities;
import org.riselm.core.internal.util.ProcessMemory;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.spi.DeviceMemoryMeter;
import org.riselm.core.run.RunException;

/**
 * A run on disk: a manifest, a journal of complete units, checkpoints of the parameters, and the
 * answers of the unit in flight. Whatever instant the process dies at, opening the directory again
 * finds every unit that was committed, whole, and nothing else.
 *
 * <p>One process at a time holds it. Not thread-safe.
 */
public final class RunDirectory implements AutoCloseable {
  private static final String LOCK = "lock";
  public static final String CHECKPOINT = "checkpoint";

  /** The learner's queries that are kept, and lost, together: enough to fill a machine. */
  private static final int BATCH = 256;

  /** The same for others: a teacher's answers cost money. */
  private static final int OTHERS_BATCH = 32;

  private static final System.Logger LOG = System.getLogger(RunDirectory.class.getName());

  private final Path folder;
  private final FileChannel lockFile;
  private final StageLog units;
  private final ResponseLog answers;
  private final Checkpoints checkpoints;
  private final TrainingJournal points;
  private final RunReport report;
  private final BackgroundWriter background = new BackgroundWriter();
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private @Nullable DeviceMemoryMeter work;

  private RunDirectory(
      Path folder,
      FileChannel lockFile,
      Map<String, String> configuration,
      Map<String, String> env,
      Duration interval)
      throws IOException {
    this.folder = folder;
    this.lockFile = lockFile;
    Manifest manifest = checked(Manifest.of(configuration, env));
    this.units = StageLog.open(folder.resolve(StageLog.NAME), this::note);
    this.answers = ResponseLog.open(folder, units.size(), background, interval);
    this.checkpoints = Checkpoints.of(folder);
    this.points = new TrainingJournal(folder, checkpoints, interval, this::note);
    this.report = new RunReport(folder, manifest);
    if (units.size() > 0 && !Files.exists(folder.resolve(RunReport.NAME))) {
      List<StageLog.Marked> all = units.all();
      background.add(() -> withoutHarm(() -> report.write(all, notes)));
    }
  }

  /**
   * Opens the run in {@code folder}, or begins one there.
   *
   * @param folder new, empty or a run directory
   * @param configuration what must not change during a run, by name
   * @param environment what is worth knowing about the policy and its backend, by name
   * @param interval between two checkpoints within a training, at least
   * @throws RunException if another process holds it, it is of another format, it holds something
   *     else, or the configuration is another; the message shows the difference
   */
  public static RunDirectory open(
      Path folder,
      Map<String, String> configuration,
      Map<String, String> environment,
      Duration interval) {
    FileChannel lockFile = null;
    try {
      refuseForeign(folder);
      Files.createDirectories(folder);
      lockFile =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      requireAlone(folder, lockFile);
      return new RunDirectory(folder, lockFile, configuration, environment, interval);
    } catch (IOException e) {
      closeQuietly(lockFile, e);
      throw new RunException(folder + " cannot be a run directory: " + e, e);
    } catch (RuntimeException e) {
      closeQuietly(lockFile, e);
      throw e;
    }
  }

  private static void refuseForeign(Path folder) throws IOException {
    if (!Files.isDirectory(folder) || Files.exists(folder.resolve(Manifest.NAME))) {
      return;
    }
    try (Stream<Path> all = Files.list(folder)) {
      // A process that died before it wrote the manifest leaves these two.
      Optional<Path> other =
          all.filter(p -> !p.endsWith(LOCK) && !p.endsWith("." + Manifest.NAME + ".draft"))
              .findAny();
      if (other.isPresent()) {
        throw new RunException(
            "%s holds %s but no %s, so it is no run directory; name a new or empty folder"
                .formatted(folder, other.get().getFileName(), Manifest.NAME));
      }
    }
  }

  private static void requireAlone(Path folder, FileChannel lockFile) throws IOException {
    FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new RunException(
          folder + " is in use by another trainer; wait for it, stop it, or name another folder");
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel, Exception cause) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** The manifest on disk, which agrees with {@code now}; {@code now} if there was none. */
  private Manifest checked(Manifest now) throws IOException {
    if (!Files.exists(folder.resolve(Manifest.NAME))) {
      now.write(folder);
      return now;
    }
    Manifest then = Manifest.read(folder);
    String changed = Manifest.differences(then.configuration(), now.configuration());
    if (!changed.isEmpty()) {
      throw new RunException(
          "%s was begun with another configuration:%s%nGo on with the old one, or name a new folder"
              .formatted(folder, changed));
    }
    String elsewhere = Manifest.differences(then.environment(), now.environment());
    if (!elsewhere.isEmpty()) {
      note("It was begun elsewhere, so the last bits of its numbers may differ:" + elsewhere);
    }
    return then;
  }

  private void note(String text) {
    notes.add(text);
    LOG.log(System.Logger.Level.WARNING, folder + ": " + text);
  }

  /** Returns whether nothing has been committed yet. */
  public boolean isNew() {
    return units.size() == 0;
  }

  /** What was found wrong when it was opened and what was done about it, for people to read. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** The unit of {@code stage} in {@code iteration}, if it is complete. */
  public Optional<StageRecord> unit(String stage, int iteration) {
    return units.find(stage, iteration);
  }

  /** Keeps {@code unit}; when this returns, it is on disk. The report follows. */
  public void commit(StageRecord unit) {
    commit(unit, (String) null);
  }

  /**
   * Keeps {@code unit} together with the parameters that {@code policy} has after it. The
   * checkpoint is on disk before the unit is.
   */
  public void commit(StageRecord unit, TrainablePolicy policy) {
    try {
      String sha256 = checkpoints.save(Checkpoints.afterIteration(unit.iteration()), policy::save);
      commit(unit, sha256);
    } catch (IOException e) {
      throw new RunException(
          "%s: could not save the checkpoint of iteration %d: %s; make room or mend the disk, then resume the run"
              .formatted(folder, unit.iteration(), e),
          e);
    }
  }

  /** From now on every unit's mark has what {@code work} used at most of a device's memory. */
  public void meter(DeviceMemoryMeter work) {
    this.work = work;
  }

  private void commit(StageRecord unit, @Nullable String checkpoint) {
    background.settle();
    ObjectNode mark =
        RunJson.MAPPER
            .createObjectNode()
            .put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
            .put("residentBytes", ProcessMemory.residentBytes());
    long deviceBytes = work == null ? 0 : work.drainPeakBytes();
    if (deviceBytes > 0) {
      mark.put("deviceBytes", deviceBytes);
    }
    if (checkpoint != null) {
      mark.put(CHECKPOINT, checkpoint);
    }
    StageLog.Marked place = units.append(unit, mark);
    forgetTheUnitInFlight();
    List<StageLog.Marked> all = units.all();
    background.add(
        () ->
            withoutHarm(
                () -> {
                  report.took(place, unit);
                  report.write(all, notes);
                }));
  }

  private interface ReportWork {
    void run() throws IOException;
  }

  /** Has {@code work} done on the report, which the run does not need: any failure is a note. */
  private void withoutHarm(ReportWork work) {
    try {
      work.run();
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      report.forget(); // What it holds may be what the heap has no room for.
      note("could not write " + RunReport.NAME + ": " + e + "; the run goes on");
    }
  }

  /**
   * Gives {@code policy} the parameters of the last whole checkpoint. If a later one is damaged,
   * the units from its training on are dropped, to be done again, and a {@linkplain #notes note}
   * says so.
   *
   * @return the iteration of the checkpoint; empty if the run has none yet
   * @throws RunException if the run had checkpoints and none is whole
   */
  public Optional<Integer> restore(TrainablePolicy policy) {
    background.settle();
    try {
      List<StageLog.Marked> saved =
          units.all().stream().filter(u -> u.mark().has(CHECKPOINT)).toList();
      for (int i = saved.size() - 1; i >= 0; i--) {
        StageLog.Marked unit = saved.get(i);
        String name = Checkpoints.afterIteration(unit.iteration());
        String fault = checkpoints.fault(name, unit.mark().get(CHECKPOINT).asText());
        if (fault.isEmpty()) {
          policy.restore(checkpoints.saved(name));
          return Optional.of(unit.iteration());
        }
        if (i == 0) {
          throw new RunException(
              "%s: no checkpoint is whole: %s. Put back a copy of one, or use a new folder"
                  .formatted(folder, fault));
        }
        note("%s; the training of iteration %d is done again".formatted(fault, unit.iteration()));
        units.cutBefore(unit);
        forgetTheUnitInFlight();
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new RunException(folder + ": could not restore a checkpoint: " + e, e);
    }
  }

  /**
   * Gives {@code policy} the parameters of the checkpoint of {@code iteration}.
   *
   * @throws RunException if the run keeps no whole one; says what is wrong with it
   */
  public void restore(int iteration, TrainablePolicy policy) {
    StageLog.Marked unit =
        units.all().stream()
            .filter(u -> u.iteration() == iteration && u.mark().has(CHECKPOINT))
            .reduce((earlier, later) -> later)
            .orElseThrow(
                () ->
                    new RunException(
                        "%s has no checkpoint of iteration %d".formatted(folder, iteration)));
    String name = Checkpoints.afterIteration(iteration);
    try {
      String fault = checkpoints.fault(name, unit.mark().get(CHECKPOINT).asText());
      if (!fault.isEmpty()) {
        throw new RunException(fault + ". Put back a copy of it, or use a new folder");
      }
      policy.restore(checkpoints.saved(name));
    } catch (IOException e) {
      throw new RunException(folder + ": could not restore a checkpoint: " + e, e);
    }
  }

  /** Deletes all checkpoints but those of {@code iterations}. */
  public void retain(Set<Integer> iterations) {
    try {
      checkpoints.retainIterations(
          iterations.stream().map(Checkpoints::afterIteration).collect(Collectors.toSet()));
    } catch (IOException e) {
      // The run does not need the room that this would have made.
      note("could not delete an old checkpoint: " + e);
    }
  }

  private void forgetTheUnitInFlight() {
    answers.clear(units.size());
    points.clear();
  }

  /** {@code policy}, whose answers and steps in the unit in flight are kept as they come. */
  public TrainablePolicy caching(TrainablePolicy policy) {
    CachingPolicy responses = new CachingPolicy("learner", policy, BATCH, answers);
    return Capabilities.keep(
        TrainablePolicy.class, new CachingLearner(policy, responses, points), policy);
  }

  /** {@code policy}, whose answers in the unit in flight are kept as they come. */
  public Policy caching(String name, Policy policy) {
    return Capabilities.keep(
        Policy.class, new CachingPolicy(name, policy, OTHERS_BATCH, answers), policy);
  }

  /** Lets go of the directory, for others to open. */
  @Override
  public void close() {
    try (lockFile;
        answers;
        points;
        units;
        background) {
      answers.write();
      LOG.log(System.Logger.Level.DEBUG, () -> folder + " is closed");
    } catch (IOException e) {
      throw new RunException(folder + ": could not close it: " + e, e);
    }
  }
}
