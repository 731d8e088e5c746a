#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"

namespace nn::inline HANDFLOW_PRECISION {

using autograd::Index;
using autograd::Tensor;

/// Something with parameters. A module names them in one function, visit_parameters; all else
/// follows from it:
///
///     struct Scale : nn::Module {
///       nn::Tensor factor = autograd::ones({1}).requires_grad_();
///       nn::Tensor operator()(const nn::Tensor& x) const { return x * factor; }
///       void visit_parameters(const Visitor& visit) override { visit("factor", factor); }
///     };
///
/// Copies of a module share its parameters; clone() makes new ones.
class Module {
 public:
  using Visitor = std::function<void(const std::string& name, Tensor& parameter)>;

  virtual ~Module() = default;

  /// Calls visit(name, parameter) for each parameter, always in the same order; more than once for
  /// one that several layers share.
  virtual void visit_parameters(const Visitor& visit) = 0;

  /// All parameters, in the order of the visit; one that several layers share only once.
  std::vector<Tensor> parameters();
  /// Names as in PyTorch: "weight", and "0.weight" for a parameter of a child.
  std::vector<std::pair<std::string, Tensor>> named_parameters();
  /// Forgets the gradients of all parameters.
  void zero_grad();

 protected:
  Module() = default;
  Module(const Module&) = default;
  Module& operator=(const Module&) = default;
};

/// Visits the parameters of a child module under "name.".
void visit_child(const std::string& name, Module& child, const Module::Visitor& visit);

/// Gives a module parameters of its own: same values, no gradients. What two of its layers share,
/// they still share.
void unshare_parameters(Module& module);

/// A copy of a module with parameters of its own.
template <std::derived_from<Module> M>
M clone(const M& module) {
  M copy = module;
  unshare_parameters(copy);
  return copy;
}

}  // namespace nn::inline HANDFLOW_PRECISION
