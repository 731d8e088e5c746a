#include "nn/module.h"

#include <map>
#include <set>

namespace nn::inline HANDFLOW_PRECISION {

std::vector<Tensor> Module::parameters() {
  std::vector<Tensor> list;
  for (auto& [name, parameter] : named_parameters()) list.push_back(std::move(parameter));
  return list;
}

std::vector<std::pair<std::string, Tensor>> Module::named_parameters() {
  std::vector<std::pair<std::string, Tensor>> list;
  std::set<const autograd::Node*> listed;
  visit_parameters([&](const std::string& name, Tensor& parameter) {
    if (listed.insert(&parameter.node()).second) list.emplace_back(name, parameter);
  });
  return list;
}

void Module::zero_grad() {
  visit_parameters([](const std::string&, Tensor& parameter) { parameter.zero_grad(); });
}

void visit_child(const std::string& name, Module& child, const Module::Visitor& visit) {
  child.visit_parameters(
      [&](const std::string& inner, Tensor& parameter) { visit(name + "." + inner, parameter); });
}

void unshare_parameters(Module& module) {
  // The shared ones stay in `copies` until the end: a freed node's address could come back.
  std::map<const autograd::Node*, std::pair<Tensor, Tensor>> copies;
  module.visit_parameters([&](const std::string&, Tensor& parameter) {
    auto& [shared, copy] = copies[&parameter.node()];
    if (!copy.defined()) {
      shared = parameter;
      copy = parameter.detach().clone().requires_grad_(parameter.requires_grad());
    }
    parameter = copy;
  });
}

}  // namespace nn::inline HANDFLOW_PRECISION
