#include "lessons/lab/csv.h"

#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "lessons/lab/text.h"

namespace lab {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  throw std::runtime_error("cannot write " + path.string() + ": " +
                           std::generic_category().message(error));
}

}  // namespace

CsvWriter::CsvWriter(std::filesystem::path path, const std::vector<std::string>& columns)
    : path_(std::move(path)),
      temporary_(path_.string() + "." + std::to_string(getpid()) + ".tmp"),
      columns_(columns.size()) {
  if (columns.empty()) throw std::invalid_argument(path_.string() + ": a table needs a column");
  file_.reset(std::fopen(temporary_.c_str(), "w"));
  if (file_ == nullptr) fail(path_, errno);
  std::string header;
  for (const std::string& column : columns) header += (header.empty() ? "" : ",") + column;
  write_line(header);
}

CsvWriter::~CsvWriter() {
  if (file_ == nullptr) return;  // closed, or moved away
  file_.reset();
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void CsvWriter::row(std::span<const double> values) {
  if (values.size() != columns_) {
    throw std::invalid_argument(path_.string() + ": a row of " + std::to_string(values.size()) +
                                " numbers in a table of " + std::to_string(columns_) + " columns");
  }
  std::string line;
  for (double value : values) {
    if (!line.empty()) line += ',';
    line += exact_number(value);
  }
  write_line(line);
}

void CsvWriter::row(std::initializer_list<double> values) {
  row(std::span<const double>(values.begin(), values.size()));
}

void CsvWriter::close() {
  if (file_ == nullptr) throw std::logic_error(path_.string() + " is closed already");
  // The last bytes leave the buffer only now, so this is where a full disk shows.
  std::error_code error;
  if (std::fclose(file_.release()) != 0) error = std::error_code(errno, std::generic_category());
  if (!error) std::filesystem::rename(temporary_, path_, error);
  if (!error) return;
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
  fail(path_, error.value());
}

void CsvWriter::write_line(const std::string& line) {
  if (file_ == nullptr) throw std::logic_error(path_.string() + " is closed already");
  if (std::fputs((line + "\n").c_str(), file_.get()) < 0) fail(path_, errno);
}

}  // namespace lab
