#pragma once

#include <string>
#include <string_view>

#include "autograd/error.h"

namespace nn::inline HANDFLOW_PRECISION {

/// A file that cannot be read or written, or does not hold what it should. The text names the
/// operation and the path: "load: net.safetensors: tensor '0.weight' is missing".
class FileError : public autograd::Error {
 public:
  using Error::Error;
};

/// What is being done to which file, for the texts of errors.
struct FileTask {
  std::string operation;
  std::string path;
  /// Throws the FileError that says so.
  [[noreturn]] void fail(const std::string& what) const;
};

/// The bytes of a regular file. Throws FileError.
std::string read_file(const FileTask& task);

/// Puts a file with these bytes at the path, all or nothing: they are written to a temporary file
/// in the same folder and flushed to the disk, and only then take the place of an older file. When
/// anything goes wrong that one stays as it was, the temporary file is gone, and FileError says
/// why.
void replace_file(const FileTask& task, std::string_view bytes);

}  // namespace nn::inline HANDFLOW_PRECISION
