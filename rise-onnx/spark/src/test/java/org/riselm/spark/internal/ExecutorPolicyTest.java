package org.riselm.spark.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.riselm.onnx.Device;
import org.riselm.spark.Slot;

class ExecutorPolicyTest {
  private static Slot with(String... addresses) {
    return ExecutorPolicy.slot(4, Map.of("gpu", new ResourceInformation("gpu", addresses)));
  }

  @Test
  void theDeviceIsTheGpuThatSparkGave() {
    assertEquals(Device.cuda(3), with("3").device());
    assertEquals(Device.cuda(1), with("1", "2").device());
    assertEquals(4, with("3").threads());
  }

  @Test
  void withoutAGpuItIsTheCpu() {
    Slot slot = ExecutorPolicy.slot(2, Map.of());
    assertEquals(Device.CPU, slot.device());
    assertEquals(2, slot.threads());
  }

  @Test
  void anAddressThatIsNoNumberIsRefusedWithWhatToDo() {
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> with("GPU-5a6b"));
    assertTrue(e.getMessage().contains("GPU-5a6b"), e.getMessage());
    assertTrue(e.getMessage().contains("discovery script"), e.getMessage());
  }
}
