// Where does the time of a training step go?

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "autograd/memory.h"
#include "lessons/16_making_it_fast/step.h"
#include "lessons/lab/heap.h"
#include "lessons/lab/race.h"

using autograd::Gemm, autograd::Index, autograd::Kernels, autograd::Tensor;

namespace {

// 1. C = A B, all (n, n), as on paper: c_ij sums a_ip b_pj over p, and b(p, j) finds b_pj. With one
//    chain every addition waits for the one before; 16 chains take turns and are added at the end.
template <int chains, bool fused, class Entry>
void dots(Index n, const float* a, const Entry& b, float* c) {
  for (Index i = 0; i < n; ++i, a += n) {
    for (Index j = 0; j < n; ++j) {
      float sum[chains] = {};
      for (Index p = 0; p < n; p += chains) {
#pragma GCC unroll 16
        for (int l = 0; l < chains; ++l) {
          const float x = a[p + l], y = b(p + l, j);
          sum[l] = fused ? std::fma(x, y, sum[l]) : sum[l] + x * y;
        }
      }
      for (int half = chains / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; ++l) sum[l] += sum[l + half];
      }
      c[i * n + j] = sum[0];
    }
  }
}

// 2. The same chains, the loops in another order: row i of C gathers multiples of the rows of B.
void rows(Index n, const float* a, const float* b, float* c) {
  std::fill_n(c, n * n, 0.0f);
  for (Index i = 0; i < n; ++i, c += n) {
    for (Index p = 0; p < n; ++p) {
      for (Index j = 0; j < n; ++j) c[j] += a[i * n + p] * b[p * n + j];
    }
  }
}

// 3. The same chains, 4 x 8 of them at a time in registers, which meet memory once, at the end.
void tiles(Index n, const float* a, const float* b, float* c) {
  for (Index i = 0; i < n; i += 4) {
    for (Index j = 0; j < n; j += 8) {
      float __attribute__((vector_size(16))) sum[4][2] = {}, y[2];
      for (Index p = 0; p < n; ++p) {
        std::memcpy(y, b + p * n + j, sizeof y);
#pragma GCC unroll 4
        for (Index r = 0; r < 4; ++r) {
          const float x = a[(i + r) * n + p];
          sum[r][0] += x * y[0], sum[r][1] += x * y[1];
        }
      }
      for (Index r = 0; r < 4; ++r) std::memcpy(c + (i + r) * n + j, sum[r], sizeof sum[r]);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    lesson.measured("measured on\n" + lab::circumstances());
    autograd::manual_seed(lesson.options.seed);
    const Index n = lesson.options.quick ? 128 : 256, size = n * n;
    const Tensor A = autograd::randn({n, n}), B = autograd::randn({n, n}), BT = transpose(B);
    const float *a = A.data(), *b = B.data(), *bt = BT.data();
    const auto column = [=](Index p, Index j) { return b[p * n + j]; };
    const auto row = [=](Index p, Index j) { return bt[j * n + p]; };
    Tensor C = Tensor::empty({10, size});
    const auto c = [to = C.data(), size](Index i) { return to + i * size; };

    // 4. The race: each in turn, again and again; then the library, with vectors of each width.
    const double flop = 2 * std::pow(n, 3);
    std::vector<lab::Runner> race{
        {"entry by entry", [=] { dots<1, false>(n, a, column, c(0)); }, flop},
        {"... with B transposed", [=] { dots<1, false>(n, a, row, c(1)); }, flop},
        {"... in 16 chains", [=] { dots<16, false>(n, a, row, c(2)); }, flop},
        {"row by row", [=] { rows(n, a, b, c(3)); }, flop},
        {"tile by tile", [=] { tiles(n, a, b, c(4)); }, flop}};
    const auto into = [=](Index i) { return Gemm{n, n, n, a, n, 1, b, n, 1, c(i), n, 1}; };
    for (const std::string name : {"baseline", "avx2", "avx512"}) {
      const Kernels* const k = autograd::kernels_named(name.c_str());
      race.push_back({"library, " + name, {}, flop});
      if (!k) continue;
      Tensor space = Tensor::empty({k->gemm_workspace});
      race.back().run = [=, g = into(std::ssize(race) - 1)]() mutable { k->gemm(g, space.data()); };
    }
    race.push_back({"library, 2 threads", [=] { autograd::gemm(into(8)); }, flop, 0, true});
    autograd::set_num_threads(2);
    lab::race(lesson, "product", race);
    const auto same = [=](Index i, Index j) { return std::equal(c(i), c(i + 1), c(j)); };
    lesson.check("any order of loops: the same bits", same(1, 0) && same(3, 0) && same(4, 0));
    const Tensor off = abs(slice(C, 0, 2, 3) - slice(C, 0, 0, 1)), terms = matmul(abs(A), abs(B));
    const double share = max(off / reshape(terms, {1, size})).item();
    lesson.check_at_most("16 chains: off by, of sum |a b|", share, std::ldexp(n, -23));
    dots<1, true>(n, a, column, c(9));
    bool one_chain = true;  // of fused multiply-adds; 5 is the baseline and 8 may be: plain ones
    for (Index i = 5; i < 9; ++i)
      one_chain = one_chain && (!race.begin()[i].run || same(i, 9) || (i % 3 == 2 && same(i, 0)));
    lesson.check("library, any width, 1 or 2 threads: the same bits", one_chain);

    // 5. The step of lesson vector_field: its parts, many nodes for few, the heap for free lists.
    autograd::manual_seed(lesson.options.seed);
    Step step;
    const Tensor few = step.few_nodes(), many = step.many_nodes();
    lesson.log({{"first loss, 3 nodes", few.item()}, {"10 nodes", many.item()}});
    (few - many).backward();  // gradients add up: what is left is their difference
    const double left = max(abs(step.first.weight.grad())).item();
    lesson.check_at_most("3 nodes or 10: gradients differ by", left, 1e-5);
    lab::race(lesson, "step",
              {{"noise, times, path", [&] { step.draw(); }},
               {"... and the loss", [&] { step.draw(), step.few_nodes(); }},
               {"... and the gradients", [&] { step.draw(), step.gradients(); }},
               {"... and Adam: the step", [&] { step(); }},
               {"the step in 4 nodes", [&] { step(&Step::relu_apart); }},
               {"the step in 10 nodes", [&] { step(&Step::many_nodes); }},
               {"the step, no free lists", [&] { autograd::empty_cache(), step(); }}});
    lesson.check("a warm step leaves the heap alone", lab::heap_allocations([&] { step(); }) == 0);

    // 6. The roofline: kernels of the step, apart and fused, and what this machine can do at best.
    lesson.check("ten kernels, seven fused, backward(): the same bits", step.same_bits());
    std::vector<lab::Runner> kernels = step.kernels();
    lesson.check("its products are 307,200 FLOP", step.product_flop == 307'200);
    lab::add_limits(kernels, 4 * 200 * 64);
    lesson.measured(lab::roofline(kernels, lab::race(lesson, "kernel", kernels)));
    lesson.draw_figure();
    lesson.close({.what_you_saw =
                      "A large product waits for arithmetic, and chains, tiles and wide "
                      "vectors shorten it. This step waits for memory and nodes: fuse them.",
                  .change_one_thing = "HANDFLOW_ISA=baseline before the command: what changes?",
                  .next = "./build/lessons/vector_field   this step, 100,000 times"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "making_it_fast",
                          .question = "Where does the time of a training step go?",
                          .steps = 51,
                          .quick_steps = 3},
                         lesson_body);
}
