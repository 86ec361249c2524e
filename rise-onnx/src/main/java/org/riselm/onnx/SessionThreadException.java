package org.riselm.onnx;

/**
 * A session on a device was used by another thread than the one that loaded it. ONNX Runtime takes
 * memory of a device for every thread that runs a session, and gives it back with the session only.
 */
public final class SessionThreadException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * Names the device, the thread that loaded the session, and the one that used it.
   *
   * @param device the device
   * @param owner the thread that it belongs to
   * @param user the thread that called
   */
  public SessionThreadException(Device device, Thread owner, Thread user) {
    super(
        "the session on %s belongs to the thread \"%s\", which loaded it, and \"%s\" uses it; use a policy on a device from one thread, such as a single-thread executor's: every further one would take memory of the device and keep it"
            .formatted(device, owner.getName(), user.getName()));
  }
}
