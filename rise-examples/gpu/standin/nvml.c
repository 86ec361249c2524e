/* The driver's management library, as far as the Doctor asks it. */
#include <string.h>

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlSystemGetDriverVersion(char *text, unsigned length) {
  strncpy(text, "580.0 (stand-in)", length);
  return 0;
}
int nvmlSystemGetCudaDriverVersion_v2(int *version) {
  *version = 13000;
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned *count) {
  *count = 1;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
  static char handle[1];
  *device = handle;
  return 0;
}
int nvmlDeviceGetName(void *device, char *text, unsigned length) {
  strncpy(text, "stand-in, sm_90", length);
  return 0;
}
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory) {
  memory[0] = 8ULL << 30;
  memory[1] = 8ULL << 30;
  memory[2] = 0;
  return 0;
}
