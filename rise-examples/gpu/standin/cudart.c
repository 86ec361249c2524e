/*
 * A CUDA runtime without a GPU: memory is the host's, copies are copies, and kernels are not run.
 * ONNX Runtime's real CUDA provider loads on it, places nodes, plans and moves memory, and calls
 * everything as on a GPU; only the numbers are missing. make.sh adds the functions that are not here.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The beginning of CUDA 13's cudaDeviceProp, as far as anything reads it. */
struct properties {
  char name[256];
  char uuid[16];
  char luid[8];
  unsigned luidDeviceNodeMask;
  size_t totalGlobalMem;
  size_t sharedMemPerBlock;
  int regsPerBlock;
  int warpSize;
  size_t memPitch;
  int maxThreadsPerBlock;
  int maxThreadsDim[3];
  int maxGridSize[3];
  size_t totalConstMem;
  int major;
  int minor;
  size_t textureAlignment;
  size_t texturePitchAlignment;
  int multiProcessorCount;
};

enum { SUCCESS = 0, OUT_OF_MEMORY = 2 };

/* STANDIN_MEMORY: the device's memory in bytes; 8 GiB if not set. */
static size_t total(void) {
  const char *set = getenv("STANDIN_MEMORY");
  return set ? strtoull(set, NULL, 10) : (size_t)8 << 30;
}

static size_t used;

/* Every block has its size in front, so that what is free can be told. */
static int allocate(void **pointer, size_t bytes) {
  if (__atomic_add_fetch(&used, bytes, __ATOMIC_SEQ_CST) > total()) {
    __atomic_sub_fetch(&used, bytes, __ATOMIC_SEQ_CST);
    *pointer = NULL;
    return OUT_OF_MEMORY;
  }
  char *block = aligned_alloc(256, (bytes + 511) / 256 * 256);
  if (!block) {
    return OUT_OF_MEMORY;
  }
  memset(block, 0, (bytes + 511) / 256 * 256);
  *(size_t *)block = bytes;
  *pointer = block + 256;
  return SUCCESS;
}

static int release(void *pointer) {
  if (pointer) {
    char *block = (char *)pointer - 256;
    __atomic_sub_fetch(&used, *(size_t *)block, __ATOMIC_SEQ_CST);
    free(block);
  }
  return SUCCESS;
}

int cudaMalloc(void **pointer, size_t bytes) { return allocate(pointer, bytes); }
int cudaFree(void *pointer) { return release(pointer); }
int cudaMallocFromPoolAsync(void **pointer, size_t bytes, void *pool, void *stream) {
  return allocate(pointer, bytes);
}
int cudaFreeAsync(void *pointer, void *stream) { return release(pointer); }

int cudaMallocHost(void **pointer, size_t bytes) {
  *pointer = calloc(1, bytes);
  return *pointer ? SUCCESS : OUT_OF_MEMORY;
}
int cudaHostAlloc(void **pointer, size_t bytes, unsigned flags) {
  return cudaMallocHost(pointer, bytes);
}
int cudaFreeHost(void *pointer) {
  free(pointer);
  return SUCCESS;
}

int cudaMemGetInfo(size_t *unused, size_t *all) {
  *all = total();
  *unused = total() - used;
  return SUCCESS;
}

int cudaMemcpy(void *to, const void *from, size_t bytes, int kind) {
  memmove(to, from, bytes);
  return SUCCESS;
}
int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *stream) {
  return cudaMemcpy(to, from, bytes, kind);
}
int cudaMemcpy2D(void *to, size_t toPitch, const void *from, size_t fromPitch, size_t width,
                 size_t height, int kind) {
  for (size_t i = 0; i < height; i++) {
    memmove((char *)to + i * toPitch, (const char *)from + i * fromPitch, width);
  }
  return SUCCESS;
}
int cudaMemcpy2DAsync(void *to, size_t toPitch, const void *from, size_t fromPitch, size_t width,
                      size_t height, int kind, void *stream) {
  return cudaMemcpy2D(to, toPitch, from, fromPitch, width, height, kind);
}
int cudaMemset(void *pointer, int value, size_t bytes) {
  memset(pointer, value, bytes);
  return SUCCESS;
}
int cudaMemsetAsync(void *pointer, int value, size_t bytes, void *stream) {
  return cudaMemset(pointer, value, bytes);
}

int cudaGetDeviceCount(int *count) {
  *count = 1;
  return SUCCESS;
}
int cudaGetDevice(int *device) {
  *device = 0;
  return SUCCESS;
}
int cudaDriverGetVersion(int *version) {
  *version = 13000;
  return SUCCESS;
}
int cudaRuntimeGetVersion(int *version) {
  *version = 13000;
  return SUCCESS;
}
int cudaGetDeviceProperties(struct properties *p, int device) {
  strcpy(p->name, "stand-in, sm_90");
  p->totalGlobalMem = total();
  p->sharedMemPerBlock = 49152;
  p->regsPerBlock = 65536;
  p->warpSize = 32;
  p->memPitch = 2147483647;
  p->maxThreadsPerBlock = 1024;
  for (int i = 0; i < 3; i++) {
    p->maxThreadsDim[i] = i == 2 ? 64 : 1024;
    p->maxGridSize[i] = i == 0 ? 2147483647 : 65535;
  }
  p->totalConstMem = 65536;
  p->major = 9;
  p->minor = 0;
  p->textureAlignment = 512;
  p->multiProcessorCount = 132;
  return SUCCESS;
}
int cudaDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
    case 16: *value = 132; break;    /* multiprocessors */
    case 75: *value = 9; break;      /* compute capability */
    case 76: *value = 0; break;
    case 97: *value = 232448; break; /* shared memory per block, opted in */
    case 81: *value = 233472; break; /* shared memory per multiprocessor */
    default: *value = 1024;
  }
  return SUCCESS;
}

/* Handles are addresses that nobody looks behind. */
static char handle[64];
int cudaStreamCreateWithFlags(void **stream, unsigned flags) {
  *stream = handle;
  return SUCCESS;
}
int cudaEventCreate(void **event) {
  *event = handle;
  return SUCCESS;
}
int cudaEventCreateWithFlags(void **event, unsigned flags) { return cudaEventCreate(event); }
int cudaEventElapsedTime(float *milliseconds, void *from, void *to) {
  *milliseconds = 1;
  return SUCCESS;
}
int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, const void *function,
                                                           int threads, size_t shared,
                                                           unsigned flags) {
  *blocks = 1;
  return SUCCESS;
}
int cudaFuncGetAttributes(void *attributes, const void *function) {
  memset(attributes, 0, 64);
  return SUCCESS;
}
int cudaLaunchHostFunc(void *stream, void (*function)(void *), void *argument) {
  function(argument);
  return SUCCESS;
}
const char *cudaGetErrorString(int error) {
  return error == OUT_OF_MEMORY ? "out of memory" : "error of the stand-in";
}
const char *cudaGetErrorName(int error) {
  return error == OUT_OF_MEMORY ? "cudaErrorMemoryAllocation" : "cudaErrorUnknown";
}

void **__cudaRegisterFatBinary(void *binary) { return (void **)handle; }
unsigned __cudaPushCallConfiguration(long grid, int gridZ, long block, int blockZ, size_t shared,
                                     void *stream) {
  return SUCCESS;
}
