#!/usr/bin/env bash
# Plants faults in a copy of the tree, one at a time, and runs the lesson that should notice.
#
#   tests/faults/run.sh [--one-per-lesson] [lesson ...]
#
# A patch is called <lesson>.<what>.patch. It passes if it applies, the tree builds with it, and the
# lesson runs to its end and exits with 1: a claim failed. Without a fault every lesson must exit
# with 0, in the same copy and build.
set -euo pipefail
cd "$(dirname "$0")/../.."
faults=$PWD/tests/faults
one=false
if [ "${1:-}" = --one-per-lesson ]; then one=true; shift; fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy" 2>/dev/null || true
# A fault shows at any level of optimisation, and is built faster at this one.
cmake -S "$copy" -B "$copy/build" -DHANDFLOW_BUILD_TESTS=OFF \
  -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" >"$copy/log" || { cat "$copy/log"; exit 1; }
passed=0
failed=0
report() { printf '%-4s %s\n' "$1" "$2"; if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }

# lesson -> exit code of a quick run, after building
run() {
  cmake --build "$copy/build" -j2 --target "$1" >"$copy/log" 2>&1 || { echo build; return; }
  local code=0
  timeout 120 "$copy/build/lessons/$1" --quick --out "$copy/out" >"$copy/output" 2>&1 || code=$?
  echo $code
}

lessons=("$@")
if [ ${#lessons[@]} = 0 ]; then
  mapfile -t lessons < <(sed -n 's/^set(HANDFLOW_\(LESSONS\|BEYOND\) \(.*\))$/\2/p' lessons/CMakeLists.txt | tr ' ' '\n' | sed 's/^[0-9]*_//')
fi
[ ${#lessons[@]} -gt 0 ] || { echo "no lessons found"; exit 1; }

# First all without a fault: nothing is built twice for it.
for lesson in "${lessons[@]}"; do
  code=$(run "$lesson")
  if [ "$code" = 0 ]; then report ok "$lesson: no fault, exit 0"; else report FAIL "$lesson: no fault, but $code"; fi
done

for lesson in "${lessons[@]}"; do
  mapfile -t patches < <(ls "$faults/$lesson".*.patch 2>/dev/null)
  if [ ${#patches[@]} -lt 2 ]; then report FAIL "$lesson: needs two faults, has ${#patches[@]}"; fi
  if $one && [ ${#patches[@]} -gt 0 ]; then patches=("${patches[0]}"); fi
  for patch in "${patches[@]}"; do
    name=$(basename "$patch" .patch)
    if ! patch -d "$copy" -p1 --fuzz=0 --quiet <"$patch" >"$copy/log" 2>&1; then
      report FAIL "$name: does not apply"; cat "$copy/log"; continue
    fi
    code=$(run "$lesson")
    patch -d "$copy" -p1 --reverse --quiet <"$patch"
    if [ "$code" = 1 ]; then report ok "$name: noticed"; else report FAIL "$name: got $code instead of exit 1"; tail -5 "$copy/output"; fi
  done
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
