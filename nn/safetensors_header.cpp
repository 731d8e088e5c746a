// The one file that includes the JSON library.
#include "nn/safetensors_header.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace nn {
namespace {

using nlohmann::json;

[[noreturn]] void refuse_json(std::size_t byte) {
  throw HeaderError("its header is not JSON (byte " + std::to_string(byte) + ")");
}

// The header as JSON; refuses one with two entries of the same name, of which the parser would
// silently keep the last.
json parse(std::string_view text) {
  const std::size_t null = text.find('\0');  // the parser would take it for the end
  if (null != text.npos) refuse_json(null + 1);
  std::vector<std::set<std::string>> open;  // the names so far in each object around this place
  std::string twice;
  const auto watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key) {
      const auto name = parsed.get<std::string>();
      if (!open.back().insert(name).second) twice = name;
    }
    return true;
  };
  json header;
  try {
    header = json::parse(text, watch);
  } catch (const json::parse_error& error) {
    refuse_json(error.byte);
  } catch (const json::out_of_range&) {  // 1e400
    throw HeaderError("its header holds a number that is beyond all doubles");
  }
  if (!twice.empty()) throw HeaderError("its header names '" + twice + "' twice");
  if (!header.is_object() || text.front() != '{')
    throw HeaderError("its header is not a JSON object");
  return header;
}

std::map<std::string, std::string> read_metadata(const json& header) {
  std::map<std::string, std::string> metadata;
  const auto found = header.find("__metadata__");
  if (found == header.end()) return metadata;
  if (!found->is_object()) throw HeaderError("its __metadata__ is not a JSON object");
  for (const auto& [key, text] : found->items()) {
    if (!text.is_string()) throw HeaderError("its __metadata__ '" + key + "' is not a text");
    metadata[key] = text.get<std::string>();
  }
  return metadata;
}

// A list of whole numbers, none negative, and small enough to compute with.
std::vector<std::int64_t> read_counts(const std::string& name, const json& entry, const char* key) {
  const auto list = entry.find(key);
  const auto is_count = [](const json& number) {
    return number.is_number_unsigned() &&
           number.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  };
  if (list == entry.end() || !list->is_array() ||
      !std::all_of(list->begin(), list->end(), is_count)) {
    throw HeaderError("the " + std::string(key) + " of '" + name +
                      "' is not a list of whole numbers");
  }
  return list->get<std::vector<std::int64_t>>();
}

}  // namespace

SafetensorsHeader parse_header(std::string_view text) {
  const json parsed = parse(text);
  SafetensorsHeader header{.metadata = read_metadata(parsed), .entries = {}};
  for (const auto& [name, entry] : parsed.items()) {
    if (name == "__metadata__") continue;
    const auto dtype = entry.find("dtype");
    if (!entry.is_object() || dtype == entry.end() || !dtype->is_string()) {
      throw HeaderError("the entry '" + name + "' of its header has no dtype");
    }
    std::vector<std::int64_t> shape = read_counts(name, entry, "shape");
    const std::vector<std::int64_t> ends = read_counts(name, entry, "data_offsets");
    if (ends.size() != 2) throw HeaderError("the data_offsets of '" + name + "' are not two");
    header.entries.push_back({name, dtype->get<std::string>(), std::move(shape),
                              static_cast<std::size_t>(ends[0]),
                              static_cast<std::size_t>(ends[1])});
  }
  return header;
}

std::string to_json(const SafetensorsHeader& header) {
  json written = json::object();
  for (const SafetensorsHeader::Entry& entry : header.entries) {
    written[entry.name] = {
        {"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
  }
  written["__metadata__"] = header.metadata;
  try {
    return written.dump();
  } catch (const json::exception&) {
    throw HeaderError("cannot be written: the name of an array is not UTF-8");
  }
}

}  // namespace nn
