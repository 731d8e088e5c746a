#include "nn/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

namespace nn::inline HANDFLOW_PRECISION {
namespace {

[[noreturn]] void fail_with(const FileTask& task, const std::string& what, int error) {
  task.fail(what + ": " + std::generic_category().message(error));
}

// The system reads a path up to its first null: a longer one would name another file.
void refuse_nulls(const FileTask& task) {
  if (task.path.find('\0') == task.path.npos) return;
  FileTask{task.operation, task.path.c_str()}.fail("the path goes on behind a null byte");
}

void refuse_all_but_regular_files(const FileTask& task, const struct stat& file) {
  if (!S_ISREG(file.st_mode)) task.fail("is not a regular file");
}

// An open file, closed at the end.
struct Descriptor {
  explicit Descriptor(int descriptor) : number(descriptor) {}
  ~Descriptor() {
    if (number >= 0) close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

// Deletes the file of this name at the end, unless it was moved away.
struct Temporary {
  explicit Temporary(std::string file) : name(std::move(file)) {}
  ~Temporary() { unlink(name.c_str()); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  std::string name;
};

// read() or write() until all is done, or nothing more comes or goes. Returns how much was done.
template <class Step>
std::size_t all_of(std::size_t size, Step step) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = step(done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

// Where a link leads; the path itself if there is no such file yet.
std::string behind_links(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
  return real ? real.get() : path;
}

// "runs/" of "runs/net"; nothing where that is the current folder.
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

// Asks for a rename to reach the disk. Not all file systems can, and the file is in place already.
void flush_folder(const std::string& folder) {
  const Descriptor file(open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number >= 0) fsync(file.number);
}

}  // namespace

void FileTask::fail(const std::string& what) const {
  throw FileError(operation + ": " + path + ": " + what);
}

std::string read_file(const FileTask& task) {
  refuse_nulls(task);
  struct stat about {};
  if (stat(task.path.c_str(), &about) != 0) fail_with(task, "cannot be read", errno);
  refuse_all_but_regular_files(task, about);  // before opening it: a pipe would wait for a writer
  const Descriptor file(open(task.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number < 0) fail_with(task, "cannot be read", errno);
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  errno = 0;
  const std::size_t size = all_of(bytes.size(), [&](std::size_t done) {
    return read(file.number, bytes.data() + done, bytes.size() - done);
  });
  if (size < bytes.size()) {
    if (errno != 0) fail_with(task, "cannot be read", errno);
    task.fail("became shorter while it was read");
  }
  return bytes;
}

void replace_file(const FileTask& task, std::string_view bytes) {
  refuse_nulls(task);
  struct stat about {};
  if (stat(task.path.c_str(), &about) == 0) refuse_all_but_regular_files(task, about);
  const std::string target = behind_links(task.path);
  const std::string folder = folder_of(target);

  static std::atomic<unsigned> count = 0;
  std::string name;
  int opened = -1;
  do {  // until it is a name that nobody has; the target's own may be as long as names can be
    name = folder + "handflow." + std::to_string(getpid()) + "." + std::to_string(count++) + ".tmp";
    opened = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (opened < 0 && errno == EEXIST);
  Descriptor file(opened);
  if (file.number < 0) fail_with(task, "cannot be written", errno);

  const Temporary temporary(name);
  const std::size_t size = all_of(bytes.size(), [&](std::size_t done) {
    return write(file.number, bytes.data() + done, bytes.size() - done);
  });
  if (size < bytes.size()) fail_with(task, "cannot be written", errno);
  if (fsync(file.number) != 0) fail_with(task, "cannot be written", errno);
  if (close(std::exchange(file.number, -1)) != 0) fail_with(task, "cannot be written", errno);
  if (rename(name.c_str(), target.c_str()) != 0) fail_with(task, "cannot be written", errno);
  flush_folder(folder);
}

}  // namespace nn::inline HANDFLOW_PRECISION
