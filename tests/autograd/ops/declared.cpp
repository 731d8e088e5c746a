#include "declared.h"

#include <regex>

namespace declared {
namespace {

std::string without_comments(const std::string& text) {
  return std::regex_replace(text, std::regex("//[^\n]*"), "");
}

// "const Tensor& x, Index dim, bool keepdim = false" to "x, dim, keepdim".
std::string names_of_parameters(const std::string& parameters) {
  static const std::regex name(R"((\w+)\s*(=[^,]*)?(,|$))");
  std::string names;
  for (std::sregex_iterator i(parameters.begin(), parameters.end(), name), end; i != end; ++i) {
    names += (names.empty() ? "" : ", ") + (*i)[1].str();
  }
  return names;
}

}  // namespace

Declared declared_in(const std::string& header) {
  static const std::regex function(
      R"(([\w:<>&*]+)\s+(operator\s*\S+|\w+)\s*\(((?:[^()]|\([^()]*\))*)\)\s*[;{])");
  const std::string text = without_comments(header);
  Declared declared;
  for (std::sregex_iterator i(text.begin(), text.end(), function), end; i != end; ++i) {
    const std::string call = (*i)[2].str() + "(" + names_of_parameters((*i)[3].str()) + ")";
    const std::string type = (*i)[1].str();
    if (type == "return") continue;  // a call
    (type.find("Tensor") != std::string::npos ? declared.operations : declared.others).insert(call);
  }
  return declared;
}

}  // namespace declared
