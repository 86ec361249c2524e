package org.riselm.onnx.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of a device's memory this process uses: tensors, and what sessions take for weights and
 * runs. ONNX Runtime's arenas may hold somewhat more than is in use. Thread-safe.
 */
public final class DeviceUse {
  private static final Map<Device, DeviceUse> ALL = new ConcurrentHashMap<>();

  private final List<OnnxSession> sessions = new ArrayList<>();
  private long tensors;
  private long mostTensors;
  private long mostInSessions;

  private DeviceUse() {}

  /** The use of {@code device}; only of devices that have memory of their own is anything known. */
  public static DeviceUse of(Device device) {
    return ALL.computeIfAbsent(device, d -> new DeviceUse());
  }

  /** Bytes in use now. */
  public synchronized long bytes() {
    return tensors + sessions.stream().mapToLong(s -> s.arena(ArenaUse.Figure.NOW)).sum();
  }

  /**
   * The most bytes that were in use since {@link #restart}, at most: of tensors at one time, and of
   * the sessions that were open at one time, each at its largest.
   */
  public synchronized long most() {
    lookAtSessions();
    return mostTensors + mostInSessions;
  }

  /** Begins to look for the most anew. Sessions that stay open count as what they were at most. */
  public synchronized void restart() {
    mostTensors = tensors;
    mostInSessions = 0;
  }

  synchronized void taken(long bytes) {
    tensors += bytes;
    mostTensors = Math.max(mostTensors, tensors);
  }

  synchronized void givenBack(long bytes) {
    tensors -= bytes;
  }

  synchronized void opened(OnnxSession session) {
    sessions.add(session);
  }

  /** Before the session closes. */
  synchronized void closing(OnnxSession session) {
    lookAtSessions();
    sessions.remove(session);
  }

  private void lookAtSessions() {
    long now = sessions.stream().mapToLong(s -> s.arena(ArenaUse.Figure.MOST)).sum();
    mostInSessions = Math.max(mostInSessions, now);
  }
}
