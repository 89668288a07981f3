#!/bin/sh
# Builds libbips.so and installs it with its headers into a prefix.
#
#     native/build.sh PREFIX [FRAMEWORK]
#
# FRAMEWORK: net10.0 or net9.0; by default net10.0 where its native compiler can be had, else net9.0.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
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
publish() {
    dotnet publish "$root/Bips.Native" -c Release -f "$1" -r "$rid" -v q --nologo >"$log" 2>&1
}

framework=${2:-net10.0}
if ! publish "$framework"; then
    if [ $# -eq 2 ] || grep -q 'error CS\|error MA\|error CA\|error IDE' "$log"; then
        cat "$log" >&2
        exit 1
    fi

    echo "libbips: no native compiler for net10.0 here; building for net9.0 instead."
    framework=net9.0
    publish "$framework" || { cat "$log" >&2; exit 1; }
fi

version=$(sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' "$root/Directory.Build.props")
library=$root/artifacts/publish/Bips.Native/release_${framework}_$rid/Bips.Native.so
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
echo "libbips $version ($framework, $rid) installed into $prefix"
