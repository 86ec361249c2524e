package org.riselm.onnx;

import org.riselm.onnx.internal.device.CudaDiagnosis;

/** A device was asked for that cannot start here; the message is the doctor's. */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceUnavailableException(Device device, CudaDiagnosis diagnosis) {
    super(
        "%s cannot start. The CPU is used instead only if you ask for it, by Device.cudaOrCpu().%n%s"
            .formatted(device, diagnosis));
  }
}
