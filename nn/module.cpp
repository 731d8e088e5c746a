#include "nn/module.h"

namespace nn::inline HANDFLOW_PRECISION {

std::vector<Tensor> Module::parameters() {
  std::vector<Tensor> list;
  visit_parameters([&](const std::string&, Tensor& parameter) { list.push_back(parameter); });
  return list;
}

std::vector<std::pair<std::string, Tensor>> Module::named_parameters() {
  std::vector<std::pair<std::string, Tensor>> list;
  visit_parameters(
      [&](const std::string& name, Tensor& parameter) { list.emplace_back(name, parameter); });
  return list;
}

void Module::zero_grad() {
  visit_parameters([](const std::string&, Tensor& parameter) { parameter.zero_grad(); });
}

void visit_child(const std::string& name, Module& child, const Module::Visitor& visit) {
  child.visit_parameters([&](const std::string& inner, Tensor& parameter) {
    visit(name + "." + inner, parameter);
  });
}

}  // namespace nn::inline HANDFLOW_PRECISION
