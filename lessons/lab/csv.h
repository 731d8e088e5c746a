#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lab {

/// Writes a table of numbers: a header, then one line a row. Every number reads back exactly.
///
///     CsvWriter csv("out/euler.csv", {"x", "y"});
///     csv.row({0.5, 0.25});
///     csv.close();
///
/// The file appears, whole, at close(); until then the rows sit in a temporary file beside it, and
/// without a close() (an exception, say) an older file of that name stays as it was.
/// Whatever goes wrong is a std::runtime_error that names the file.
class CsvWriter {
 public:
  CsvWriter(std::filesystem::path path, const std::vector<std::string>& columns);
  ~CsvWriter();
  CsvWriter(CsvWriter&&) = default;
  CsvWriter(const CsvWriter&) = delete;
  CsvWriter& operator=(CsvWriter&&) = delete;
  CsvWriter& operator=(const CsvWriter&) = delete;

  /// As many numbers as there are columns; std::invalid_argument otherwise.
  void row(std::span<const double> values);
  void row(std::initializer_list<double> values);

  void close();

  const std::filesystem::path& path() const { return path_; }

 private:
  void write_line(const std::string& line);

  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::size_t columns_;
  std::unique_ptr<std::FILE, CloseFile> file_;
};

}  // namespace lab
