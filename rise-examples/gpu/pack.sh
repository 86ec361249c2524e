#!/usr/bin/env bash
# Packs everything that a GPU machine without Java and without a network needs, in parts of at most 48 MiB:
#
#   rise-examples/gpu/pack.sh OUT
#
# Build first: ./mvnw -q -DskipTests package. JAVA_HOME's jlink makes the Java runtime; GPU_NATIVES names the
# jar org.bytedeco:onnxruntime:…:linux-x86_64-gpu, by default the one in the local Maven repository
# (docs/installation.md says how to have it fetched). README.md beside this says how the parts travel.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?"usage: pack.sh OUT"}
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v jlink)")")")}
version=$(sed -n 's|.*<onnxruntime.version>\(.*\)</onnxruntime.version>.*|\1|p' "$here/../../pom.xml")
name=onnxruntime-$version-linux-x86_64-gpu.jar
natives=${GPU_NATIVES:-$HOME/.m2/repository/org/bytedeco/onnxruntime/$version/$name}
classpath=$here/../target/classpath
[ -f "$natives" ] || { echo "There is no $natives; name the GPU natives by GPU_NATIVES." >&2; exit 2; }
[ -f "$classpath" ] || { echo "The examples are not built yet: ./mvnw -q -DskipTests package" >&2; exit 2; }

mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/bundle
mkdir -p "$bundle/jars"

# java.management and jdk.unsupported are for JavaCPP, JNA and protobuf; the rest for the library.
"$java_home/bin/jlink" --output "$bundle/java" --strip-debug --no-header-files --no-man-pages \
  --add-modules java.base,java.logging,java.management,java.net.http,java.desktop,java.sql,jdk.unsupported,jdk.zipfs

# The jars, without the natives that the GPU's replace.
tr ':' '\n' < "$classpath" | while read -r jar || [ -n "$jar" ]; do
  case $jar in
    */onnxruntime-*-linux-x86_64.jar) ;;
    *.jar) cp "$jar" "$bundle/jars/" ;;
    */target/classes) (cd "$jar" && zip -qr "$bundle/jars/$(basename "$(dirname "$(dirname "$jar")")").jar" .) ;;
  esac
done
(cd "$here/../target/classes" && zip -qr "$bundle/jars/rise-examples.jar" .)
cp "$natives" "$bundle/jars/"
cp "$here/run-all.sh" "$here"/*.py "$bundle/"

tar -C "$work" -cf - bundle | gzip -1 | split -b 48M -d - "$out/bundle.part."
(cd "$out" && sha256sum bundle.part.* > bundle.sha256)
ls -la "$out"
