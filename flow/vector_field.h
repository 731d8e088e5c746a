#pragma once

#include "flow/path.h"
#include "nn/nn.h"

namespace flow::inline HANDFLOW_PRECISION {

/// v(x, t): a network with one hidden layer that sees the point and the time side by side,
/// Linear(dim + 1, hidden), ReLU, Linear(hidden, dim).
class VectorField : public nn::Module {
 public:
  VectorField(Index dim, Index hidden);

  /// x (batch, dim); t (batch, 1) or a number, the same for all rows. Returns (batch, dim). Throws
  /// autograd::ShapeError.
  Tensor operator()(const Tensor& x, const Tensor& t) const;
  void visit_parameters(const Visitor& visit) override;

 private:
  nn::Sequential net_;
};

struct ConditionalOptions {
  Index tag_dim = 1;  ///< how many numbers describe the condition
};

/// v(x, t, tag): the same network with the tag as further inputs, Linear(dim + 1 + tag_dim,
/// hidden), ReLU, Linear(hidden, dim).
class ConditionalVectorField : public nn::Module {
 public:
  /// Throws autograd::ValueError for a tag_dim below 1.
  ConditionalVectorField(Index dim, Index hidden, ConditionalOptions options = {});

  /// x (batch, dim); t (batch, 1) or a number; tag (batch, tag_dim) or a number. Returns
  /// (batch, dim). Throws autograd::ShapeError.
  Tensor operator()(const Tensor& x, const Tensor& t, const Tensor& tag) const;
  void visit_parameters(const Visitor& visit) override;

 private:
  Index tag_dim_;
  nn::Sequential net_;
};

}  // namespace flow::inline HANDFLOW_PRECISION
