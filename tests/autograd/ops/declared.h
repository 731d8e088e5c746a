#pragma once

#include <set>
#include <string>

/// What the text of a header declares.
namespace declared {

using Names = std::set<std::string>;

struct Declared {
  Names operations;  ///< functions that return a tensor, as "sum(x, dim, keepdim)"
  Names others;
};

/// Each overload is an operation of its own if its parameters are called otherwise.
Declared declared_in(const std::string& header);

}  // namespace declared
