#!/usr/bin/env bash
# Every public header must compile on its own, in float and in double.
set -euo pipefail
cd "$(dirname "$0")/.."
compiler=${CXX:-g++}
compile_alone() {
  echo "#include \"$1\"" |
    "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror "$2" -I. -x c++ - ||
    { echo "$1 does not compile alone"; return 1; }
}
export -f compile_alone
export compiler
printf '%s\0' autograd/*.h autograd/*/*.h nn/*.h flow/*.h |
  xargs -0 -P2 -I{} bash -c 'compile_alone {} -UHANDFLOW_DOUBLE && compile_alone {} -DHANDFLOW_DOUBLE'
echo "headers: self-contained"
