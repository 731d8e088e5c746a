#pragma once

#include <array>
#include <cstdint>
#include <istream>
#include <map>
#include <string>
#include <vector>

/// What PyTorch computed, for comparison. make_goldens.py writes the files: a line is
/// `name type [2,3] : six values`, row by row, type being float, double or int; a line that starts
/// with # is a comment.

namespace golden {

/// The seeds that make_goldens.py starts from, one of them past 32 bits.
inline constexpr std::array seeds{"0",   "1",    "2",    "3",          "7",          "42",
                                  "123", "1234", "2024", "4294967295", "12345678901"};

struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<double> values;  ///< PyTorch's numbers, to the last bit
};

class Golden {
 public:
  /// Reads tests/golden/`file`. Throws std::runtime_error that names file and line if it is missing
  /// or malformed.
  explicit Golden(const std::string& file);
  /// Reads from a stream; errors call it `name`.
  Golden(std::istream& text, const std::string& name);

  /// Throws std::runtime_error for a name that is not in the file.
  const Tensor& tensor(const std::string& name) const;
  bool contains(const std::string& name) const { return tensors_.count(name) > 0; }
  /// All names, in alphabetical order: for tests that nothing is left out.
  std::vector<std::string> names() const;

 private:
  void read(std::istream& text);

  std::string file_;
  std::map<std::string, Tensor> tensors_;
};

}  // namespace golden
