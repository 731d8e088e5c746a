// The same work by this library and by the peers that were found, in one run: first that their
// results agree, then how long each takes. Prints tables in Markdown.
//
//     compare                checks, then measures
//     compare --out FILE     writes the tables to this file, too
//     compare --check        only checks

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "autograd/autograd.h"
#include "bench/compare/check.h"
#include "bench/compare/rows.h"
#include "bench/compare/table.h"
#include "bench/compare/works.h"

namespace bench {
namespace {

bool check_all(const Contestants& contestants) {
  bool good = true;
  const auto check = [&](const std::string& name, const std::vector<Work>& works, int threads = 1) {
    good = bench::check(name, works, contestants, threads) && good;
  };
  for (const Training& step : training_steps()) check(step.name, {work(step)});
  check(std::string(large_step.name) + ", two threads", {work(large_step)}, 2);
  for (const Layers& group : product_groups()) check(group.name, products(group));
  for (const Chain& chain : chains()) check(chain.name, {work(chain)});
  std::map<std::string, int> smallest_chunk;
  for (std::size_t i = 1; i < contestants.size(); ++i)
    smallest_chunk[contestants[i].name] = chunks[0];
  for (Sampling sampling : samplings()) {
    sampling.points = 40 * chunks[0] + 100;  // the last chunk is a smaller one
    const std::string name =
        std::string(sampling.name) + ", on " + std::to_string(sampling.points) + " of them";
    check(name, {work(sampling)});
    check(name + ", peers in chunks", {in_chunks(sampling, smallest_chunk)});
  }
  return good;
}

constexpr const char* legend =
    "Of handflow: its time. Of the others: their time over handflow's, ± half the distance between "
    "the quartiles, and their time; more than 1 means that handflow is faster. Products: Gflop/s "
    "of handflow, and the others' time over its; geometric means and ranges here, one by one in "
    "the table below. Sampling: handflow and the limit in chunks of their own. Medians over turns, "
    "one thread, processor time, unless a row says otherwise.";

std::string measure_all(const Contestants& contestants, const std::vector<std::string>& missing) {
  wait_until_idle();
  const std::string where = circumstances();
  Table table{{""}};
  Table detail{{"D. x Wᵀ / dy W / dyᵀ x"}};
  for (const Contestant& who : contestants) {
    table[0].push_back(who.name);
    if (who.product) detail[0].push_back(who.name);
  }

  for (const Training& step : training_steps())
    table.push_back(
        single_row(step.name, work(step), contestants, step.hidden_layers == 1 ? 2 : 5));
  for (const Layers& group : product_groups())
    table.push_back(products_row(group, contestants, detail));
  for (const Chain& chain : chains())
    table.push_back(single_row(chain.name, work(chain), contestants, 2));
  for (const Sampling& sampling : samplings()) {
    const std::string name = sampling.name;
    table.push_back(single_row(name + ", peers all at once", work(sampling), contestants, 7));
    table.push_back(chunked_row(name + ", peers in chunks", sampling, contestants, 7));
  }
  const bool two_cores = std::thread::hardware_concurrency() >= 2;
  if (two_cores) {
    const Layers& layers = product_groups().back();
    const TwoThreads step = two_thread_rows("C. training step", work(large_step), contestants, 5);
    const TwoThreads product =
        two_thread_rows(layers.name, together(products(layers)), contestants, 5);
    table.insert(table.end(), {step.times, step.gains, product.gains});
  }

  std::string text = markdown(table) + "\n" + where + ".\n\n" + legend;
  if (!two_cores) text += " Two threads were not measured: there is one core.";
  for (const std::string& name : missing) text += " " + name + ": not found when this was built.";
  return text + "\n\n" + markdown(detail);
}

// OpenBLAS, which libtorch calls, reads these when it is loaded: too late to change them here.
bool environment_is_fair() {
  if (!std::getenv("OPENBLAS_CORETYPE") && !std::getenv("OPENBLAS_L2_SIZE")) return true;
  std::fprintf(stderr,
               "compare: times would not be fair unless OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE are "
               "unset; `cmake --build build --target bench` sees to it\n");
  return false;
}

int run(bool only_check, const std::string& out) {
  const auto [found, missing] = peers();
  Contestants contestants{
      {"handflow", autograd::set_num_threads, training, sampling, product, chain}};
  contestants.insert(contestants.end(), found.begin(), found.end());
  for (const Contestant& who : contestants) {
    if (who.set_threads) who.set_threads(1);
  }
  if (!only_check && !environment_is_fair()) return 1;
  if (!check_all(contestants)) return 1;
  if (only_check) return 0;
  const std::string tables = measure_all(contestants, missing);
  std::printf("\n%s", tables.c_str());
  if (out.empty()) return 0;
  std::ofstream file(out);
  file << tables;
  if (file.flush()) return 0;
  std::fprintf(stderr, "compare: cannot write %s\n", out.c_str());
  return 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  const std::string option = argc > 1 ? argv[1] : "";
  const bool only_check = argc == 2 && option == "--check";
  const bool writes = argc == 3 && option == "--out";
  if (argc > 1 && !only_check && !writes) {
    std::fprintf(stderr, "usage: compare [--check | --out FILE]\n");
    return 2;
  }
  return bench::run(only_check, writes ? argv[2] : "");
}
