// What is a tensor, and what does broadcasting do?

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/text.h"

using autograd::Index;
using autograd::Shape;
using autograd::Tensor;

namespace {

// 1. A shape, and the numbers in a row. In front of element [i, j, k] of a tensor (2, 3, 4) lie
//    i blocks of 3 * 4 numbers, j rows of 4, and k numbers of its own row.
void row_major(lab::Lesson& lesson) {
  const Tensor x = reshape(autograd::arange(0, 24), {2, 3, 4});  // the numbers 0, 1, ..., 23
  bool all = true;
  for (Index place = 0; place < x.numel(); ++place) {
    const Index i = place / 12, j = place / 4 % 3, k = place % 4;
    const double element = slice(slice(slice(x, 0, i, i + 1), 1, j, j + 1), 2, k, k + 1).item();
    all = all && (i * 3 + j) * 4 + k == place && x.data()[place] == element;
    if (place % 7 == 2) lesson.log({{"i", i}, {"j", j}, {"k", k}, {"x[i, j, k]", element}});
  }
  lesson.check("all 24 elements stand at (i * 3 + j) * 4 + k", all);
  lesson.check("rank 0 has one element", Tensor(5).rank() == 0 && Tensor(5).numel() == 1);
}

// 2. A tensor is a handle on memory. Who shares the memory sees changes; `=` moves the handle.
void handles(lab::Lesson& lesson) {
  Tensor x = autograd::zeros({2, 3});
  const Tensor handle = x, flat = reshape(x, {6}), copy = x.clone(), turned = transpose(x);
  x.fill_(7);  // in place: the six numbers change
  x = x + 1;   // six new numbers, and from now on x means these
  for (const Tensor& y : {handle, flat, copy, turned, x})
    lesson.log({{"shape", to_string(y.shape())}, {"first number", y.data()[0]}});
  lesson.check("a second handle and a reshape share", handle.data()[0] == 7 && flat.data()[0] == 7);
  lesson.check("clone and transpose do not", copy.data()[0] == 0 && turned.data()[0] == 0);
}

// 3. The rule of broadcasting, by hand. Align the shapes at the last dimension; one that is missing
//    counts as 1. Where the sizes differ, one of them must be 1, and the other one holds.
Shape common_shape(const Shape& a, const Shape& b) {
  std::vector<Index> sizes;
  for (Index d = -std::max(a.rank(), b.rank()); d <= -1; ++d) {  // -1 is the last dimension
    const Index in_a = d >= -a.rank() ? a[d] : 1;
    const Index in_b = d >= -b.rank() ? b[d] : 1;
    if (in_a != in_b && in_a != 1 && in_b != 1) throw autograd::ShapeError("no common shape");
    sizes.push_back(in_a == 1 ? in_b : in_a);
  }
  return Shape(sizes);
}

// What stands at `place` when x is stretched to `shape`: along a size of 1, x does not move.
autograd::real stretched(const Tensor& x, const Shape& shape, Index place) {
  Index own_place = 0, step = 1;  // step: from one number of x to the next along d
  for (Index d = -1; d >= -x.rank(); --d) {
    const Index i = place % shape[d];
    place /= shape[d];
    if (x.size(d) != 1) own_place += i * step;
    step *= x.size(d);
  }
  return x.data()[own_place];
}

Tensor by_hand(auto f, const Tensor& a, const Tensor& b) {
  Tensor y = autograd::zeros(common_shape(a.shape(), b.shape()));
  for (Index p = 0; p < y.numel(); ++p)
    y.data()[p] = f(stretched(a, y.shape(), p), stretched(b, y.shape(), p));
  return y;
}

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::equal(a.data(), a.data() + a.numel(), b.data());
}

// 4. What cannot be meant is refused, with the shapes in the text.
void expect_refusal(lab::Lesson& lesson, auto mistake) {
  try {
    mistake();
  } catch (const autograd::ShapeError& error) {
    return lesson.check(error.what(), true);
  }
  lesson.check("a ShapeError was expected", false);
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    row_major(lesson);
    handles(lesson);

    // 5. The engine against the loops above.
    autograd::manual_seed(lesson.options.seed);
    const std::vector<Shape> left{{}, {3, 2}, {200, 1}, {4, 1}, {2, 1, 4}, {0, 2}, {4}};
    const std::vector<Shape> right{{2, 3}, {2}, {200, 2}, {3}, {3, 1}, {1, 2}, {4, 1}};
    bool all = true;
    for (std::size_t i = 0; i < left.size(); ++i) {
      const Tensor a = autograd::randn(left[i]), b = autograd::randn(right[i]), c = a - b;
      all = all && equal(c, by_hand(std::minus<>(), a, b)) &&
            equal(a * b, by_hand(std::multiplies<>(), a, b));
      lesson.log(
          {{"a", to_string(left[i])}, {"b", to_string(right[i])}, {"a - b", to_string(c.shape())}});
    }
    lesson.check("- and * by hand: the same shapes, the same bits", all);

    // 6. Two lists make a table, (9, 1) * (9,) = (9, 9). Every point of a batch has its own time.
    const Tensor digits = autograd::arange(1, 10);  // (9,)
    const Tensor table = reshape(digits, {9, 1}) * digits;
    lab::CsvWriter csv = lesson.csv("tensor.csv", {"left", "top", "product"});
    std::string text;
    for (Index p = 0; p < table.numel(); ++p) {
      csv.row({digits.data()[p / 9], digits.data()[p % 9], table.data()[p]});
      text += lab::pad_left(lab::significant(table.data()[p]), 4) + (p % 9 == 8 ? "\n" : "");
    }
    csv.close();
    lesson.print(text);
    const Tensor x0 = autograd::randn({200, 2}), x1 = autograd::randn({200, 2});
    const Tensor t = autograd::rand({200, 1}), x_t = (1 - t) * x0 + t * x1;  // (200, 2)
    const auto last_t = t.data()[199];
    lesson.check_near("x_t of the last point, second coordinate", x_t.data()[399],
                      (1 - last_t) * x0.data()[399] + last_t * x1.data()[399], 0);

    // 7. The classic bug: (4,) against (4, 1) makes (4, 4), all pairs, and nobody complains.
    const Tensor y = Tensor::from({1, 2, 3, 6}, {4, 1});  // mean 3, variance (4 + 1 + 0 + 9) / 4
    const auto loss = [&](const Tensor& p) { return mean(square(p - y)).item(); };
    lesson.check_near("loss of a perfect prediction (4, 1)", loss(y), 0, 0);
    lesson.check_near("the same numbers as (4,): twice the variance", loss(reshape(y, {4})), 7, 0);
    lesson.check_near("better: always the mean, as (4,)", loss(autograd::full({4}, 3)), 3.5, 0);
    expect_refusal(lesson, [&] { mse_loss(reshape(y, {4}), y); });
    expect_refusal(lesson, [&] { y + autograd::zeros({3, 2}); });
    expect_refusal(lesson, [&] { reshape(y, {3, -1}); });
    expect_refusal(lesson, [&] { y.item(); });
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "A shape and a row of numbers; a size of 1 is read again and again.",
         .change_one_thing = "Predict the mean with full({3}, 3): is the wrong length refused?",
         .next = "./build/lessons/chain_rule   gradients, for tensors of rank 0"});
  };
  return lab::run_lesson(
      argc, argv,
      {.slug = "tensor", .question = "What is a tensor, and what does broadcasting do?"},
      lesson_body);
}
