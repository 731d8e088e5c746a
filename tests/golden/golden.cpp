#include "golden.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace golden {
namespace {

// "[2,3]" to {2, 3}; "[]" is rank 0.
std::vector<std::int64_t> parse_shape(const std::string& text) {
  const auto fail = [&] { throw std::runtime_error("shape '" + text + "' is not like [2,3]"); };
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') fail();
  std::vector<std::int64_t> shape;
  const std::string inside = text.substr(1, text.size() - 2);
  if (inside.empty()) return shape;
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = inside.find(',', begin);
    const std::string size = inside.substr(begin, end == std::string::npos ? end : end - begin);
    if (size.empty() || size.size() > 9) fail();
    if (size.find_first_not_of("0123456789") != std::string::npos) fail();
    shape.push_back(std::stoll(size));
  }
  return shape;
}

// strtod knows nan, inf and numbers below the normal range, which streams do not.
double parse_value(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) throw std::runtime_error("'" + text + "' is no number");
  if (errno == ERANGE && std::isinf(value)) throw std::runtime_error("'" + text + "' is too large");
  return value;
}

Tensor parse_tensor(std::istream& words) {
  std::string type, shape, colon, value;
  if (!(words >> type >> shape >> colon) || colon != ":") {
    throw std::runtime_error("want 'name type [shape] : values'");
  }
  if (type != "float" && type != "double" && type != "int") {
    throw std::runtime_error("type '" + type + "' is not float, double or int");
  }
  Tensor tensor{parse_shape(shape), {}};
  while (words >> value) {
    const double number = parse_value(value);
    // A float is written with 9 digits: its double is the one that a float can hold.
    tensor.values.push_back(type == "float" ? static_cast<float>(number) : number);
  }
  std::int64_t wanted = 1;
  for (const std::int64_t size : tensor.shape) wanted *= size;
  if (static_cast<std::int64_t>(tensor.values.size()) != wanted) {
    throw std::runtime_error("shape " + shape + " wants " + std::to_string(wanted) +
                             " values, got " + std::to_string(tensor.values.size()));
  }
  return tensor;
}

}  // namespace

Golden::Golden(const std::string& file) : file_(file) {
  const std::string path = std::string(HANDFLOW_GOLDEN_DIR) + "/" + file;
  std::ifstream text(path);
  if (!text) throw std::runtime_error("golden: cannot open " + path);
  read(text);
}

Golden::Golden(std::istream& text, const std::string& name) : file_(name) { read(text); }

void Golden::read(std::istream& text) {
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    if (!line.empty() && line[0] == '#') continue;
    std::istringstream words(line);
    std::string name;
    words >> name;
    try {
      if (!tensors_.emplace(name, parse_tensor(words)).second) {
        throw std::runtime_error("a second tensor of this name");
      }
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("golden " + file_ + ", line " + std::to_string(number) + ", '" +
                               name + "': " + error.what());
    }
  }
  if (tensors_.empty()) throw std::runtime_error("golden " + file_ + ": no tensors");
}

const Tensor& Golden::tensor(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    throw std::runtime_error("golden " + file_ + ": no tensor '" + name +
                             "'; make_goldens.py writes them");
  }
  return found->second;
}

std::vector<std::string> Golden::names() const {
  std::vector<std::string> names;
  for (const auto& entry : tensors_) names.push_back(entry.first);
  return names;
}

}  // namespace golden
