#include "autograd/ops/shape.h"

#include <algorithm>
#include <array>
#include <string>

#include "autograd/kernels/kernels.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// The size that dimension d of `shape` has when it is aligned with a shape of `rank` dimensions.
Index aligned(const Shape& shape, int rank, int d) {
  const int own = d - (rank - shape.rank());
  return own < 0 ? 1 : shape[own];
}

}  // namespace

// Repeats one dimension at a time, the last first: in front of d lie the sizes of `from`, behind it
// those of `to`.
void expand_to(const Shape& to, const real* x, const Shape& from, real* y) {
  if (to.numel() == 0) return;
  const int rank = to.rank();
  Ref<Buffer> before;
  Index outer = from.numel();
  Index inner = 1;
  for (int d = rank - 1; d >= 0; --d) {
    const Index size = aligned(from, rank, d);
    if (size == to[d]) {
      outer /= size;
      inner *= size;
      continue;
    }
    const bool last = to.product(0, d) == outer;  // nothing in front is left to repeat
    Ref<Buffer> after = last ? Ref<Buffer>() : Buffer::create(outer * to[d] * inner);
    real* out = last ? y : after->data();
    kernels().repeat(outer, to[d], inner, x, out);
    if (last) return;
    inner *= to[d];
    before = std::move(after);
    x = before->data();
  }
  kernels().copy(to.numel(), x, y, false);
}

// Sums one dimension at a time, the first first: in front of d lie the sizes of `to`, behind it
// those of `from`.
void sum_to(const Shape& to, const real* x, const Shape& from, real* y, bool add) {
  const int rank = from.rank();
  Ref<Buffer> before;
  Index outer = 1;
  for (int d = 0; d < rank; ++d) {
    const Index size = aligned(to, rank, d);
    const Index inner = from.product(d + 1, rank);
    if (size == from[d]) {
      outer *= size;
      continue;
    }
    const bool last = outer * inner == to.numel();
    if (last) return kernels().sum(outer, from[d], inner, x, y, add);
    Ref<Buffer> after = Buffer::create(outer * inner);
    kernels().sum(outer, from[d], inner, x, after->data(), false);
    before = std::move(after);
    x = before->data();
  }
  kernels().copy(to.numel(), x, y, add);
}

Tensor expand(const Tensor& x, const Shape& shape) {
  records("expand", std::array{&x});
  if (broadcast("expand", x.shape(), shape) != shape) {
    throw ShapeError("expand: shape " + to_string(x.shape()) + " does not broadcast to " +
                     to_string(shape));
  }
  Tensor y = Tensor::empty(shape);
  expand_to(shape, x.data(), x.shape(), y.data());
  record("expand", y, {&x}, save_nothing, [](Node& out) {
    Node& in = out.input(0);
    const auto [dx, add] = contribute(in);
    sum_to(in.shape, out.dy(), out.shape, dx, add);
  });
  return y;
}

Tensor cat(std::initializer_list<Tensor> tensors, Index dim) {
  return cat(std::span(tensors.begin(), tensors.size()), dim);
}

// y = [a b ...]       da, db, ... = the parts of dy
Tensor cat(std::span<const Tensor> tensors, Index dim) {
  constexpr std::size_t most = 64;
  if (tensors.empty() || tensors.size() > most) {
    throw ValueError("cat: needs 1 to 64 tensors, got " + std::to_string(tensors.size()));
  }
  std::array<const Tensor*, most> list;
  for (std::size_t i = 0; i < tensors.size(); ++i) list[i] = &tensors[i];
  const std::span<const Tensor* const> inputs(list.data(), tensors.size());
  records("cat", inputs);

  const Shape& first = tensors[0].shape();
  if (first.rank() == 0) throw ShapeError("cat: a tensor of shape () has no dimension to join");
  const int d = first.dimension(dim, "cat");
  Index joined = 0;
  for (const Tensor& tensor : tensors) {
    const Shape& shape = tensor.shape();
    if (shape.rank() != first.rank() || shape.with(d, first[d]) != first) {
      throw ShapeError("cat: shapes " + to_string(first) + " and " + to_string(shape) +
                       " differ in more than dimension " + std::to_string(d));
    }
    joined += shape[d];
  }

  Tensor y = Tensor::empty(first.with(d, joined));
  const Index rows = first.product(0, d);
  const Index inner = first.product(d + 1, first.rank());
  std::array<Columns, most> parts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    parts[i] = {.data = tensors[i].data(), .width = tensors[i].size(d) * inner};
  }
  kernels().cat(rows, static_cast<int>(tensors.size()), parts.data(), y.data());
  record("cat", y, inputs, save_nothing, [rows, row_width = joined * inner](Node& out) {
    const real* dy = out.dy();
    for (int i = 0; i < out.input_count; ++i) {
      Node& in = out.input(i);
      const Index width = rows > 0 ? in.numel() / rows : 0;
      if (out.needs_input_grad(i)) {
        const auto [dx, add] = contribute(in);
        kernels().copy_rows(rows, width, dy, row_width, dx, width, add);
      }
      dy += width;
    }
  });
  return y;
}

namespace {

// Puts what is left into the size that is -1. False if numel elements do not fill `sizes`.
bool complete(std::span<Index> sizes, Index numel) {
  const auto wanted = static_cast<double>(numel);
  double others = 1;  // an Index could overflow; as far as it can equal numel, this is exact
  Index* open = nullptr;
  for (Index& size : sizes) {
    if (size == -1 && !open) {
      open = &size;
    } else if (size < 0) {
      return false;
    } else {
      others *= static_cast<double>(size);
    }
  }
  if (!open) return others == wanted;
  if (others == 0) return false;  // any size would do
  *open = static_cast<Index>(wanted / others);
  return others * static_cast<double>(*open) == wanted;
}

}  // namespace

// y = x in another shape          dx = dy in the old one
Tensor reshape(Tensor x, std::initializer_list<Index> sizes) {
  records("reshape", std::array<const Tensor*, 1>{&x});
  std::array<Index, Shape::max_rank> wanted{};
  if (sizes.size() > wanted.size()) {
    throw ShapeError("reshape: at most 4 dimensions are supported, got " +
                     std::to_string(sizes.size()));
  }
  std::copy(sizes.begin(), sizes.end(), wanted.begin());
  const std::span<Index> filled(wanted.data(), sizes.size());
  if (!complete(filled, x.numel())) {
    std::string text;
    for (const Index size : sizes) text += (text.empty() ? "" : ", ") + std::to_string(size);
    throw ShapeError("reshape: the " + std::to_string(x.numel()) + " elements of shape " +
                     to_string(x.shape()) + " do not fill shape (" + text + ")");
  }
  const Shape shape(filled);
  Tensor y(Node::create(shape, x.node().value));
  record("reshape", y, {&x}, save_nothing,
         [](Node& out) { pass_on(out.input(0), out.contribution); });
  return y;
}

namespace {

// x seen as (outer, a, middle, b, inner), written with a and b exchanged.
void exchange(Index outer, Index a, Index middle, Index b, Index inner, const real* x, real* y,
              bool add) {
  if (middle == 1 && inner == 1) {
    for (Index o = 0; o < outer; ++o) kernels().transpose(a, b, x + o * a * b, y + o * a * b, add);
    return;
  }
  for (Index o = 0; o < outer; ++o, x += a * middle * b * inner, y += a * middle * b * inner) {
    for (Index i = 0; i < a; ++i) {
      for (Index m = 0; m < middle; ++m) {
        kernels().copy_rows(b, inner, x + (i * middle + m) * b * inner, inner,
                            y + (m * a + i) * inner, middle * a * inner, add);
      }
    }
  }
}

}  // namespace

// y[j][i] = x[i][j]               dx[i][j] = dy[j][i]
Tensor transpose(const Tensor& x, Index first, Index second) {
  records("transpose", std::array{&x});
  const Shape& shape = x.shape();
  const auto [p, q] =
      std::minmax({shape.dimension(first, "transpose"), shape.dimension(second, "transpose")});
  if (p == q) return x.clone();
  const Index outer = shape.product(0, p);
  const Index a = shape[p];
  const Index middle = shape.product(p + 1, q);
  const Index b = shape[q];
  const Index inner = shape.product(q + 1, shape.rank());
  Tensor y = Tensor::empty(shape.with(p, b).with(q, a));
  exchange(outer, a, middle, b, inner, x.data(), y.data(), false);
  record("transpose", y, {&x}, save_nothing, [outer, a, middle, b, inner](Node& out) {
    const auto [dx, add] = contribute(out.input(0));
    exchange(outer, b, middle, a, inner, out.dy(), dx, add);
  });
  return y;
}

// y = x[start:end]                dx[start:end] = dy, zero elsewhere
Tensor slice(const Tensor& x, Index dim, Index start, Index end) {
  records("slice", std::array{&x});
  const Shape& shape = x.shape();
  const int d = shape.dimension(dim, "slice");
  if (start < 0 || start > end || end > shape[d]) {
    throw ValueError("slice: " + std::to_string(start) + ".." + std::to_string(end) +
                     " does not lie in dimension " + std::to_string(d) + " of shape " +
                     to_string(shape));
  }
  const Index rows = shape.product(0, d);
  const Index inner = shape.product(d + 1, shape.rank());
  const Index from = shape[d] * inner;
  const Index offset = start * inner;
  const Index width = (end - start) * inner;
  Tensor y = Tensor::empty(shape.with(d, end - start));
  kernels().copy_rows(rows, width, x.data() + offset, from, y.data(), width, false);
  record("slice", y, {&x}, save_nothing, [rows, width, from, offset](Node& out) {
    const auto [dx, add] = contribute(out.input(0));
    if (!add) kernels().fill(out.input(0).numel(), 0, dx);
    kernels().copy_rows(rows, width, out.dy(), width, dx + offset, from, true);
  });
  return y;
}

// y[i] = x[indices[i]]            dx[indices[i]] += dy[i]
Tensor index_select(const Tensor& x, std::span<const Index> indices) {
  const bool recorded = records("index_select", std::array{&x});
  const Shape& shape = x.shape();
  if (shape.rank() == 0) throw ShapeError("index_select: a tensor of shape () has no rows");
  for (const Index index : indices) {
    if (index < 0 || index >= shape[0]) {
      throw ValueError("index_select: index " + std::to_string(index) + " is outside of the " +
                       std::to_string(shape[0]) + " rows of shape " + to_string(shape));
    }
  }
  const Index width = shape.product(1, shape.rank());
  const auto count = static_cast<Index>(indices.size());
  Tensor y = Tensor::empty(shape.with(0, count));
  for (Index i = 0; i < count; ++i) {
    const Index row = indices[static_cast<std::size_t>(i)];
    std::copy_n(x.data() + row * width, width, y.data() + i * width);
  }
  if (recorded) {
    constexpr Index reals_per_index = sizeof(Index) / sizeof(real);
    y.node().extra = Buffer::create(count * reals_per_index);
    std::copy_n(indices.data(), count, reinterpret_cast<Index*>(y.node().extra->data()));
  }
  record("index_select", y, {&x}, save_nothing, [count, width](Node& out) {
    const auto [dx, add] = contribute(out.input(0));
    if (!add) kernels().fill(out.input(0).numel(), 0, dx);
    const auto* rows = reinterpret_cast<const Index*>(out.extra->data());
    for (Index i = 0; i < count; ++i) {
      kernels().copy(width, out.dy() + i * width, dx + rows[i] * width, true);
    }
  });
  return y;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
