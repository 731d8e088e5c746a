#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nn {

/// The JSON in front of the arrays of a safetensors file; its form is shown in safetensors.h.
struct SafetensorsHeader {
  struct Entry {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::size_t begin = 0;  ///< the data_offsets
    std::size_t end = 0;
  };
  std::map<std::string, std::string> metadata;
  std::vector<Entry> entries;
};

/// What is wrong with a header: "its header is not JSON (byte 3)".
class HeaderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads the JSON; the entries come in order of their names. Throws HeaderError for text of another
/// form and for two entries of one name. Whether shapes and offsets fit the data is not asked.
SafetensorsHeader parse_header(std::string_view json);

/// Writes the JSON. Throws HeaderError if a name is not UTF-8.
std::string to_json(const SafetensorsHeader& header);

}  // namespace nn
