#!/bin/sh
# Builds libbips.so and installs it with its headers, its CMake and pkg-config files and the Python package.
#
#     native/build.sh PREFIX
set -eu

if [ $# -ne 1 ]; then
    sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi

root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
case $(uname -m) in
    x86_64) rid=linux-x64 ;;
    aarch64) rid=linux-arm64 ;;
    *) echo "Bips runs on x86-64 and arm64; this is $(uname -m)." >&2; exit 1 ;;
esac

log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet publish "$root/native/managed" -c Release -r "$rid" -v q --nologo >"$log" 2>&1 || { cat "$log" >&2; exit 1; }

version=$(sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' "$root/Directory.Build.props")
library=$root/artifacts/publish/Bips.Native/release_$rid/Bips.Native.so
mkdir -p "$prefix/lib/pkgconfig" "$prefix/lib/cmake/bips" "$prefix/include/bips"
install -m 755 "$library" "$prefix/lib/libbips.so.$version"
ln -sf "libbips.so.$version" "$prefix/lib/libbips.so.0"
ln -sf libbips.so.0 "$prefix/lib/libbips.so"
install -m 644 "$root"/native/include/bips/* "$prefix/include/bips/"
sed -e "s|@VERSION@|$version|" "$root/native/bips.pc.in" >"$prefix/lib/pkgconfig/bips.pc"
install -m 644 "$root/native/cmake/bips-config.cmake" "$prefix/lib/cmake/bips/bips-config.cmake"
sed -e "s|@VERSION@|$version|" "$root/native/cmake/bips-config-version.cmake.in" \
    >"$prefix/lib/cmake/bips/bips-config-version.cmake"
mkdir -p "$prefix/lib/python/bips"
install -m 644 "$root"/python/bips/*.py "$root/python/bips/py.typed" "$prefix/lib/python/bips/"
echo "libbips $version ($rid) installed into $prefix"
