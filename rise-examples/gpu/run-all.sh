#!/usr/bin/env bash
# Every GPU check and benchmark, in one sitting: run-all.sh [cuda|rehearsal] [8b|tiny] [TABLE.md]
#
# Runs from the unpacked bundle that pack.sh makes; needs neither Java nor a network. On a GPU it takes its CUDA
# libraries from the machine or from the Python that holds PyTorch (PYTHON, by default python3), whose references it
# runs too where there is one. A stage that fails or outlasts its limit is a row that says so; the others go on.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
device=${1:-cuda}
shape=${2:-8b}
table=${3:-$here/table.md}
python=${PYTHON:-python3}

if [ "$device" = cuda ] && command -v "$python" > /dev/null; then
  wheels=$("$python" -c 'import glob, site; print(":".join(f for s in site.getsitepackages() for f in sorted(glob.glob(s + "/nvidia/*/lib"))))')
  export LD_LIBRARY_PATH=$wheels${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi

java() {
  "$here/java/bin/java" -Xmx4g -Dsun.stdout.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dorg.bytedeco.javacpp.cachedir="$here/cache" -Djna.tmpdir="$here" \
    -cp "$here/jars/*" "$@"
}
export -f java
export here

# stage NAME SECONDS COMMAND…: its rows go to the table, all it says to a log.
stage() {
  local name=$1 limit=$2
  shift 2
  local log=$here/$name.log started=$SECONDS
  timeout "$limit" bash -c '"$@"' stage "$@" > "$log" 2>&1
  local status=$?
  grep '^|' "$log" >> "$table"
  [ $status -eq 0 ] || echo "| stage $name | ended with $status after $((SECONDS - started)) s of $limit | 0 | **no** |" >> "$table"
  echo "$name: $status, $((SECONDS - started)) s"
}

{
  echo "# Checks and benchmarks on $device, shape $shape"
  echo
  echo "$(date -u +%Y-%m-%dT%H:%MZ), $(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader 2> /dev/null || echo no GPU)"
  echo
  java org.riselm.examples.Doctor | sed 's/^/    /'
  echo
  echo "| what | measured | wanted | good |"
  echo "| --- | --- | --- | --- |"
} > "$table" 2>&1

stage checks 240 java org.riselm.examples.gpu.GpuChecks "$device" "$shape"
stage lora 240 java org.riselm.examples.gpu.GpuLora "$device" "$shape"
stage decode 180 java org.riselm.examples.gpu.GpuDecode "$device" "$shape"
if command -v "$python" > /dev/null; then
  torch=$([ "$device" = cuda ] && echo cuda || echo cpu)
  stage reference-lora 240 "$python" "$here/reference.py" lora --device "$torch" --shape "$shape"
  stage reference-decode 240 "$python" "$here/reference.py" decode --device "$torch" --shape "$shape"
fi
cat "$table"
