#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nn/file.h"
#include "nn/module.h"

/// The safetensors format (https://github.com/huggingface/safetensors), which PyTorch programs read
/// and write, too:
///
///     8 bytes   the length of the header, little-endian
///     header    JSON, padded with spaces to a multiple of 8 bytes:
///               {"__metadata__": {"key": "text"},
///                "0.bias": {"dtype": "F32", "shape": [64], "data_offsets": [0, 256]}, ...}
///     data      the arrays one after the other, without gaps; row-major, little-endian
///
/// save(), load() and checkpoints are in nn/save.h; this is what they share.

namespace nn::inline HANDFLOW_PRECISION {

/// What the parameters of this build are stored as: nothing is rounded on the way to a file.
inline constexpr const char* real_dtype = sizeof(autograd::real) == 4 ? "F32" : "F64";

/// The arrays of one file, to be filled and written, or read and taken out.
class Safetensors {
 public:
  /// An empty one for the file that the task names.
  explicit Safetensors(FileTask task) : task_(std::move(task)) {}

  /// Reads the file. Throws FileError for one that cannot be read, is no safetensors file, is
  /// truncated or too long, whose arrays overlap or leave gaps, or whose data do not have the
  /// checksum that write() left.
  static Safetensors read(FileTask task);

  /// Writes the file, all or nothing (replace_file), with a checksum of its data in the metadata.
  /// Throws FileError.
  void write();

  // Put an array in: parameters; numbers as F64 and counts as I64, both of rank 1. Throw
  // autograd::ValueError if there is one of this name.
  void put_tensor(const std::string& name, const Tensor& tensor);
  void put_numbers(const std::string& name, std::span<const double> numbers);
  void put_counts(const std::string& name, std::span<const Index> counts);

  // Take an array out. Throw FileError if it is not there or has another shape or type. The double
  // build takes tensors of F32, too.
  Tensor take_tensor(const std::string& name, const autograd::Shape& shape);
  std::vector<double> take_numbers(const std::string& name, Index size);
  std::vector<Index> take_counts(const std::string& name, Index size);
  /// Throws FileError if an array is left that nobody has taken.
  void refuse_the_rest() const;

  const FileTask& task() const { return task_; }

  std::map<std::string, std::string> metadata;  ///< "__metadata__"

 private:
  struct Array {
    std::string dtype;
    std::vector<Index> shape;
    std::string bytes;
  };
  void put(const std::string& name, Array array);
  Array take(const std::string& name, const std::vector<Index>& shape,
             std::initializer_list<std::string_view> dtypes);

  FileTask task_;
  std::map<std::string, Array> arrays_;
};

/// CRC-32 as in zip, PNG and Python's zlib.crc32; sees every change within four bytes in a row.
std::uint32_t crc32(std::string_view bytes);

}  // namespace nn::inline HANDFLOW_PRECISION
