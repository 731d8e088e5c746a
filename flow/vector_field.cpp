#include "flow/vector_field.h"

#include <string>

namespace flow::inline HANDFLOW_PRECISION {
namespace {

nn::Sequential network(Index in, Index hidden, Index out) {
  return nn::Sequential{nn::Linear(in, hidden), nn::ReLU(), nn::Linear(hidden, out)};
}

Index checked_tag_dim(Index tag_dim) {
  if (tag_dim >= 1) return tag_dim;
  throw autograd::ValueError("ConditionalVectorField: tag_dim must be at least 1, got " +
                             std::to_string(tag_dim));
}

// `value` as `width` columns beside the rows of x; a number stands for the same in all of them.
Tensor columns(const char* model, const char* name, const Tensor& value, const Tensor& x,
               Index width) {
  if (x.rank() != 2) {
    throw autograd::ShapeError(std::string(model) + ": x " + to_string(x.shape()) +
                               " must be (batch, dim)");
  }
  const autograd::Shape shape{x.size(0), width};
  if (value.shape() == shape) return value;
  if (value.rank() == 0) return autograd::expand(value, shape);
  throw autograd::ShapeError(std::string(model) + ": " + name + " " + to_string(value.shape()) +
                             " must be " + to_string(shape) + " or a number, for x " +
                             to_string(x.shape()));
}

}  // namespace

VectorField::VectorField(Index dim, Index hidden) : net_(network(dim + 1, hidden, dim)) {}

Tensor VectorField::operator()(const Tensor& x, const Tensor& t) const {
  return net_(autograd::cat({x, columns("VectorField", "t", t, x, 1)}, 1));
}

void VectorField::visit_parameters(const Visitor& visit) { visit_child("net", net_, visit); }

ConditionalVectorField::ConditionalVectorField(Index dim, Index hidden, ConditionalOptions options)
    : tag_dim_(checked_tag_dim(options.tag_dim)),
      net_(network(dim + 1 + options.tag_dim, hidden, dim)) {}

Tensor ConditionalVectorField::operator()(const Tensor& x, const Tensor& t,
                                          const Tensor& tag) const {
  return net_(autograd::cat({x, columns("ConditionalVectorField", "t", t, x, 1),
                             columns("ConditionalVectorField", "tag", tag, x, tag_dim_)},
                            1));
}

void ConditionalVectorField::visit_parameters(const Visitor& visit) {
  visit_child("net", net_, visit);
}

}  // namespace flow::inline HANDFLOW_PRECISION
