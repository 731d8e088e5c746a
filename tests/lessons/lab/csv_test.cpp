#include "lessons/lab/csv.h"

#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <stdexcept>

#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

using testing::contents;
using testing::ScratchFolder;

std::ptrdiff_t files_in(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

TEST(Csv, WritesHeaderAndRows) {
  const ScratchFolder scratch;
  CsvWriter csv(scratch.path / "a.csv", {"x", "y"});
  csv.row({1.0, 0.1});
  csv.row(std::vector<double>{-2.5e-7, std::nan("")});
  csv.close();
  EXPECT_EQ(contents(scratch.path / "a.csv"), "x,y\n1,0.1\n-2.5e-07,nan\n");
  EXPECT_EQ(files_in(scratch.path), 1);
}

TEST(Csv, AppearsWholeOrNotAtAll) {
  const ScratchFolder scratch;
  const auto path = scratch.path / "a.csv";
  testing::write_file(path, "the one before");
  {
    CsvWriter csv(path, {"x"});
    csv.row({1.0});
    EXPECT_EQ(contents(path), "the one before");
  }
  EXPECT_EQ(contents(path), "the one before");
  EXPECT_EQ(files_in(scratch.path), 1) << "the temporary file is gone";
}

TEST(Csv, RowsMustFit) {
  const ScratchFolder scratch;
  CsvWriter csv(scratch.path / "a.csv", {"x", "y"});
  EXPECT_THROW(csv.row({1.0}), std::invalid_argument);
  EXPECT_THROW(csv.row({1.0, 2.0, 3.0}), std::invalid_argument);
  csv.close();
  EXPECT_THROW(csv.row({1.0, 2.0}), std::logic_error);
  EXPECT_THROW(csv.close(), std::logic_error);
  EXPECT_THROW(CsvWriter(scratch.path / "b.csv", {}), std::invalid_argument);
}

TEST(Csv, AFileThatCannotBeWrittenIsNamed) {
  const ScratchFolder scratch;
  testing::write_file(scratch.path / "file", "");
  const auto path = scratch.path / "file" / "a.csv";
  try {
    CsvWriter csv(path, {"x"});
    FAIL() << "wrote below a file";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()), "cannot write " + path.string() + ": Not a directory");
  }
  // A folder in the way shows only at the end.
  std::filesystem::create_directories(scratch.path / "taken.csv" / "x");
  CsvWriter csv(scratch.path / "taken.csv", {"x"});
  EXPECT_THROW(csv.close(), std::runtime_error);
  EXPECT_EQ(files_in(scratch.path), 2) << "the temporary file is gone";
}

TEST(Csv, AFullDiskIsNoticed) {
  const ScratchFolder scratch;
  const auto path = scratch.path / "a.csv";
  // A limit on the size of files fails a write much as a full disk does.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message = "nothing was thrown";
  try {
    CsvWriter csv(path, {"x"});
    for (int i = 0; i < 500; ++i) csv.row({0.5});
    csv.close();
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_HAS(message, "cannot write " + path.string() + ": ");
  EXPECT_EQ(files_in(scratch.path), 0);
}

}  // namespace
}  // namespace lab
