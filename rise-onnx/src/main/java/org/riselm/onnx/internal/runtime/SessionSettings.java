package org.riselm.onnx.internal.runtime;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.Device;

/**
 * How a graph is loaded.
 *
 * @param threads that one run of the graph uses, the calling one included; at least 1
 * @param initializers tensors that stand in for the graph's external initializers, by name. They
 *     are read while the session loads and may be read at any later run, so they must stay open and
 *     unchanged for as long as the session is
 * @param device that the graph runs on
 * @param packed what a session on the CPU shares with others of the same initializers; null if it
 *     packs its weights for itself
 * @param isArenaShared whether the session's runs take memory from the environment's arena
 */
public record SessionSettings(
    int threads,
    Map<String, Tensor> initializers,
    Device device,
    @Nullable PackedWeights packed,
    boolean isArenaShared) {
  public SessionSettings {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + "; 1 or more");
    }
    initializers = Map.copyOf(initializers);
  }

  /** Settings for a session that shares nothing. */
  public SessionSettings(int threads, Map<String, Tensor> initializers, Device device) {
    this(threads, initializers, device, /* packed= */ null, /* isArenaShared= */ false);
  }

  /** Settings for a graph on the CPU. */
  public SessionSettings(int threads, Map<String, Tensor> initializers) {
    this(threads, initializers, Device.CPU);
  }

  /** Settings for a graph on the CPU without external initializers. */
  public static SessionSettings ofThreads(int threads) {
    return new SessionSettings(threads, Map.of());
  }

  /** This, on another device. */
  public SessionSettings on(Device other) {
    return new SessionSettings(threads, initializers, other, packed, isArenaShared);
  }

  /** This, with another number of threads. */
  public SessionSettings onThreads(int others) {
    return new SessionSettings(others, initializers, device, packed, isArenaShared);
  }

  /** This, with what is to be shared. */
  public SessionSettings sharing(PackedWeights shared) {
    return new SessionSettings(threads, initializers, device, shared, isArenaShared);
  }

  /** This, for a session in the environment's arena. */
  SessionSettings inSharedArena() {
    return new SessionSettings(threads, initializers, device, packed, /* isArenaShared= */ true);
  }
}
