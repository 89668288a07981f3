#!/usr/bin/env bash
# Builds, tests and shows Bips. Everything that a mode needs and the machine lacks is installed first when apt may
# be used, else the command that would install it is printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

configuration=Release
artifacts=$PWD/artifacts
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

usage() {
  cat <<'HELP'
usage: ./build.sh MODE [ARGUMENTS]

  build               build everything; leaves the tool at artifacts/bips
  demo [ARGUMENTS]    real video through a pool into three consumers, with a verdict
                      (arguments: artifacts/bips demo --help)
  test                every test of every language; ends with 'N passed, N failed'
  native [--prefix DIR]
                      libbips.so, headers, Python package and CMake files (into artifacts/prefix unless told otherwise)
  pack                NuGet packages of the libraries (into artifacts/packages)
  bench [limits|latency|wake|throughput|scale|frames|cpu|alternatives|published|questions|micro|all]
        [--quick] [--json FILE] [--report DIR] [--plots DIR] [--compare FILE]
                      measure, each figure beside the machine's own limit
  bench report FILE... [--report DIR] [--plots DIR]
                      reports of stored results, without measuring
  bench compare OLD NEW
                      stored results by ratio; exit code 3 when a figure is worse
  bench languages     what a call costs from C and from Python, beside the same call from C#
  torture [--minutes M] [--seed S]
                      kill -9 anybody at any step for a while (five minutes), then the verdict
  model               the protocol model, every configuration and every mutant (about ten minutes)
  soak                the tests with their long settings (about half an hour)
  format              put the sources into the house format
  clean               remove everything that was built
HELP
}

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# need COMMAND=PACKAGE...: installs the Debian packages of the commands (or files) that are missing.
need() {
  local missing=() pair
  for pair in "$@"; do
    local what=${pair%%=*} package=${pair#*=}
    [[ $what == /* ]] && { [[ -e $what ]] || missing+=("$package"); continue; }
    command -v "$what" >/dev/null || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  local run=(apt-get install -y --no-install-recommends "${missing[@]}")
  ((EUID == 0)) || run=(sudo "${run[@]}")
  if command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; then
    say "installing ${missing[*]}"
    local update=(apt-get update -qq)
    ((EUID == 0)) || update=(sudo "${update[@]}")
    "${update[@]}" >&2
    DEBIAN_FRONTEND=noninteractive "${run[@]}" >&2 || fail "could not install: ${missing[*]}"
  else
    fail "missing: ${missing[*]}; install with: sudo apt-get install -y ${missing[*]}"
  fi
}

# wish COMMAND=PACKAGE...: the same for what can be done without.
wish() {
  (need "$@") || say "going on without"
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
}

build() {
  need_dotnet
  say "building"
  dotnet build bips.sln -c "$configuration" -v quiet --nologo
  ln -sfn "bin/Bips.Cli/${configuration,,}/bips" "$artifacts/bips"
}

demo() {
  need ffmpeg=ffmpeg
  build
  "$artifacts/bips" demo "$@"
}

need_native() {
  need gcc=gcc g++=g++ cmake=cmake pkg-config=pkg-config /usr/include/zlib.h=zlib1g-dev
}

native() {
  local prefix=$artifacts/prefix
  while (($#)); do
    case $1 in
      --prefix) prefix=${2:?--prefix needs a directory} && shift 2 ;;
      *) fail "native knows --prefix DIR, not '$1'" ;;
    esac
  done
  need_dotnet
  need_native
  native/build.sh "$prefix"
}

pack() {
  need_dotnet
  local library
  for library in Bips.Signaler Bips.Core; do
    dotnet pack "$library" -c "$configuration" -o "$artifacts/packages" -v quiet --nologo
  done
}

# A report leaves out an alternative to Bips that cannot be installed.
wish_alternatives() {
  local libraries
  libraries=/usr/lib/$(uname -m)-linux-gnu
  wish gcc=gcc
  wish "$libraries/libzmq.so.5=libzmq5"
  wish "$libraries/gstreamer-1.0/libgstapp.so=gstreamer1.0-plugins-base" \
      "$libraries/gstreamer-1.0/libgstshm.so=gstreamer1.0-plugins-bad"
  wish iox-roudi=iceoryx "$libraries/libiceoryx_binding_c.so.2=libiceoryx-binding-c2"
}

bench() {
  if [[ ${1:-} == languages ]]; then
    native
    native/bench.sh "$artifacts/prefix"
  else
    case ${1:-} in
      '' | --[!h]*) set -- all "$@" ;;
    esac
    case $1 in
      all | limits | alternatives) wish_alternatives ;;
    esac
    build
    "$artifacts/bin/Bips.Benchmarks/${configuration,,}/Bips.Benchmarks" "$@"
  fi
}

torture() {
  local minutes=5 seed=$RANDOM
  while (($#)); do
    case $1 in
      --minutes) minutes=${2:?--minutes needs a number} && shift 2 ;;
      --seed) seed=${2:?--seed needs a number} && shift 2 ;;
      *) fail "torture knows --minutes M and --seed S, not '$1'" ;;
    esac
  done
  [[ $minutes =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ ]] || fail "minutes and seed are whole numbers"
  build
  "$artifacts/bin/Bips.Torture/${configuration,,}/Bips.Torture" run --seconds "$((minutes * 60))" --seed "$seed"
}

passed=0 failed=0 skipped=0

# suite NAME COMMAND...: runs a suite whose last line is 'N passed, N failed[, N skipped]' and adds it up.
suite() {
  local name=$1 log status=0 line
  shift
  say "suite: $name"
  mkdir -p "$artifacts/logs"
  log=$artifacts/logs/$name.log
  "$@" 2>&1 | tee "$log" || status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1) || true
  if [[ -z $line ]]; then
    printf '%s ended without a count (exit %s)\n' "$name" "$status" >&2
    failed=$((failed + 1))
    return
  fi
  local numbers
  read -ra numbers <<<"${line//[!0-9]/ }"
  passed=$((passed + numbers[0]))
  failed=$((failed + numbers[1]))
  skipped=$((skipped + ${numbers[2]:-0}))
  ((status == 0 || numbers[1] > 0)) || failed=$((failed + 1))
}

csharp_tests() {
  local status=0 log=$artifacts/logs/dotnet-test.log
  dotnet test Bips.Tests -c "$configuration" --no-build --nologo 2>&1 | tee "$log" || status=$?
  local counts='Failed: +([0-9]+), Passed: +([0-9]+), Skipped: +([0-9]+),'
  sed -nE "s/^(Passed|Failed|Skipped)! +- $counts.*/\3 passed, \2 failed, \4 skipped/p" "$log"
  return "$status"
}

format_check() {
  if dotnet format whitespace bips.sln --verify-no-changes --no-restore; then
    echo "1 passed, 0 failed"
  else
    echo "0 passed, 1 failed"
    return 1
  fi
}

script_check() {
  local script sound=0 faulty=0
  while IFS= read -r -d '' script; do
    if shellcheck "$script"; then sound=$((sound + 1)); else faulty=$((faulty + 1)); fi
  done < <(find . \( -name artifacts -o -name .git \) -prune -o -type f \( -name '*.sh' -o -path './.ci/*' \) -print0)
  echo "$sound passed, $faulty failed"
  ((faulty == 0 && sound > 0))
}

tests() {
  need_native
  wish_alternatives
  need ffmpeg=ffmpeg setpriv=util-linux unshare=util-linux spin=spin bwrap=bubblewrap podman=podman runc=runc \
      valgrind=valgrind \
    shellcheck=shellcheck clang-tidy=clang-tidy aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu \
    /usr/aarch64-linux-gnu/include/stdio.h=libc6-dev-arm64-cross qemu-aarch64-static=qemu-user-static \
    /usr/include/gtest/gtest.h=libgtest-dev /usr/bin/python3=python3 \
    /usr/lib/python3/dist-packages/numpy=python3-numpy /usr/lib/python3/dist-packages/torch=python3-torch
  build
  native
  pack
  local prefix=$artifacts/prefix
  mkdir -p "$artifacts/logs"
  suite format format_check
  suite scripts script_check
  suite csharp csharp_tests
  suite native native/test.sh "$prefix"
  suite python python/test.sh "$prefix"
  suite matrix native/matrix.sh "$prefix"
  suite samples samples/test.sh "$prefix"
  suite torture "$artifacts/bin/Bips.Torture/${configuration,,}/Bips.Torture" run --seconds 20 --seed 1
  suite model docs/model/run.sh --small
  local total="$passed passed, $failed failed"
  ((skipped == 0)) || total+=", $skipped skipped"
  echo "$total"
  ((failed == 0 && passed > 0))
}

mode=${1:-help}
shift || true
case $mode in
  build) build ;;
  demo) demo "$@" ;;
  test) tests ;;
  native) native "$@" ;;
  pack) pack ;;
  bench) bench "$@" ;;
  torture) torture "$@" ;;
  model) need spin=spin gcc=gcc && docs/model/run.sh ;;
  soak) BIPS_SOAK=1 tests ;;
  format) need_dotnet && dotnet format bips.sln ;;
  clean) rm -rf "$artifacts" ;;
  help | -h | --help) usage ;;
  *) usage >&2 && fail "there is no mode '$mode'" ;;
esac
