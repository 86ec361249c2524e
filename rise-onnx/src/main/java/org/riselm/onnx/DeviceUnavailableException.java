package org.riselm.onnx;

/** A device was asked for that cannot start on this machine. The message says why. */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says why {@code device} cannot start.
   *
   * @param device the device
   * @param reason what is missing, and where it was looked for
   */
  public DeviceUnavailableException(Device device, String reason) {
    super(
        "%s cannot start. The CPU is used instead only if you ask for it, by Device.cudaOrCpu().%n%s"
            .formatted(device, reason));
  }
}
