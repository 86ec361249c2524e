package org.riselm.onnx.internal.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.riselm.onnx.Device;

/**
 * How much of a device's memory this process uses: tensors, and what sessions take for weights and
 * runs. ONNX Runtime's arenas may hold somewhat more than is in use. Thread-safe.
 */
public final class DeviceMemoryUse {
  private static final Map<Device, DeviceMemoryUse> ALL = new ConcurrentHashMap<>();

  private final List<OnnxSession> sessions = new ArrayList<>();
  private long tensors;
  private long mostTensors;
  private long mostInSessions;

  private DeviceMemoryUse() {}

  /** The use of {@code device}; only of devices that have memory of their own is anything known. */
  public static DeviceMemoryUse of(Device device) {
    return ALL.computeIfAbsent(device, d -> new DeviceMemoryUse());
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

  public synchronized void taken(long bytes) {
    tensors += bytes;
    mostTensors = Math.max(mostTensors, tensors);
  }

  public synchronized void givenBack(long bytes) {
    tensors -= bytes;
  }

  public synchronized void opened(OnnxSession session) {
    sessions.add(session);
  }

  /** Before the session closes. */
  public synchronized void closing(OnnxSession session) {
    lookAtSessions();
    sessions.remove(session);
  }

  private void lookAtSessions() {
    long now = sessions.stream().mapToLong(s -> s.arena(ArenaUse.Figure.MOST)).sum();
    mostInSessions = Math.max(mostInSessions, now);
  }
}
