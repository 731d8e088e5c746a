#!/bin/sh
# symbols_test.sh NM NAMESPACE OBJECT...
#
# An object compiled for wide vectors must not contain a weak symbol from outside of its own
# namespace (kernels_avx512, say): a template or an inline function of the standard library, compiled
# here, could become the copy that the linker keeps for the whole program, which would then fail on
# a machine without those vectors. Prints such symbols and fails if there is one.
nm=$1
namespace=$2
shift 2
[ $# -gt 0 ] || { echo "no objects"; exit 1; }
# Mangled: _Z, perhaps Z N K (a local of, nested, const), then autograd::f32::kernels_...
own="^_ZZ*NK*8autograd3f[0-9]*${#namespace}$namespace"
failed=0
for object in "$@"; do
  symbols=$("$nm" "$object") || { echo "cannot read $object"; exit 1; }
  # The object is one of ours: it defines the table.
  if ! echo "$symbols" | grep -q "${own#^}5tableE"; then
    echo "$object does not define the table of $namespace"
    failed=1
  fi
  stray=$(echo "$symbols" | awk '$(NF - 1) == "W" { print $NF }' | grep -v "$own")
  for symbol in $stray; do
    echo "$object: stray weak symbol $symbol"
    failed=1
  done
done
[ $failed -eq 0 ] && echo "no stray weak symbols"
exit $failed
