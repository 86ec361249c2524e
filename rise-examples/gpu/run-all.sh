#!/usr/bin/env bash
# Every GPU check and benchmark, in one sitting or several:
#
#   run-all.sh [cuda|rehearsal] [8b|tiny] [OUT] [PART…]
#
# Runs from the unpacked bundle that pack.sh makes; needs neither Java nor a network. On a GPU it takes its CUDA
# libraries from the machine or from the Python that holds PyTorch (PYTHON, by default python3), whose references it
# runs too where there is one. OUT, by default results beside this, gets table.md after every part, and each part's
# log. Parts that are done there are not done again, unless they are named. SITTING, in seconds: no part begins that
# could outlast it; call again to go on. A part that fails or outlasts its own limit is a row that says so; the
# others go on.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
device=${1:-cuda}
shape=${2:-8b}
out=${3:-$here/results}
shift $(($# < 3 ? $# : 3))
python=${PYTHON:-python3}
torch=$([ "$device" = cuda ] && echo cuda || echo cpu)
mkdir -p "$out"

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

gpu=org.riselm.examples.lab.gpu
# A part's name, the seconds that it may take, and what it runs.
parts=(
  "placement 60 java $gpu.GpuPlacement $device"
  "checks 240 java $gpu.GpuChecks $device $shape"
  "lora 240 java $gpu.GpuLora $device $shape"
  "decode 180 java $gpu.GpuDecode $device $shape"
)
if command -v "$python" > /dev/null; then
  parts+=(
    "reference-lora 240 $python $here/reference.py lora --device $torch --shape $shape"
    "reference-decode 180 $python $here/reference.py decode --device $torch --shape $shape"
    "reference-decode-static 300 $python $here/reference.py decode-static --device $torch --shape $shape"
  )
fi

# The table of all parts so far, with what their rows say together.
table() {
  echo "# Checks and benchmarks on $device, shape $shape"
  echo
  cat "$out/about.md"
  echo
  echo "| what | measured | wanted | good |"
  echo "| --- | --- | --- | --- |"
  for part in "${parts[@]}"; do
    set -- $part
    [ -f "$out/$1.log" ] || continue
    grep '^|' "$out/$1.log"
    if [ ! -f "$out/$1.end" ]; then
      echo "| part $1 | was cut off | 0 | **no** |"
    elif ! grep -q '^0 ' "$out/$1.end"; then
      echo "| part $1 | ended with $(cat "$out/$1.end") | 0 | **no** |"
    fi
  done | tee "$out/rows.md"
  awk -F' *\\| *' -v tiny="$([ "$shape" = tiny ] && echo 1)" '
    function ratio(what, ours, theirs, wanted) {
      if (ours > 0 && theirs > 0) {
        good = (ours / theirs >= wanted) ? "yes" : (tiny ? "not asked of this shape" : "**no**")
        printf("| %s | %.2f | ≥ %s | %s |\n", what, ours / theirs, wanted, good)
      }
    }
    $2 == "LoRA training, tokens/s" { train = $3 }
    $2 ~ /^PEFT .*: LoRA training, tokens\/s$/ { peft = $3 }
    $2 == "decoding at batch 64, tokens/s" { decode = $3 }
    $2 ~ /^transformers .*: generate at batch 64, tokens\/s$/ { if ($3 + 0 > generate) generate = $3 + 0 }
    END {
      ratio("LoRA training over PEFT", train + 0, peft + 0, 1.2)
      ratio("decoding over the faster generate", decode + 0, generate + 0, 3)
    }' "$out/rows.md"
}

if [ ! -f "$out/about.md" ]; then
  {
    echo "$(date -u +%Y-%m-%dT%H:%MZ), $(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader 2> /dev/null || echo no GPU)"
    echo
    java org.riselm.examples.Doctor | sed 's/^/    /'
  } > "$out/about.md" 2>&1
fi

for part in "${parts[@]}"; do
  read -r name limit command <<< "$part"
  if [ $# -gt 0 ]; then
    case " $* " in *" $name "*) ;; *) continue ;; esac
  elif [ -f "$out/$name.end" ]; then
    continue
  fi
  if [ -n "${SITTING:-}" ] && [ $((SECONDS + limit)) -gt "$SITTING" ]; then
    echo "$name: could outlast this sitting; call again"
    break
  fi
  rm -f "$out/$name.end"
  started=$SECONDS
  timeout -k 10 "$limit" bash -c "$command" > "$out/$name.log" 2>&1
  echo "$? after $((SECONDS - started)) s of $limit" > "$out/$name.end"
  table > "$out/table.md"
  echo "$name: $(cat "$out/$name.end")"
done
table > "$out/table.md"
cat "$out/table.md"
