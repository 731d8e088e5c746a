#include "autograd/gemm.h"

#include <cstddef>

#include "autograd/memory.h"
#include "autograd/parallel.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// Where a product packs its blocks; kernels must not allocate, because they are compiled for wide
// vectors. Borrowed from the thread's free lists: after the first product it costs nothing, and it
// is there, too, for a destructor that runs when the thread's own objects are gone.
class Workspace {
 public:
  Workspace() : data_(static_cast<real*>(allocate_block(bytes()))) {}
  ~Workspace() { release_block(data_, bytes()); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  real* data() { return data_; }

 private:
  static std::size_t bytes() {
    return static_cast<std::size_t>(kernels().gemm_workspace) * sizeof(real);
  }

  real* data_;
};

void gemm_on_this_thread(const Gemm& g) {
  Workspace workspace;
  kernels().gemm(g, workspace.data());
}

// Fewer multiply-adds than this take a few microseconds: less than waking a thread.
constexpr Index worth_splitting = Index{1} << 18;

// The heights of all tiles (3, 6, 12) divide it, so that a split makes no additional edges, and the
// parts of a few hundred rows come out nearly the same.
constexpr Index rows_together = 12;

// The widths of all tiles divide it, and a part of so many columns is not narrow (see
// kernels/gemm.inc): a split in columns leaves each element its chain.
constexpr Index columns_together = 64;

// Rows i to i + m and columns j to j + n of the product.
Gemm part(const Gemm& g, Index i, Index m, Index j, Index n) {
  Gemm p = g;
  p.m = m, p.n = n;
  p.a += i * g.a_row;
  p.b += j * g.b_col;
  p.c += i * g.c_row + j * g.c_col;
  if (g.start) p.start += i * g.start_row + j * g.start_col;
  if (g.y) p.y += i * g.c_row + j * g.c_col;
  p.column_sums = nullptr;
  return p;
}

}  // namespace

void gemm(const Gemm& g) {
  // In double, because a product of three sizes may overflow Index.
  const double work =
      static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  if (num_threads() == 1 || work < static_cast<double>(worth_splitting)) {
    gemm_on_this_thread(g);
    return;
  }
  // Rows or columns are split, never k: the sum in each element stays the one chain that it is.
  if (g.m >= g.n || g.n < 2 * columns_together) {
    parallel_for(g.m, rows_together, [&g](Index begin, Index end) {
      gemm_on_this_thread(part(g, begin, end - begin, 0, g.n));
    });
  } else {
    const Index strips = g.n / columns_together;  // the last one takes what is left
    parallel_for(strips, 1, [&g, strips](Index first, Index last) {
      const Index begin = first * columns_together;
      const Index end = last == strips ? g.n : last * columns_together;
      gemm_on_this_thread(part(g, 0, g.m, begin, end - begin));
    });
  }
  if (g.column_sums) kernels().sum(1, g.m, g.n, g.c, g.column_sums, false);
}

}  // namespace autograd::inline HANDFLOW_PRECISION
