#!/bin/sh
# Runs the samples that need an installed library and checks what they print; those that are C# alone are run by
# Bips.Tests/SampleTests. The last line is "N passed, N failed".
#
#     samples/test.sh [PREFIX]
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
samples=$root/samples
prefix=${1:-$root/artifacts/prefix}
if [ $# -eq 0 ]; then
    "$root/native/build.sh" "$prefix" || { echo "0 passed, 1 failed"; exit 1; }
fi

prefix=$(cd "$prefix" && pwd)
python=${PYTHON:-/usr/bin/python3}
work=$root/artifacts/samples
mkdir -p "$work"
passed=0
failed=0
name=sample-$$
export PYTHONPATH="$prefix/lib/python" PYTHONDONTWRITEBYTECODE=1
unset BIPS_LIBRARY LD_LIBRARY_PATH

# check NAME FUNCTION: the function's output must have what it looks for.
check() {
    # In the background, because the shell ignores -e inside the condition of an if.
    (set -e; cd "$work"; "$2") >"$work/log" 2>&1 &
    if wait $!; then
        echo "pass $1"
        passed=$((passed + 1))
    else
        cat "$work/log"
        echo "FAIL $1"
        failed=$((failed + 1))
    fi
}

hello_c() {
    export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
    pkg-config --cflags --libs bips | xargs cc "$samples/hello/hello.c" -o hello-c "-Wl,-rpath,$prefix/lib"
    [ "$(./hello-c)" = "hello from C" ]
}

hello_cpp() {
    cmake -S "$samples/hello" -B hello-cpp -DCMAKE_PREFIX_PATH="$prefix"
    cmake --build hello-cpp
    [ "$(./hello-cpp/hello)" = "hello from C++" ]
}

hello_python() {
    [ "$("$python" "$samples/hello/hello.py")" = "hello from Python" ]
}

# Outside of this tree, whose own settings a program of somebody else's does not have, and with a package cache of its
# own, because a package of this version may have been cached before the last change.
hello_csharp() {
    outside=$(mktemp -d)
    cp "$samples"/hello/csharp/* "$outside"
    hello=$(NUGET_PACKAGES="$outside/cache" dotnet run --project "$outside" \
        -p:RestoreAdditionalProjectSources="$root/artifacts/packages") || hello="failed: $hello"
    rm -rf "$outside"
    echo "$hello"
    [ "$hello" = "hello from C#" ]
}

# A film of ten pictures, each a bit brighter.
make_film() {
    "$python" - <<'PROGRAM'
with open("film.y4m", "wb") as film:
    film.write(b"YUV4MPEG2 W64 H48 F25:1 Ip C420jpeg\n")
    for i in range(10):
        film.write(b"FRAME\n" + bytes([10 * i]) * (64 * 48) + bytes([128]) * (64 * 48 // 2))
PROGRAM
}

build_capture() {
    c++ -std=c++17 -O2 -Wall -Wextra "$samples/capture/capture.cpp" -o capture "-I$prefix/include" "-L$prefix/lib" \
        -lbips \
        "-Wl,-rpath,$prefix/lib"
    make_film
}

capture_to_numpy() {
    build_capture
    "$python" "$samples/capture/brightness.py" "$name-capture" >brightness &
    timeout 60 ./capture "$name-capture" film.y4m
    wait $!
    cat brightness
    [ "$(wc -l <brightness)" -eq 10 ]
    grep -qx 'frame 10: 64 x 48, mean 90.0' brightness
}

capture_to_pytorch() {
    "$python" -c 'import torch' || return 1
    build_capture
    timeout 120 "$python" "$samples/inference/infer.py" "$name-torch" >scores &
    timeout 120 ./capture "$name-torch" film.y4m
    wait $!
    cat scores
    tail -1 scores | grep -qx 'frame 10: (72, 64) -> (1, 4)'
}

python_to_csharp() {
    dotnet build "$samples/sensor/Consume" -c Release -v q --nologo
    timeout 60 dotnet "$root/artifacts/bin/Consume/release/sensor-consume.dll" "$name-sensor" >readings &
    timeout 60 "$python" "$samples/sensor/produce.py" "$name-sensor" 5
    wait $!
    cat readings
    [ "$(wc -l <readings)" -eq 5 ]
    grep -qx 'reading 4: 1000 samples, largest 1.000' readings
}

two_containers() {
    build_capture
    timeout 60 sh "$samples/containers/two-containers.sh" "$work/capture cam $work/film.y4m" \
        "$python $samples/capture/brightness.py cam" >contained
    cat contained
    grep -qx 'frame 10: 64 x 48, mean 90.0' contained
}

# A fenced block that follows "<!-- FILE -->" in a guide is an excerpt of that file, which is run above.
snippets() {
    "$python" - "$root" <<'PROGRAM'
import pathlib, re, sys
root = pathlib.Path(sys.argv[1])
count = 0
for guide in ("cpp.md", "python.md"):
    for path, block in re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", (root / "docs" / guide).read_text(), re.S):
        count += 1
        if block not in (root / path).read_text():
            sys.exit(f"docs/{guide}: a snippet is not in {path}:\n{block}")
print(count, "snippets")
sys.exit(count < 8)
PROGRAM
}

check "ten lines of C# against the packages alone" hello_csharp
check "ten lines of C against the prefix alone" hello_c
check "ten lines of C++ against the prefix alone" hello_cpp
check "ten lines of Python against the prefix alone" hello_python
check "C++ capture to Python and NumPy" capture_to_numpy
check "C++ capture to PyTorch" capture_to_pytorch
check "Python producer to C# consumer" python_to_csharp
check "two containers" two_containers
check "the guides' snippets are those of the samples" snippets
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
