#include "bench/compare/table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>
#include <utility>

#include "autograd/autograd.h"

namespace bench {
namespace {

// Three digits.
std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
  return text;
}

std::string with_spread(const Ratio& ratio) {
  return number(ratio.median) + " ± " + number(ratio.spread);
}

// How many characters are seen of a text in UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

std::string processor() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

}  // namespace

std::string markdown(const Table& table) {
  std::vector<std::size_t> widths(table[0].size(), 3);
  for (const Row& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  const auto add = [&](const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
      text += "| " + row[i] + std::string(widths[i] - width(row[i]) + 1, ' ');
    text += "|\n";
  };
  add(table[0]);
  for (const std::size_t w : widths) text.append("|").append(w + 2, '-');
  text += "|\n";
  for (std::size_t i = 1; i < table.size(); ++i) add(table[i]);
  return text;
}

std::string duration(double seconds) {
  const auto [value, unit] = seconds < 1e-6   ? std::pair(seconds * 1e9, "ns")
                             : seconds < 1e-3 ? std::pair(seconds * 1e6, "us")
                             : seconds < 1    ? std::pair(seconds * 1e3, "ms")
                                              : std::pair(seconds, "s");
  return number(value) + " " + unit;
}

std::string time_cell(const Times& times, double units) {
  return times.empty() ? "-" : duration(median(times) / units);
}

std::string ratio_cell(const Times& theirs, const Times& ours, double units,
                       const std::string& note) {
  if (theirs.empty()) return "-";
  return with_spread(ratio(theirs, ours)) + " (" + time_cell(theirs, units) +
         (note.empty() ? "" : ", ") + note + ")";
}

std::string gain_cell(const Times& one_thread, const Times& two_threads) {
  return one_thread.empty() ? "-" : with_spread(ratio(one_thread, two_threads));
}

std::string list_cell(const std::vector<double>& values) {
  if (values.empty()) return "-";
  std::string text = number(values[0]);
  for (std::size_t i = 1; i < values.size(); ++i) text += " / " + number(values[i]);
  return text;
}

std::string mean_cell(const std::vector<double>& values) {
  if (values.empty()) return "-";
  double logs = 0;
  for (const double value : values) logs += std::log(value);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return number(std::exp(logs / static_cast<double>(values.size()))) + " (" + number(*least) +
         " to " + number(*most) + ")";
}

std::string circumstances() {
  const std::time_t now = std::time(nullptr);
  char date[32], load[64];
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  double average = 0;
  if (getloadavg(&average, 1) == 1)
    std::snprintf(load, sizeof load, "; load average before %.1f", average);
  else
    load[0] = '\0';
  return processor() + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores; " +
         autograd::kernels().name + " kernels; " + HANDFLOW_BUILD + "; " + date + load;
}

}  // namespace bench
