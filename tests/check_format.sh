#!/usr/bin/env bash
# clang-format has the last word on layout: version 14, since others differ in small things.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files '*.h' '*.cpp' '*.inc' | xargs clang-format-14 --dry-run --Werror
echo "format: clean"
