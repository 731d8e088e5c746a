#include "nn/safetensors.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <limits>
#include <set>

#include "nn/nn.h"
#include "tests/lessons/lab/scratch.h"
#include "tests/tensors.h"

namespace nn {
namespace {

namespace fs = std::filesystem;
using lab::testing::contents;
using lab::testing::ScratchFolder;
using lab::testing::write_file;
using tensors::equal;
using tensors::in_double;
using tensors::throws;
using tensors::values;

// One parameter, called as the test likes.
struct Single : Module {
  explicit Single(const Tensor& value, std::string called = "w")
      : parameter(value.detach().clone().requires_grad_()), name(std::move(called)) {}
  void visit_parameters(const Visitor& visit) override { visit(name, parameter); }
  Tensor parameter;
  std::string name;
};

Sequential small_net(std::uint64_t seed) {
  autograd::manual_seed(seed);
  return Sequential{Linear(2, 3), ReLU(), Linear(3, 1)};
}

// The bits of all parameters: NaN is equal to itself, and -0 is not 0.
std::string bits(Module& module) {
  std::string all;
  for (const Tensor& p : module.parameters()) {
    all.append(reinterpret_cast<const char*>(p.data()),
               static_cast<std::size_t>(p.numel()) * sizeof(autograd::real));
  }
  return all;
}

// A file with this header and data, as others could have written it.
std::string file_of(const std::string& header, const std::string& data) {
  std::uint64_t length = header.size();
  std::string text(sizeof length, '\0');
  std::memcpy(text.data(), &length, sizeof length);
  return text + header + data;
}

// {"w": (2,) of F32}
std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":[)" + shape + R"(],"data_offsets":[)" + offsets +
         "]}";
}

std::string floats(std::initializer_list<float> numbers) {
  return {reinterpret_cast<const char*>(numbers.begin()), numbers.size() * sizeof(float)};
}

std::size_t count_of_files(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

class SaveTest : public ::testing::Test {
 protected:
  // What load() says about a file with these bytes, which a module with one parameter (2,) cannot
  // take; the module stays as it was.
  std::string refusal(const std::string& bytes) {
    write_file(path, bytes);
    Single module(Tensor::from({1, 2}, {2}));
    try {
      load(path, module);
    } catch (const FileError& error) {
      EXPECT_EQ(values(module.parameter), (std::vector<double>{1, 2}));
      const std::string text = error.what();
      const std::string start = "load: " + path + ": ";
      EXPECT_EQ(text.substr(0, start.size()), start);
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
      return text.substr(std::min(text.size(), start.size()));
    }
    return "accepted";
  }

  // The same for a header and data.
  std::string refusal(const std::string& header, const std::string& data) {
    return refusal(file_of(header, data));
  }

  ScratchFolder scratch;
  const std::string path = scratch.path / "net.safetensors";
};

// ---- There and back ----------------------------------------------------------------------------

TEST_F(SaveTest, WhatWasSavedIsLoadedBitForBit) {
  Sequential net = small_net(3);
  const float special[] = {-0.0F, NAN, INFINITY, -INFINITY, 1e-40F, 0.1F};
  std::copy(std::begin(special), std::end(special), net.parameters()[0].data());
  save(path, net);
  Sequential other = small_net(4);
  ASSERT_NE(bits(other), bits(net));
  load(path, other);
  EXPECT_EQ(bits(other), bits(net));
}

TEST_F(SaveTest, RanksFromNoneToFourAndNoElements) {
  for (const autograd::Shape& shape :
       {autograd::Shape{}, {3}, {2, 3}, {2, 1, 2}, {2, 1, 2, 2}, {0}, {2, 0}}) {
    Single module(autograd::rand(shape));
    save(path, module);
    Single other(autograd::zeros(shape));
    load(path, other);
    EXPECT_TRUE(equal(other.parameter, module.parameter)) << to_string(shape);
  }
}

TEST_F(SaveTest, AModuleWithoutParametersIsAFileWithoutArrays) {
  ReLU relu;
  save(path, relu);
  load(path, relu);
  Sequential net = small_net(3);
  EXPECT_TRUE(throws<FileError>([&] { load(path, net); }, {"tensor '0.weight' is missing"}));
}

TEST_F(SaveTest, WhatTwoLayersShareIsOneEntry) {
  struct Tied : Module {
    Linear first{2, 2};
    Linear second{2, 2};
    Tied() { second.weight = first.weight; }
    void visit_parameters(const Visitor& visit) override {
      visit_child("first", first, visit);
      visit_child("second", second, visit);
    }
  };
  Tied tied;
  save(path, tied);
  Safetensors file = Safetensors::read({"test", path});
  file.take_tensor("first.weight", {2, 2});
  file.take_tensor("first.bias", {2});
  file.take_tensor("second.bias", {2});
  file.refuse_the_rest();

  Tied other;
  load(path, other);
  EXPECT_EQ(bits(other), bits(tied));
  EXPECT_TRUE(tensors::same_node(other.first.weight, other.second.weight));
}

TEST_F(SaveTest, AllHandlesSeeTheLoadedValues) {
  Sequential net = small_net(3);
  save(path, net);
  Sequential other = small_net(4);
  Sequential shares = other;
  SGD sgd(other.parameters(), {.lr = 1});
  load(path, other);
  EXPECT_EQ(bits(shares), bits(net));
  sum(shares(autograd::ones({1, 2}))).backward();
  sgd.step();
  EXPECT_NE(bits(other), bits(net));
  EXPECT_EQ(bits(other), bits(shares));
}

// The derivative of w^2 needs w as it was.
TEST_F(SaveTest, LoadingBetweenForwardAndBackwardIsSeen) {
  Single module(Tensor::from({3}, {1}));
  save(path, module);
  const Tensor loss = sum(square(module.parameter));
  load(path, module);
  EXPECT_TRUE(
      throws<autograd::GraphError>([&] { loss.backward(); }, {"square", "changed in place"}));
}

// ---- The format --------------------------------------------------------------------------------

TEST(Crc32, IsTheUsualOne) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);  // the check value of the catalogues
}

TEST_F(SaveTest, TheFileIsAsTheFormatWantsIt) {
  if (in_double) GTEST_SKIP() << "this build writes F64";
  Single module(Tensor::from({1, -2}, {2}), "layer.w");
  save(path, module);
  const std::string file = contents(path);
  const std::string data = floats({1, -2});
  std::string header = R"({"__metadata__":{"handflow.crc32":"c3872656"},)"
                       R"("layer.w":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}})";
  while (header.size() % 8 != 0) header += ' ';
  EXPECT_EQ(file, file_of(header, data));
}

TEST_F(SaveTest, PythonReadsIt) {
  if (std::system("/usr/bin/python3 -c '' 2>/dev/null") != 0) GTEST_SKIP() << "no Python";
  Safetensors file({"test", path});
  file.put_tensor("w", Tensor::from({0.5, -2, 3}, {3, 1}));
  file.put_numbers("lr", std::vector<double>{0.1});
  file.put_counts("step", std::vector<Index>{60, -1});
  file.metadata["who"] = "me";
  file.write();
  const fs::path out = scratch.path / "out";
  const std::string command = "/usr/bin/python3 '" HANDFLOW_GOLDEN_DIR "/safetensors.py' --read '" +
                              path + "' >'" + out.string() + "' 2>&1";
  const int code = std::system(command.c_str());
  EXPECT_EQ(contents(out), std::string("[('who', 'me')]\nlr F64 [1] 0.1\nstep I64 [2] 60 -1\nw ") +
                               real_dtype + " [3, 1] 0.5 -2.0 3.0\n");
  EXPECT_EQ(code, 0);

  std::string damaged = contents(path);  // the reader is able to say no
  damaged.back() ^= 1;
  write_file(path, damaged);
  EXPECT_NE(std::system(command.c_str()), 0);
}

// The weights that torch.manual_seed(7) draws, in Python's order, without our checksum.
TEST_F(SaveTest, LoadsWhatPythonWrote) {
  Sequential expected = small_net(7);
  Sequential net = small_net(8);
  load(HANDFLOW_GOLDEN_DIR "/from_python.safetensors", net);
  EXPECT_EQ(bits(net), bits(expected));
}

TEST_F(SaveTest, LoadsEveryValidFile) {
  const std::string w = R"("w":)" + entry("F32", "2", "0,8");
  const std::vector<std::string> headers = {
      "{" + w + "}",                               // no metadata, no padding
      "{" + w + "}     ",                          // padded to any length
      "{ \"__metadata__\" : {} ,\n\t" + w + " }",  // white space
      R"({"__metadata__":{"format":"pt","x":"\u00e9"},)" + w + "}",
      R"({"w":{"shape":[2],"data_offsets":[0,8],"dtype":"F32"}})",
      R"({"\u0077":)" + entry("F32", "2", "0,8") + "}",
  };
  for (const std::string& header : headers) {
    write_file(path, file_of(header, floats({5, 6})));
    Single module(autograd::zeros({2}));
    load(path, module);
    EXPECT_EQ(values(module.parameter), (std::vector<double>{5, 6})) << header;
  }
}

TEST_F(SaveTest, OffsetsMayComeInAnyOrder) {
  Linear linear(2, 1);
  const std::string header = R"({"bias":)" + entry("F32", "1", "8,12") + R"(,"weight":)" +
                             entry("F32", "1,2", "0,8") + "}";
  write_file(path, file_of(header, floats({1, 2, 3})));
  load(path, linear);
  EXPECT_EQ(values(linear.weight), (std::vector<double>{1, 2}));
  EXPECT_EQ(linear.bias.item(), 3);
}

// ---- What is refused ---------------------------------------------------------------------------

TEST_F(SaveTest, WhatIsNoSafetensorsFile) {
  EXPECT_EQ(refusal(""), "is no safetensors file: it has 0 bytes");
  EXPECT_EQ(refusal("1234567"), "is no safetensors file: it has 7 bytes");
  EXPECT_EQ(refusal("step,loss\n1,24.5\n"),
            "is no safetensors file: its header would be 8317985974896653427 bytes long");
  EXPECT_EQ(refusal(std::string(8, '\0')),
            "is no safetensors file: its header would be 0 bytes long");
  EXPECT_EQ(refusal(std::string(100, '\xff')),
            "is no safetensors file: its header would be 18446744073709551615 bytes long");
  EXPECT_EQ(refusal(std::string("\x40\0\0\0\0\0\0\0{}", 10)),
            "is truncated: its header is 64 bytes long, and 2 are there");
}

TEST_F(SaveTest, AHeaderThatSaysNothing) {
  EXPECT_EQ(refusal("hello", ""), "its header is not JSON (byte 1)");
  EXPECT_EQ(refusal(R"({"w":)", ""), "its header is not JSON (byte 6)");
  EXPECT_EQ(refusal(R"({"w":1}x)", ""), "its header is not JSON (byte 8)");
  EXPECT_EQ(refusal("{\"\xff\":1}", ""), "its header is not JSON (byte 3)");
  EXPECT_EQ(refusal(std::string("{}\0\0", 4), ""), "its header is not JSON (byte 3)");
  EXPECT_EQ(refusal(std::string("{\0}", 3), ""), "its header is not JSON (byte 2)");
  EXPECT_EQ(refusal(std::string(50000, '['), ""), "its header is not JSON (byte 50001)");
  EXPECT_EQ(refusal("[]", ""), "its header is not a JSON object");
  EXPECT_EQ(refusal(" {}", ""), "its header is not a JSON object");
  EXPECT_EQ(refusal(R"({"__metadata__":[]})", ""), "its __metadata__ is not a JSON object");
  EXPECT_EQ(refusal(R"({"__metadata__":{"a":1}})", ""), "its __metadata__ 'a' is not a text");
}

// Valid JSON, but more than a double holds: the parser throws something else than for bad syntax.
TEST_F(SaveTest, ANumberBeyondAllDoubles) {
  EXPECT_EQ(refusal(R"({"w":1e400})", ""), "its header holds a number that is beyond all doubles");
}

TEST_F(SaveTest, AnEntryThatIsNone) {
  const std::string no_dtype = "the entry 'w' of its header has no dtype";
  EXPECT_EQ(refusal(R"({"w":1})", ""), no_dtype);
  EXPECT_EQ(refusal(R"({"w":[]})", ""), no_dtype);
  EXPECT_EQ(refusal(R"({"w":{}})", ""), no_dtype);
  EXPECT_EQ(refusal(R"({"w":{"dtype":32,"shape":[2],"data_offsets":[0,8]}})", ""), no_dtype);
  const std::string no_shape = "the shape of 'w' is not a list of whole numbers";
  EXPECT_EQ(refusal(R"({"w":{"dtype":"F32","data_offsets":[0,8]}})", ""), no_shape);
  for (const char* shape : {"-2", "2.0", "2e0", "\"2\"", "true", "null", "[2]",
                            "9223372036854775808", "99999999999999999999"}) {
    EXPECT_EQ(refusal(R"({"w":)" + entry("F32", shape, "0,8") + "}", ""), no_shape) << shape;
  }
  EXPECT_EQ(refusal(R"({"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})", ""), no_shape);
  EXPECT_EQ(refusal(R"({"w":{"dtype":"F32","shape":[2]}})", ""),
            "the data_offsets of 'w' is not a list of whole numbers");
  EXPECT_EQ(refusal(R"({"w":)" + entry("F32", "2", "0") + "}", ""),
            "the data_offsets of 'w' are not two");
  EXPECT_EQ(refusal(R"({"w":)" + entry("F32", "2", "0,4,8") + "}", ""),
            "the data_offsets of 'w' are not two");
  EXPECT_EQ(
      refusal(R"({"w":)" + entry("F32", "2", "0,8") + R"(,"w":)" + entry("F32", "2", "0,8") + "}",
              floats({1, 2})),
      "its header names 'w' twice");
}

TEST_F(SaveTest, DataThatDoNotFillTheFile) {
  const auto with = [&](const std::string& offsets, std::size_t size) {
    return refusal(R"({"w":)" + entry("F32", "2", offsets) + "}", std::string(size, '\0'));
  };
  EXPECT_EQ(with("0,8", 7), "is truncated: the data of 'w', 0 to 8, lie beyond the 7 bytes of it");
  EXPECT_EQ(with("0,8", 0), "is truncated: the data of 'w', 0 to 8, lie beyond the 0 bytes of it");
  EXPECT_EQ(with("0,8", 9), "has 1 bytes too many at its end");
  EXPECT_EQ(with("4,12", 12), "the data of 'w', 4 to 12, leave a gap before them");
  EXPECT_EQ(with("8,0", 8), "the data of 'w', 8 to 0, end before they begin");
  EXPECT_EQ(
      with("0,9223372036854775807", 8),
      "is truncated: the data of 'w', 0 to 9223372036854775807, lie beyond the 8 bytes of it");
  EXPECT_EQ(with("0,4", 4), "tensor 'w' has 4 bytes of data and needs 8");
  const auto two = [&](const std::string& first, const std::string& second, std::size_t size) {
    return refusal(
        R"({"v":)" + entry("F32", "2", first) + R"(,"w":)" + entry("F32", "2", second) + "}",
        std::string(size, '\0'));
  };
  EXPECT_EQ(two("0,8", "4,12", 12), "the data of 'w', 4 to 12, overlap those of another");
  EXPECT_EQ(two("0,8", "0,8", 8), "the data of 'w', 0 to 8, overlap those of another");
  EXPECT_EQ(two("0,8", "12,20", 20), "the data of 'w', 12 to 20, leave a gap before them");
  EXPECT_EQ(two("0,8", "8,16", 16), "tensor 'v' has no place here");
}

TEST_F(SaveTest, AnotherModel) {
  const auto with = [&](const std::string& name, const std::string& dtype, const std::string& shape,
                        std::size_t size) {
    return refusal(
        R"({")" + name + R"(":)" + entry(dtype, shape, "0," + std::to_string(size)) + "}",
        std::string(size, '\0'));
  };
  EXPECT_EQ(with("v", "F32", "2", 8), "tensor 'w' is missing");
  EXPECT_EQ(with("w", "F32", "3", 12), "tensor 'w' has shape (3,) and must have (2,)");
  EXPECT_EQ(with("w", "F32", "2,1", 8), "tensor 'w' has shape (2, 1) and must have (2,)");
  EXPECT_EQ(with("w", "F32", "", 4), "tensor 'w' has shape () and must have (2,)");
  EXPECT_EQ(with("w", "F32", "1,1,1,1,2", 8),
            "tensor 'w' has shape (1, 1, 1, 1, 2) and must have (2,)");
  EXPECT_EQ(with("w", "F32", "4294967296,4294967298", 8),
            "tensor 'w' has shape (4294967296, 4294967298) and must have (2,)");
  const std::string must = std::string(" and must be ") + real_dtype;
  EXPECT_EQ(with("w", "F16", "2", 4), "tensor 'w' is F16" + must);
  EXPECT_EQ(with("w", "I32", "2", 8), "tensor 'w' is I32" + must);
  EXPECT_EQ(with("w", "f32", "2", 8), "tensor 'w' is f32" + must);
  EXPECT_EQ(refusal("{}", ""), "tensor 'w' is missing");
}

// In double F32 is taken, as nothing is lost; in float F64 is not.
TEST_F(SaveTest, NumbersAreNeverRounded) {
  write_file(path, file_of(R"({"w":)" + entry("F32", "2", "0,8") + "}", floats({0.1F, 2})));
  Single module(autograd::zeros({2}));
  load(path, module);
  EXPECT_EQ(values(module.parameter), (std::vector<double>{0.1F, 2}));

  const double wide[] = {0.1, 2};
  const std::string bytes(reinterpret_cast<const char*>(wide), sizeof wide);
  const std::string file = file_of(R"({"w":)" + entry("F64", "2", "0,16") + "}", bytes);
  if (in_double) {
    write_file(path, file);
    load(path, module);
    EXPECT_EQ(values(module.parameter), (std::vector<double>{0.1, 2}));
  } else {
    EXPECT_EQ(refusal(file), "tensor 'w' is F64 and must be F32");
  }
}

TEST_F(SaveTest, DamagedDataAreSeenByTheirChecksum) {
  Single module(Tensor::from({1, 2}, {2}));
  save(path, module);
  std::string file = contents(path);
  file[file.size() - 3] ^= 0x10;
  EXPECT_EQ(refusal(file), "its data are damaged: their checksum is not the one it was saved with");

  // A file of others has none, and nothing to be held to.
  write_file(path, file_of(R"({"w":)" + entry("F32", "2", "0,8") + "}", floats({1, 2.5})));
  load(path, module);
  EXPECT_EQ(values(module.parameter), (std::vector<double>{1, 2.5}));
}

// Of this file, whatever is cut off or flipped: it is refused and nothing changes, or the change
// was harmless and the right numbers are loaded.
class DamageTest : public SaveTest {
 protected:
  DamageTest() : net(small_net(3)), other(small_net(4)) {
    save(path, net);
    file = contents(path);
    right = bits(net);
    old = bits(other);
  }
  // 1 if refused, 0 if harmless.
  int refused(const std::string& bytes, const std::string& what) {
    fs::remove(path);  // some file systems flush a file that is written over
    write_file(path, bytes);
    try {
      load(path, other);
      EXPECT_EQ(bits(other), right) << what;
      load(original(), other);
      return 0;
    } catch (const FileError&) {
      EXPECT_EQ(bits(other), old) << what;
      return 1;
    }
  }
  // Puts `other` back.
  std::string original() {
    if (original_.empty()) {
      original_ = scratch.path / "original";
      Sequential first = small_net(4);
      save(original_, first);
    }
    return original_;
  }

  Sequential net, other;
  std::string file, right, old;

 private:
  std::string original_;
};

TEST_F(DamageTest, EveryTruncationIsRefused) {
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_EQ(refused(file.substr(0, size), std::to_string(size) + " bytes"), 1) << size;
  }
  EXPECT_EQ(refused(file, "all"), 0);
  EXPECT_EQ(refused(file + '\0', "one more"), 1);
}

TEST_F(DamageTest, EveryFlippedBitIsRefusedOrHarmless) {
  std::size_t harmless = 0;
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = file;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      if (refused(flipped, "byte " + std::to_string(i)) == 0) ++harmless;
    }
  }
  // What is harmless: another name for the checksum, so that it is not looked at.
  EXPECT_GT(harmless, 0U);
  EXPECT_LT(harmless, 8 * std::strlen("handflow.crc32"));
}

TEST_F(SaveTest, TwoParametersOfOneName) {
  struct Twins : Module {
    Tensor a = autograd::ones({1});
    Tensor b = autograd::ones({1});
    void visit_parameters(const Visitor& visit) override {
      visit("w", a);
      visit("w", b);
    }
  } twins;
  EXPECT_TRUE(throws<autograd::ValueError>([&] { save(path, twins); },
                                           {"save: two arrays are called 'w'"}));
  EXPECT_FALSE(fs::exists(path));
  Single named(autograd::ones({1}), "__metadata__");
  EXPECT_TRUE(throws<autograd::ValueError>([&] { save(path, named); }, {"__metadata__"}));
}

TEST_F(SaveTest, NamesMayHoldAnyText) {
  for (const std::string name : {"", "a\"b\\c\n", "重量", ".."}) {
    Single module(Tensor::from({1, 2}, {2}), name);
    save(path, module);
    Single other(autograd::zeros({2}), name);
    load(path, other);
    EXPECT_TRUE(equal(other.parameter, module.parameter)) << name;
  }
  Single module(autograd::ones({1}), "\xff");
  EXPECT_TRUE(throws<FileError>([&] { save(path, module); }, {"save: ", "not UTF-8"}));
}

// ---- Files -------------------------------------------------------------------------------------

TEST_F(SaveTest, WhatCannotBeRead) {
  Single module(autograd::ones({2}));
  const auto loading = [&](const std::string& from) { return [&, from] { load(from, module); }; };
  EXPECT_TRUE(throws<FileError>(loading(path), {"load: ", path.c_str(), "No such file"}));
  EXPECT_TRUE(throws<FileError>(loading(""), {"load: ", "No such file"}));
  EXPECT_TRUE(throws<FileError>(loading(scratch.path), {"is not a regular file"}));
  EXPECT_TRUE(throws<FileError>(loading("/dev/zero"), {"is not a regular file"}));
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);  // nobody writes into it: opening it would wait
  EXPECT_TRUE(throws<FileError>(loading(path), {"is not a regular file"}));
}

TEST_F(SaveTest, WhatCannotBeWritten) {
  Single module(autograd::ones({2}));
  const auto saving = [&](const std::string& to) { return [&, to] { save(to, module); }; };
  EXPECT_TRUE(throws<FileError>(saving(scratch.path / "none" / "net"), {"save: ", "No such file"}));
  EXPECT_TRUE(throws<FileError>(saving(scratch.path), {"is not a regular file"}));
  EXPECT_TRUE(throws<FileError>(saving(""), {"save: "}));
  write_file(path, "");
  EXPECT_TRUE(throws<FileError>(saving(path + "/net"), {"Not a directory"}));
  EXPECT_EQ(count_of_files(scratch.path), 1U);
  // A pipe or a device, /dev/full say, is no place for a file, and is not replaced by one.
  const fs::path pipe = scratch.path / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_TRUE(throws<FileError>(saving(pipe), {pipe.c_str(), "is not a regular file"}));
  EXPECT_TRUE(fs::is_fifo(pipe));
}

// A disk with room for 100 bytes more.
class FullDisk {
 public:
  FullDisk() {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = 100;
    setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

// The system would read only what stands before the null: another file.
TEST_F(SaveTest, APathWithANullIsRefused) {
  Sequential net = small_net(3);
  const std::string two = path + std::string(1, '\0') + "other";
  EXPECT_TRUE(throws<FileError>([&] { save(two, net); }, {"save: ", "a null byte"}));
  save(path, net);
  EXPECT_TRUE(throws<FileError>([&] { load(two, net); }, {"load: ", "a null byte"}));
  EXPECT_EQ(count_of_files(scratch.path), 1U);
}

TEST_F(SaveTest, ANameMayBeAsLongAsTheSystemAllows) {
  Sequential net = small_net(3);
  const std::string longest = (scratch.path / std::string(255, 'n')).string();
  save(longest, net);
  Sequential other = small_net(4);
  load(longest, other);
  EXPECT_EQ(bits(other), bits(net));
}

TEST_F(SaveTest, OnAFullDiskTheOldFileStays) {
  Sequential net = small_net(3);
  save(path, net);
  const std::string old = contents(path);
  Sequential other = small_net(4);
  {
    const FullDisk full;
    EXPECT_TRUE(throws<FileError>([&] { save(path, other); },
                                  {"save: ", path.c_str(), "cannot be written: File too large"}));
  }
  EXPECT_EQ(contents(path), old);
  EXPECT_EQ(count_of_files(scratch.path), 1U) << "a temporary file is left";
  save(path, other);
  EXPECT_NE(contents(path), old);
  EXPECT_EQ(count_of_files(scratch.path), 1U);
}

TEST_F(SaveTest, AnOldFileIsReplacedNotWrittenInto) {
  Sequential net = small_net(3);
  save(path, net);
  const std::string old = contents(path);
  const fs::path second = scratch.path / "second";
  fs::create_hard_link(path, second);  // whoever has the old file open keeps it whole
  Sequential other = small_net(4);
  save(path, other);
  EXPECT_EQ(contents(second), old);
  EXPECT_NE(contents(path), old);
}

TEST_F(SaveTest, ALinkStaysALink) {
  const fs::path latest = scratch.path / "latest";
  Sequential net = small_net(3);
  save(path, net);
  fs::create_symlink("net.safetensors", latest);
  Sequential other = small_net(4);
  save(latest, other);
  EXPECT_TRUE(fs::is_symlink(latest));
  load(path, net);
  EXPECT_EQ(bits(net), bits(other));
}

TEST_F(SaveTest, TheFileHasTheRightsThatNewFilesHave) {
  const mode_t mask = umask(022);
  Single module(autograd::ones({1}));
  save(path, module);
  umask(mask);
  EXPECT_EQ(fs::status(path).permissions(), static_cast<fs::perms>(0644));
}

TEST_F(SaveTest, APathIsTakenFromTheCurrentFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(scratch.path);
  Single module(Tensor::from({4}, {1}));
  save("here.safetensors", module);
  Single other(autograd::zeros({1}));
  load("here.safetensors", other);
  fs::current_path(before);
  EXPECT_EQ(other.parameter.item(), 4);
  EXPECT_TRUE(fs::exists(scratch.path / "here.safetensors"));
}

}  // namespace
}  // namespace nn
