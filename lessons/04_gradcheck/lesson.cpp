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
using Function = std::function<Tensor(const Inputs&)>;

namespace {

// 1. The slope of f(x) = x^3 from two values at each of the points xs (n), in float or in double.
//    How far is it from 3 x^2? Root mean square, for steps h = 1/2, 1/4, ..., 2^-52.
template <class Real>
lab::Series errors(const char* label, const Tensor& xs, bool central) {
  const auto f = [](Real x) { return x * x * x; };
  lab::Series curve{.label = label};
  Tensor off = Tensor::empty(xs.shape());
  for (Real h = 0.5; h > 0x1p-53; h /= 2) {
    for (Index i = 0; i < xs.numel(); ++i) {
      const auto x = static_cast<Real>(xs.data()[i]);
      const Real slope = central ? (f(x + h) - f(x - h)) / (2 * h) : (f(x + h) - f(x)) / h;
      off.data()[i] = static_cast<double>(slope) - 3 * xs.data()[i] * xs.data()[i];
    }
    curve.x.push_back(h), curve.y.push_back(std::sqrt(mean(off * off).item()));
  }
  return curve;
}

// 3. The checker: each d y[i] / d x[j] by backward(), from a 1 at output i, and by difference, from
//    two calls of f with x[j] moved. The numbers are PyTorch's.
bool passes(const Function& f, Inputs inputs, double h = 1e-6) {
  const Tensor y = f(inputs);
  for (Index i = 0; i < y.numel(); ++i) {
    Tensor dy = autograd::zeros(y.shape());
    dy.data()[i] = 1;
    for (Tensor& x : inputs) x.zero_grad();
    y.backward(dy, {.retain_graph = true});
    for (Tensor& x : inputs) {
      for (Index j = 0; j < x.numel(); ++j) {
        const double kept = x.data()[j], analytic = x.grad().data()[j];
        const auto at = [&](double moved) { return x.data()[j] = moved, f(inputs).data()[i]; };
        const double numeric = (at(kept + h) - at(kept - h)) / (2 * h);
        x.data()[j] = kept;
        if (!(std::abs(analytic - numeric) <= 1e-5 + 1e-3 * std::abs(numeric))) return false;
      }
    }
  }
  return true;
}

bool library(const Function& f, const Inputs& inputs) try {
  return autograd::gradcheck(f, inputs);
} catch (const autograd::GradcheckError&) {
  return false;
}

// 4. An operation by hand, y = a b + a: da = dy (b + 1), db = dy a. The derivative receives the
//    node of y, reads what was saved, and writes its shares; `add`: another use wrote before.
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
      db[i] = add_b && slip != Slip::accumulation ? db[i] + by_b : by_b;
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
    lesson.check_at_least("h = 2^-20: error in float over error in double", f.y[19] / d.y[19], 1e6);

    // 5. A good test uses its inputs twice, and none is special. A poor test has an excuse.
    const Tensor a = leaf(0.5, -1.5, 2), b = leaf(-0.7, 0.4, 1.2);
    const auto trial = [&](auto claim, Slip slip, const Inputs& poor, auto excuse) {
      const auto once = [&](const Inputs& in) { return multiply_and_add(in[0], in[1], slip); };
      const auto twice = [&](const Inputs& in) { return once(in) + once({in[1], in[0]}); };
      const bool good = passes(twice, {a, b}), missed = passes(once, poor);
      const bool same = good == library(twice, {a, b}) && missed == library(once, poor);
      lesson.check(claim, good == (slip == Slip::none) && missed && same, excuse);
    };
    trial("no slip: passes", Slip::none, {a, b}, "");
    trial("wrong sign: caught", Slip::sign, {leaf(0, 0, 0), b}, "not if a is 0");
    trial("missing term: caught", Slip::term, {a, leaf(2e3, 3e3, 4e3)}, "not if b is large");
    trial("wrong factors: caught", Slip::factors, {a, leaf(0.5, -1.5, 2)}, "not if a equals b");
    trial("no accumulation: caught", Slip::accumulation, {a, b}, "not if inputs are used once");

    // 6. Many outputs: one weighted sum asks for all. These outputs add up to 1, whatever a and b.
    const auto weighted = [](const Tensor& w) {
      return [w](const Inputs& in) {
        const Tensor y = multiply_and_add(in[0], in[1], Slip::sign);
        return sum(w * y / sum(y));
      };
    };
    lesson.check("wrong sign: not seen by the sum", passes(weighted(autograd::ones({3})), {a, b}));
    lesson.check("seen with random weights", !passes(weighted(autograd::randn({3})), {a, b}));

    // 7. The kink of relu: 0 from the left, 1 from the right. The difference says 1/2.
    const auto relu = [](const Inputs& in) { return autograd::relu(in[0]); };
    lesson.check("relu passes, but not at 0", passes(relu, {a}) && !passes(relu, {leaf(0, 1, 2)}));
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "Differences in double check a derivative, but a test sees only "
                         "what its inputs bring out.",
         .change_one_thing = "1e-13 for 1e-6 in passes(): which claims notice, and why?",
         .next = "./build/lessons/linear   a layer, its gradients, and its first weights"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "gradcheck", .question = "How do I know a gradient is right?"},
                         lesson_body);
}
