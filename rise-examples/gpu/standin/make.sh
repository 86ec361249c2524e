#!/usr/bin/env bash
# Builds the stand-in for CUDA's libraries: make.sh <libonnxruntime_providers_cuda.so> <folder>
# Needs gcc and nm. Every function that the provider wants of CUDA and that cudart.c does not have
# becomes one that does nothing and says that all went well.
set -euo pipefail
provider=$1
out=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$out"
wanted=$(nm -D --undefined-only "$provider" | awk '{print $2}' | grep -E '@lib(cu|cudnn)')
for library in $(printf '%s\n' "$wanted" | sed 's/.*@//' | sort -u); do
  code=$out/${library%%.so*}-rest.c
  own=()
  written=
  case $library in
    libcudart.*)
      own=("$here/cudart.c")
      written=$(grep -oE '\b(__)?cuda[A-Za-z0-9]+\(' "$here/cudart.c" | tr -d '(' | sort -u)
      ;;
  esac
  {
    echo '#include <stddef.h>'
    echo '__attribute__((unused)) static char handle[64];'
    for symbol in $(printf '%s\n' "$wanted" | grep "@$library\$" | sed 's/@.*//' | sort -u); do
      if printf '%s\n' "$written" | grep -qx "$symbol"; then
        continue
      fi
      case $symbol in
        cudnnGetVersion) echo "size_t $symbol(void) { return 91000; }" ;;
        cudnnGetErrorString) echo "const char *$symbol(int e) { return \"error of the stand-in\"; }" ;;
        *Create | *Create_v2) echo "int $symbol(void **h) { *h = handle; return 0; }" ;;
        *) echo "int $symbol(void) { return 0; }" ;;
      esac
    done
  } > "$code"
  echo "$library { global: *; };" > "$out/version"
  gcc -w -O1 -fno-builtin -shared -fPIC -Wl,-soname,"$library" -Wl,--version-script="$out/version" \
    -o "$out/$library" "$code" ${own[@]+"${own[@]}"}
  rm "$code" "$out/version"
done
for part in libcudnn_graph.so.9 libcudnn_ops.so.9 libcuda.so.1 libnvidia-ml.so.1; do
  own=("$here/nothing.c")
  [ "$part" != libnvidia-ml.so.1 ] || own=("$here/nvml.c")
  gcc -shared -fPIC -Wl,-soname,"$part" -o "$out/$part" "${own[@]}"
done
ls "$out"
