#pragma once

#include <span>

#include "nn/module.h"

namespace nn::inline HANDFLOW_PRECISION {

/// A table of num_embeddings learned vectors: y (n, dim) holds row indices[i] of the weight in its
/// row i. A matrix product of one-hot rows with the weight, without the zeros. In the gradient,
/// rows that were asked for several times add up, and all others are zero.
///
/// The weight (num_embeddings, dim) is drawn by randn from the default stream, so that the first
/// vectors are PyTorch's.
struct Embedding : Module {
  /// Throws autograd::ValueError unless num_embeddings and dim are positive.
  Embedding(Index num_embeddings, Index dim);

  /// Throws autograd::ValueError for an index outside of 0..num_embeddings-1.
  Tensor operator()(std::span<const Index> indices) const {
    return autograd::index_select(weight, indices);
  }
  void visit_parameters(const Visitor& visit) override { visit("weight", weight); }

  Tensor weight;
};

}  // namespace nn::inline HANDFLOW_PRECISION
