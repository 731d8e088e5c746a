#include "nn/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <tuple>

#include "nn/safetensors_header.h"

namespace nn::inline HANDFLOW_PRECISION {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr const char* checksum_key = "handflow.crc32";
constexpr std::uint64_t longest_header = 100'000'000;  // as in the format's own library

std::string checksum(std::string_view data) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(crc32(data)));
  return text;
}

std::string text_of(const std::vector<Index>& shape) {
  std::string text;
  for (const Index size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

std::vector<Index> sizes(const autograd::Shape& shape) {
  std::vector<Index> list;
  for (Index d = 0; d < shape.rank(); ++d) list.push_back(shape[d]);
  return list;
}

template <class T>
std::string bytes_of(const T* elements, std::size_t count) {
  return {reinterpret_cast<const char*>(elements), count * sizeof(T)};
}

template <class From, class To>
void convert(const std::string& bytes, To* elements) {
  for (std::size_t i = 0; i < bytes.size() / sizeof(From); ++i) {
    From element;
    std::memcpy(&element, bytes.data() + i * sizeof(From), sizeof(From));
    elements[i] = static_cast<To>(element);
  }
}

using Entry = SafetensorsHeader::Entry;

// The arrays must cover the data from its first byte to its last, each byte once.
void check_offsets(const FileTask& task, std::vector<Entry> entries, std::size_t size) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  std::size_t covered = 0;
  for (const Entry& entry : entries) {
    const std::string where = "the data of '" + entry.name + "', " + std::to_string(entry.begin) +
                              " to " + std::to_string(entry.end) + ", ";
    if (entry.end < entry.begin) task.fail(where + "end before they begin");
    if (entry.begin < covered) task.fail(where + "overlap those of another");
    if (entry.begin > covered) task.fail(where + "leave a gap before them");
    if (entry.end > size) {
      task.fail("is truncated: " + where + "lie beyond the " + std::to_string(size) +
                " bytes of it");
    }
    covered = entry.end;
  }
  if (covered < size) {
    task.fail("has " + std::to_string(size - covered) + " bytes too many at its end");
  }
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> remainders{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t r = byte;
      for (int bit = 0; bit < 8; ++bit) r = (r >> 1) ^ ((r & 1U) != 0 ? 0xedb88320U : 0U);
      remainders[byte] = r;
    }
    return remainders;
  }();
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 255U];
  return ~crc;
}

Safetensors Safetensors::read(FileTask task) {
  const std::string bytes = read_file(task);
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) {
    task.fail("is no safetensors file: it has " + std::to_string(bytes.size()) + " bytes");
  }
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length == 0 || length > longest_header) {
    task.fail("is no safetensors file: its header would be " + std::to_string(length) +
              " bytes long");
  }
  if (length > bytes.size() - sizeof length) {
    task.fail("is truncated: its header is " + std::to_string(length) + " bytes long, and " +
              std::to_string(bytes.size() - sizeof length) + " are there");
  }
  const std::string_view all = bytes;
  const std::string_view data = all.substr(sizeof length + length);
  SafetensorsHeader header;
  try {
    header = parse_header(all.substr(sizeof length, length));
  } catch (const HeaderError& error) {
    task.fail(error.what());
  }
  check_offsets(task, header.entries, data.size());

  Safetensors file(std::move(task));
  file.metadata = std::move(header.metadata);
  if (const auto found = file.metadata.find(checksum_key);
      found != file.metadata.end() && found->second != checksum(data)) {
    file.task_.fail("its data are damaged: their checksum is not the one it was saved with");
  }
  for (Entry& entry : header.entries) {
    const std::string_view bytes_of_it = data.substr(entry.begin, entry.end - entry.begin);
    file.arrays_[entry.name] = {std::move(entry.dtype), std::move(entry.shape),
                                std::string(bytes_of_it)};
  }
  return file;
}

void Safetensors::write() {
  // Wide elements first, so that all are aligned.
  std::vector<std::pair<std::string, const Array*>> order;
  for (const auto& [name, array] : arrays_) order.emplace_back(name, &array);
  std::stable_partition(order.begin(), order.end(),
                        [](const auto& entry) { return entry.second->dtype != "F32"; });
  std::string data;
  SafetensorsHeader header;
  for (const auto& [name, array] : order) {
    const std::size_t begin = data.size();
    data += array->bytes;
    header.entries.push_back({name, array->dtype, array->shape, begin, data.size()});
  }
  metadata[checksum_key] = checksum(data);
  header.metadata = metadata;

  std::string text;
  try {
    text = to_json(header);
  } catch (const HeaderError& error) {
    task_.fail(error.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  replace_file(task_, bytes_of(&length, 1) + text + data);
}

void Safetensors::put(const std::string& name, Array array) {
  if (name == "__metadata__" || !arrays_.emplace(name, std::move(array)).second) {
    throw autograd::ValueError(task_.operation + ": two arrays are called '" + name + "'");
  }
}

void Safetensors::put_tensor(const std::string& name, const Tensor& tensor) {
  const auto count = static_cast<std::size_t>(tensor.numel());
  put(name, {real_dtype, sizes(tensor.shape()), bytes_of(tensor.data(), count)});
}

void Safetensors::put_numbers(const std::string& name, std::span<const double> numbers) {
  put(name,
      {"F64", {static_cast<Index>(numbers.size())}, bytes_of(numbers.data(), numbers.size())});
}

void Safetensors::put_counts(const std::string& name, std::span<const Index> counts) {
  put(name, {"I64", {static_cast<Index>(counts.size())}, bytes_of(counts.data(), counts.size())});
}

Safetensors::Array Safetensors::take(const std::string& name, const std::vector<Index>& shape,
                                     std::initializer_list<std::string_view> dtypes) {
  const auto found = arrays_.find(name);
  if (found == arrays_.end()) task_.fail("tensor '" + name + "' is missing");
  Array& array = found->second;
  const std::string tensor = "tensor '" + name + "' ";
  if (std::find(dtypes.begin(), dtypes.end(), array.dtype) == dtypes.end()) {
    task_.fail(tensor + "is " + array.dtype + " and must be " + std::string(*dtypes.begin()));
  }
  if (array.shape != shape) {
    task_.fail(tensor + "has shape " + text_of(array.shape) + " and must have " + text_of(shape));
  }
  std::size_t size = array.dtype == "F32" ? 4 : 8;
  for (const Index n : shape) size *= static_cast<std::size_t>(n);
  if (array.bytes.size() != size) {
    task_.fail(tensor + "has " + std::to_string(array.bytes.size()) + " bytes of data and needs " +
               std::to_string(size));
  }
  Array taken = std::move(array);
  arrays_.erase(found);
  return taken;
}

Tensor Safetensors::take_tensor(const std::string& name, const autograd::Shape& shape) {
  const Array array = take(name, sizes(shape), {real_dtype, "F32"});
  Tensor tensor = Tensor::empty(shape);
  if (array.dtype == "F32") {
    convert<float>(array.bytes, tensor.data());
  } else {
    convert<double>(array.bytes, tensor.data());
  }
  return tensor;
}

std::vector<double> Safetensors::take_numbers(const std::string& name, Index size) {
  const Array array = take(name, {size}, {"F64"});
  std::vector<double> numbers(static_cast<std::size_t>(size));
  convert<double>(array.bytes, numbers.data());
  return numbers;
}

std::vector<Index> Safetensors::take_counts(const std::string& name, Index size) {
  const Array array = take(name, {size}, {"I64"});
  std::vector<Index> counts(static_cast<std::size_t>(size));
  convert<Index>(array.bytes, counts.data());
  return counts;
}

void Safetensors::refuse_the_rest() const {
  if (!arrays_.empty()) task_.fail("tensor '" + arrays_.begin()->first + "' has no place here");
}

}  // namespace nn::inline HANDFLOW_PRECISION
