#!/bin/sh
# Tests libbips.so and its headers as installed: CTest, the same under sanitizers, clang-tidy, valgrind.
#
#     native/test.sh [PREFIX]
#
# PREFIX: where native/build.sh has installed; without it the library is built and installed into artifacts/prefix.
# The last line is "N passed, N failed".
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${1:-$root/artifacts/prefix}
if [ $# -eq 0 ]; then
    "$root/native/build.sh" "$prefix" || { echo "0 passed, 1 failed"; exit 1; }
fi

prefix=$(cd "$prefix" && pwd)
work=$root/artifacts/native
passed=0
failed=0
mkdir -p "$work"

# check NAME COMMAND...
check() {
    name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "pass $name"
        passed=$((passed + 1))
    else
        cat "$work/log"
        echo "FAIL $name"
        failed=$((failed + 1))
    fi
}

# Configures, builds and runs CTest, and adds its tests to the count.
run_ctest() {
    build=$work/$1
    shift
    if ! cmake -S "$root/native" -B "$build" -Dbips_DIR="$prefix/lib/cmake/bips" "$@" >"$work/log" 2>&1 ||
        ! cmake --build "$build" >"$work/log" 2>&1; then
        cat "$work/log"
        failed=$((failed + 1))
        return
    fi

    (cd "$build" && ctest --output-on-failure --no-tests=error) >"$work/log" 2>&1 || cat "$work/log"
    count=$(sed -n 's/.* \([0-9]*\) tests failed out of \([0-9]*\)/\1 \2/p' "$work/log")
    count=${count:-1 1}
    broken=${count% *}
    sound=$((${count#* } - broken))
    failed=$((failed + broken))
    passed=$((passed + sound))
    echo "ctest $(basename "$build"): $sound passed, $broken failed"
}

# No block may be lost, and 10,000 open/close may leave no more behind than 100 do.
valgrind_open_close() {
    blocks_in_use() {
        valgrind --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=9 \
            "$work/plain/open_close" "open-close-$$" "$1" >"$work/valgrind" 2>&1 || \
                { cat "$work/valgrind" >&2; return 1; }
        sed -n 's/.*in use at exit: .* bytes in \([0-9,]*\) blocks/\1/p' "$work/valgrind" | tr -d ,
    }
    few=$(blocks_in_use 100) && many=$(blocks_in_use 10000) || return 1
    cat "$work/valgrind"
    echo "blocks in use at exit: $few after 100, $many after 10,000"
    grep -q 'definitely lost: 0 bytes' "$work/valgrind" && [ $((many - few)) -lt 100 ]
}

exports() {
    nm -D --defined-only "$prefix/lib/libbips.so" | awk \
        '$2 != "A" && $3 !~ /^bips_[a-z_]*@@BIPS_0$/ { print; bad = 1 } END { exit bad }'
}

# The library resolves everything when it is linked: a file of that name beside the program would be loaded otherwise,
# and where OpenSSL is missing the runtime would abort the host.
loads_nothing() {
    LD_DEBUG=files "$work/plain/open_close" "loads-$$" 1 >"$work/loaded" 2>&1 || { cat "$work/loaded"; return 1; }
    ! grep -E 'file=(libc|libc\.so|libssl[^ ]*|libcrypto[^ ]*) ' "$work/loaded"
}

run_ctest plain -DCMAKE_BUILD_TYPE=RelWithDebInfo
run_ctest sanitized -DCMAKE_BUILD_TYPE=Debug -DBIPS_SANITIZE=ON
check "only bips_* is exported" exports
check "the library loads neither OpenSSL nor a libc by name" loads_nothing
check "bips.hpp is clang-tidy clean (C++17)" clang-tidy --quiet "$root/native/tests/header_only.cpp" -- -std=c++17 \
    "-I$prefix/include"
check "bips.hpp is clang-tidy clean (C++20)" clang-tidy --quiet "$root/native/tests/header_only.cpp" -- -std=c++20 \
    "-I$prefix/include"
check "a C program that knows the protocol alone reads a live pool, also on arm64" \
    sh "$root/native/tests/layout_test.sh" "$work/plain/peer" "$work"
check "valgrind: no leak after 10,000 open/close" valgrind_open_close

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
