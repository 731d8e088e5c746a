// How do I know a gradient is right?

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/record.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/plot.h"

using autograd::Index;
using autograd::Tensor;
using Inputs = std::vector<Tensor>;

namespace {

// 1. Quotients of x^3, in float or double: how far from 3 x^2? Root mean square over xs (n).
template <class Real>
lab::Series errors(const char* label, const Tensor& xs, bool central) {
  const auto f = [](Real x) { return x * x * x; };
  lab::Series curve{.label = label};
  Tensor off = Tensor::empty(xs.shape());
  for (Real h = 0.5; h >= 0x1p-52; h /= 2) {  // 1/2, 1/4, ..., 2^-52
    for (Index i = 0; i < xs.numel(); ++i) {
      const auto x = static_cast<Real>(xs.data()[i]);
      const Real slope = central ? (f(x + h) - f(x - h)) / (2 * h) : (f(x + h) - f(x)) / h;
      off.data()[i] = static_cast<double>(slope) - 3 * xs.data()[i] * xs.data()[i];
    }
    curve.x.push_back(h);
    curve.y.push_back(std::sqrt(mean(off * off).item()));
  }
  return curve;
}

// 3. The checker: each d y[i] / d x[j] by backward() and by difference, with PyTorch's numbers.
bool passes(auto f, Inputs inputs) {
  const double h = 1e-6;
  const Tensor y = f(inputs);
  for (Index i = 0; i < y.numel(); ++i) {
    Tensor dy = autograd::zeros(y.shape());
    dy.data()[i] = 1;
    for (Tensor& x : inputs) x.zero_grad();
    y.backward(dy, {.retain_graph = true});
    for (Tensor& x : inputs) {
      for (Index j = 0; j < x.numel(); ++j) {
        const double kept = x.data()[j], analytic = x.grad().data()[j];
        x.data()[j] = kept + h;
        const double above = f(inputs).data()[i];
        x.data()[j] = kept - h;
        const double below = f(inputs).data()[i];
        x.data()[j] = kept;
        const double numeric = (above - below) / (2 * h);
        if (!(std::abs(analytic - numeric) <= 1e-5 + 1e-3 * std::abs(numeric))) return false;
      }
    }
  }
  return true;
}

bool by_library(auto f, const Inputs& inputs) {
  try {
    return autograd::gradcheck(f, inputs);
  } catch (const autograd::GradcheckError&) {
    return false;
  }
}

// 4. An operation by hand, y = a b + a: da = dy (b + 1), db = dy a. Right, or with one slip.
enum class Slip { none, sign, term, accumulation, factors };
Tensor multiply_and_add(const Tensor& a, const Tensor& b, Slip slip) {
  Tensor y = (a * b + a).detach();  // the values, without the graph that would differentiate them
  const auto backward = [slip](autograd::Node& out) {
    const double *p = out.input(0).data(), *q = out.input(1).data(), *dy = out.dy();
    const auto [da, add_a] = contribute(out.input(0));
    const auto [db, add_b] = contribute(out.input(1));
    if (slip == Slip::factors) std::swap(p, q);
    for (Index i = 0; i < out.numel(); ++i) {
      const double by_a = dy[i] * (slip == Slip::term ? q[i] : q[i] + 1);
      const double by_b = dy[i] * (slip == Slip::sign ? -p[i] : p[i]);
      da[i] = add_a && slip != Slip::accumulation ? da[i] + by_a : by_a;
      db[i] = add_b ? db[i] + by_b : by_b;
    }
  };
  record("multiply_and_add", y, {&a, &b}, autograd::save_a | autograd::save_b, backward);
  return y;
}

Tensor leaf(double x, double y, double z) { return Tensor::from({x, y, z}, {3}).requires_grad_(); }
}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 2. At which step is the error smallest? 256 points, the same numbers in float and double.
    autograd::manual_seed(lesson.options.seed);
    const Tensor xs = Tensor::empty({256}).uniform_(0.5, 1);
    const lab::Series o = errors<double>("one-sided", xs, false);
    const lab::Series d = errors<double>("double", xs, true);
    const lab::Series f = errors<float>("float", xs, true);
    lab::CsvWriter csv = lesson.csv("gradcheck.csv", {"h", "one_sided", "double", "float"});
    for (std::size_t k = 0; k < d.x.size(); ++k) {
      csv.row({d.x[k], o.y[k], d.y[k], f.y[k]});
      if (k % 4 != 3) continue;
      lesson.log({{"h", d.x[k]}, {"one-sided", o.y[k]}, {"central", d.y[k]}, {"float", f.y[k]}});
    }
    csv.close();
    lesson.print(lab::lines({d, f}, {.log_x = true, .log_y = true, .height = 16}));
    lesson.check_between("one-sided, half of h = 2^-8: error by", o.y[7] / o.y[8], 1.9, 2.1);
    lesson.check_between("central, half of h = 2^-8: error by", d.y[7] / d.y[8], 3.9, 4.1);
    lesson.check("double: h = 2^-19 beats 2^-15 and 2^-23", d.y[18] < std::min(d.y[14], d.y[22]));
    lesson.check("float: h = 2^-9 beats 2^-5 and 2^-13", f.y[8] < std::min(f.y[4], f.y[12]));
    // 5. The good test uses both inputs twice, and none is special. A poor test misses the slip.
    const Tensor a = leaf(0.5, -1.5, 2), b = leaf(-0.7, 0.4, 1.2);
    bool same = true;
    const auto trial = [&](auto claim, Slip slip, const Inputs& poor, auto missed_if) {
      const auto once = [&](const Inputs& in) { return multiply_and_add(in[0], in[1], slip); };
      const auto twice = [&](const Inputs& in) { return once(in) + once({in[1], in[0]}); };
      const bool good = passes(twice, {a, b}), missed = passes(once, poor);
      lesson.check(claim, good == (slip == Slip::none) && missed, missed_if);
      same = same && by_library(twice, {a, b}) == good && by_library(once, poor) == missed;
    };
    trial("no slip: passes", Slip::none, {a, b}, "");
    trial("wrong sign: caught", Slip::sign, {leaf(0, 0, 0), b}, "missed if a is 0");
    trial("missing term: caught", Slip::term, {a, leaf(2e3, 3e3, 4e3)}, "missed if b is large");
    trial("wrong factors: caught", Slip::factors, {a, leaf(0.5, -1.5, 2)}, "missed if b equals a");
    trial("no accumulation: caught", Slip::accumulation, {a, b}, "missed if each is used once");
    lesson.check("autograd::gradcheck says the same, ten times", same);
    // 6. Many outputs: one weighted sum asks for all. These outputs add up to 1, whatever a and b.
    Tensor w = autograd::ones({3});
    const auto weighted_sum = [&](const Inputs& in) {
      const Tensor y = multiply_and_add(in[0], in[1], Slip::sign);
      return sum(w * y / sum(y));
    };
    lesson.check("wrong sign: missed by the plain sum", passes(weighted_sum, {a, b}));
    w = autograd::randn({3});
    lesson.check("wrong sign: caught with random weights", !passes(weighted_sum, {a, b}));
    // 7. The kink of relu: 0 from the left, 1 from the right. The difference says 1/2.
    const auto relu = [](const Inputs& in) { return autograd::relu(in[0]); };
    lesson.check("relu passes, but not at 0", passes(relu, {a}) && !passes(relu, {leaf(0, 1, 2)}));
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "A difference finds a wrong derivative if the inputs bring it out.",
         .change_one_thing = "Let h = 1e-13 in passes(). Which claims fail, and why?",
         .next = "./build/lessons/linear   a layer, its gradients, and its first weights"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "gradcheck", .question = "How do I know a gradient is right?"},
                         lesson_body);
}
