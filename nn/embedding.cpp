#include "nn/embedding.h"

#include <string>

namespace nn::inline HANDFLOW_PRECISION {

Embedding::Embedding(Index num_embeddings, Index dim) {
  if (num_embeddings < 1 || dim < 1) {
    throw autograd::ValueError("Embedding: num_embeddings and dim must be at least 1, got " +
                               std::to_string(num_embeddings) + " and " + std::to_string(dim));
  }
  weight = autograd::randn({num_embeddings, dim}).requires_grad_();
}

}  // namespace nn::inline HANDFLOW_PRECISION
