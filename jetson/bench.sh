#!/usr/bin/env bash
# Runs the benchmarks on a Jetson, or on any other Linux machine, and records what board it is and how it is set.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# For tests: a directory that stands for /, and the size of the arrays that memory is measured with.
root=${BIPS_PROBE_ROOT:-}
array_mebibytes=${BIPS_PROBE_ARRAY_MIB:-64}

usage() {
  cat <<'HELP'
usage: jetson/bench.sh [--output DIR] [--name NAME] [--program FILE] [--max-clocks] [BENCH ARGUMENTS]

  --output DIR     where the report goes (artifacts/jetson)
  --name NAME      of the report's files (made of the board's model)
  --program FILE   the built benchmark program, instead of building it first
  --max-clocks     fix all clocks at the highest of the present power mode with jetson_clocks; the clocks as they were
                   are put back at the end. Without it nothing of the board's settings is touched
  BENCH ARGUMENTS  as of './build.sh bench', for example 'latency --quick'; 'all' without any
HELP
}

say() { printf '%s\n' "$*" >&2; }
fail() { say "jetson/bench.sh: $*"; exit 1; }

output=$here/../artifacts/jetson name='' program='' max_clocks=no
command="jetson/bench.sh$(printf ' %q' "$@")"
while (($#)); do
  case $1 in
    --output) output=${2:?--output needs a directory} && shift 2 ;;
    --name) name=${2:?--name needs a name} && shift 2 ;;
    --program) program=${2:?--program needs a file} && shift 2 ;;
    --max-clocks) max_clocks=yes && shift ;;
    -h | --help) usage && exit ;;
    *) break ;;
  esac
done

work=$(mktemp -d)
facts=$work/facts
clocks_changed=no

# privileged COMMAND...: as root, if that takes no password.
privileged() {
  if ((EUID == 0)); then
    "$@" </dev/null
  else
    sudo -n "$@" </dev/null
  fi
}

leave() {
  local status=$?
  trap - EXIT
  if [[ $clocks_changed == yes ]]; then
    if privileged jetson_clocks --restore "$work/clocks" >&2; then
      say "clocks are as they were"
    else
      say "jetson/bench.sh: the clocks could not be put back; a restart does it"
      status=1
    fi
  fi
  rm -rf "$work"
  exit "$status"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# one_line: standard input with '; ' for line ends, at most 2,000 characters.
one_line() {
  tr -d '\000\r' | awk 'NF { $1 = $1; printf "%s%s", separator, $0; separator = "; " }' | cut -c 1-2000
}

fact() { printf '%s: %s\n' "$1" "$2" >>"$facts"; }
unavailable() { fact "$1" "not available: $2"; }

# from_file NAME PATH: the text of a file.
from_file() {
  local text
  if [[ ! -r $root$2 ]]; then
    unavailable "$1" "no $2"
  else
    text=$(one_line <"$root$2")
    fact "$1" "${text:-empty}"
  fi
}

# from_command NAME COMMAND...: what a command prints, or why it does not. No command may wait for an answer.
from_command() {
  local what=$1 text status=0
  shift
  if ! command -v "$1" >/dev/null; then
    unavailable "$what" "no $1 on this machine"
    return
  fi
  text=$("$@" </dev/null 2>&1) || status=$?
  text=$(one_line <<<"$text")
  if ((status != 0)) && ((EUID != 0)) && command -v sudo >/dev/null; then
    if text=$(privileged "$@" 2>&1); then status=0; fi
    text=$(one_line <<<"$text")
  fi
  if ((status == 0)); then
    fact "$what" "${text:-nothing}"
  else
    unavailable "$what" "$1 ended with $status: ${text:-without a word}"
  fi
}

frequencies() {
  local policy text=''
  for policy in "$root"/sys/devices/system/cpu/cpufreq/policy*; do
    [[ -r $policy/scaling_governor ]] || continue
    text+="${text:+; }processors $(one_line <"$policy/related_cpus"): $(<"$policy/scaling_governor")"
    text+=" now $(read_or "$policy/scaling_cur_freq"),"
    text+=" $(read_or "$policy/scaling_min_freq")..$(read_or "$policy/scaling_max_freq") kHz"
  done
  if [[ -n $text ]]; then fact "frequencies" "$text"; else unavailable "frequencies" "no cpufreq policy is visible"; fi
}

read_or() { if [[ -r $1 ]]; then cat "$1"; else printf 'unknown'; fi }

bandwidth() {
  local compiler text
  compiler=$(command -v gcc || command -v cc || true)
  if [[ -z $compiler ]]; then
    unavailable "memory bandwidth" "no C compiler; install gcc"
  elif ! text=$("$compiler" -O3 -fopenmp -o "$work/stream" "$here/stream.c" 2>&1); then
    unavailable "memory bandwidth" "$compiler cannot compile stream.c: $(one_line <<<"$text")"
  elif ! text=$("$work/stream" "$array_mebibytes" 2>&1); then
    unavailable "memory bandwidth" "$(one_line <<<"$text")"
  else
    fact "memory bandwidth" "$text"
  fi
}

raise_clocks() {
  command -v jetson_clocks >/dev/null || fail "--max-clocks needs jetson_clocks, which this machine lacks"
  privileged jetson_clocks --store "$work/clocks" >&2 || fail "--max-clocks needs root: run it with sudo"
  clocks_changed=yes
  privileged jetson_clocks >&2 || fail "jetson_clocks could not raise the clocks"
}

[[ $max_clocks == no ]] || raise_clocks
say "recording the board"
[[ ! -r $root/proc/device-tree/model ]] || from_file "board" /proc/device-tree/model
from_file "L4T release" /etc/nv_tegra_release
from_command "JetPack" dpkg-query --show --showformat="\${Version}" nvidia-jetpack
from_command "power mode" nvpmodel -q
from_command "clocks" jetson_clocks --show
fact "clocks raised" "$max_clocks"
fact "command" "$command"
frequencies
bandwidth

if [[ -z $name ]]; then
  if [[ -r $root/proc/device-tree/model ]]; then
    name=$(tr -d '\000' <"$root/proc/device-tree/model" | tr '[:upper:]' '[:lower:]' |
      tr -cs '[:alnum:]' '-' | sed 's/^-//; s/-$//')
  else
    name=linux-$(uname -m)
  fi
fi

mkdir -p "$output"
(($#)) || set -- all
options=("$@" --facts "$facts" --json "$output/$name.json" --report "$output" --plots "$output")
if [[ -n $program ]]; then
  "$program" "${options[@]}"
else
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing; docs/jetson.md says how to get it"
  "$here/../build.sh" bench "${options[@]}"
fi
say "the report is $output/$name.html and $output/results.md, the results are $output/$name.json"
