// The note's second run: how do I ask for a tag?

#include <algorithm>
#include <numbers>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"
#include "lessons/lab/progress.h"
#include "lessons/lab/text.h"

using autograd::Index;
using autograd::Tensor;
namespace metrics = flow::metrics;
namespace oracle = flow::oracle;

namespace {

// 1. The training loop, the same with a tag and without. Noise and times know nothing of tags.
std::vector<double> train(const flow::Velocity& v, nn::Adam& adam, const Tensor& x1, Index first,
                          Index steps) {
  lab::Progress progress("training", steps);
  std::vector<double> losses;
  for (Index step = first; step < steps; ++step) {
    const Tensor x0 = autograd::randn(x1.shape());
    const Tensor t = autograd::rand({x1.size(0), 1});
    const Tensor loss = flow::cfm_loss(v, x0, x1, t);
    adam.zero_grad();
    loss.backward();
    adam.step();
    losses.push_back(loss.item());
    progress.update(step + 1);
  }
  return losses;
}

double share_in_tenth(const Tensor& points, double tenth) {
  return metrics::tag_accuracy(points, autograd::full({points.size(0), 1}, tenth));
}

// The rows of one tag, where they are sorted by tag, as many for each.
Tensor of_tag(const Tensor& rows, Index tag) {
  return slice(rows, 0, rows.size(0) / 10 * tag, rows.size(0) / 10 * (tag + 1));
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 2. 1000 points of the curve, (1000, 2), each with a tag, (1000, 1): its tenth of the x range.
    autograd::manual_seed(lesson.options.seed);
    const flow::TaggedPoints data = flow::data::sine_curve(1000);
    lesson.settings({{"points", 1000}, {"tags", 10}, {"hidden", 64}, {"lr", 1e-3}});

    // 3. The tag is one more input, (x, y, t, tag) -> (u, v). In training each point has its own.
    flow::ConditionalVectorField model(2, 64, {.tag_dim = 1});
    const auto v = [&](const Tensor& x, const Tensor& t) { return model(x, t, data.tags); };
    nn::Adam adam(model.parameters(), {.lr = 1e-3});
    const Index first = lesson.resume(model, adam), steps = lesson.options.steps;
    const std::vector<double> losses = train(v, adam, data.points, first, steps);
    lesson.save(model, adam);
    for (const Index step : {0, 1, 10, 100, 1000, 2000, 3000, 4000}) {
      if (step < first || step >= steps) continue;  // a checkpoint may have the first behind it
      lesson.log({{"step", step}, {"loss", losses.end()[step - steps]}});
    }

    // 4. Ask for a tag: start anywhere, hold the tag fixed, walk. 200 points for each.
    const Tensor wanted = reshape(expand(data.tags, {1000, 2}), {2000, 1});
    const Tensor noise = autograd::randn({2000, 2});
    lesson.print("2000 samples, 200 for each tag");
    const std::vector<Tensor> states = flow::trajectory(model, noise, wanted, {.steps = 50});
    for (Index tag = 0; tag < 10; ++tag) {
      const Tensor asked = of_tag(states.back(), tag);
      lesson.log({{"tag", tag},
                  {"samples in its tenth", share_in_tenth(asked, static_cast<double>(tag))},
                  {"mean distance to curve", metrics::mean_distance_to_sine_curve(asked)}});
    }
    lesson.check_at_least("share in its tenth", metrics::tag_accuracy(states.back(), wanted), 0.88);

    // 5. Ask for a tag that no point ever had. To the network a tag is a number like any other.
    std::vector<double> mean_x;
    for (const double tag : {4.0, 4.5, 5.0}) {
      const Tensor asked = flow::sample(model, noise, tag, {.steps = 50});
      mean_x.push_back(autograd::mean(autograd::slice(asked, 1, 0, 1)).item());
      lesson.log({{"tag", lab::significant(tag)},
                  {"mean x", mean_x.back()},
                  {"in tenth 4", share_in_tenth(asked, 4)},
                  {"in tenth 5", share_in_tenth(asked, 5)}});
    }
    lesson.check_near("4.5 aims at the border, x = 2 pi", mean_x[1], 2 * std::numbers::pi, 0.2);

    // 6. Does the tag make learning easier? Measure the field's error, mean (v - u)^2, on 100 lines
    //    to each of 200 points. The best answer u differs: without tags (k = 0), with tags (k = 1).
    const flow::TaggedPoints few = flow::data::sine_curve(200);
    const Tensor z = reshape(expand(reshape(few.points, {200, 1, 2}), {200, 100, 2}), {20'000, 2});
    const Tensor z_tags = reshape(expand(few.tags, {200, 100}), {20'000, 1});
    const Tensor t = autograd::rand({20'000, 1});
    const Tensor x_t = (1 - t) * autograd::randn(z.shape()) + t * z;  // (20000, 2)
    std::vector<Tensor> parts;
    for (Index tag = 0; tag < 10; ++tag)
      parts.push_back(oracle::velocity(of_tag(x_t, tag), of_tag(t, tag), of_tag(few.points, tag)));
    const Tensor u[]{oracle::velocity(x_t, t, few.points), cat(parts, 0)};
    const double floor[]{oracle::loss_floor(few.points), oracle::loss_floor(few.points, few.tags)};
    lesson.check_at_least("tags lower the floor by a factor of", floor[0] / floor[1], 5);

    // 7. Three trainings of each, equal in points, steps and rate. All tags 0 are no tags.
    const Index end = lesson.options.quick ? steps : std::min<Index>(20 * steps, 100'000);
    const Index budgets[]{0, end / 100, end / 10, end};
    const Tensor truth = flow::data::random_sine_curve(2000).points;
    std::vector<double> error[2][4], away[2][4];
    for (const int k : {0, 1}) {
      for (int run = 0; run < 3; ++run) {
        flow::ConditionalVectorField w(2, 64);
        nn::Adam its_adam(w.parameters(), {.lr = 1e-3});
        const auto told = [&](auto& x, auto& time) { return w(x, time, k * few.tags); };
        for (const int i : {1, 2, 3}) {
          train(told, its_adam, few.points, budgets[i - 1], budgets[i]);
          error[k][i].push_back(mse_loss(w(x_t, t, k * z_tags), u[k]).item());
          away[k][i].push_back(metrics::energy_distance(flow::sample(w, noise, k * wanted), truth));
        }
      }
      lesson.print(k == 0 ? "Three networks without tags, lowest to highest" : "Three with tags");
      for (const int i : {1, 2, 3}) {
        auto &e = error[k][i], &d = away[k][i];
        std::sort(e.begin(), e.end()), std::sort(d.begin(), d.end());
        lesson.log(
            {{"steps", budgets[i]}, {"error", e[0]}, {"to", e[2]}, {"energy", d[0]}, {"to", d[2]}});
      }
      lesson.log({{"final loss", floor[k] + error[k][3][1]}, {"floor", floor[k]}});
    }
    const auto ratio = [](auto& of, int i) { return of[1][i][1] / of[0][i][1]; };  // of medians
    lesson.check_at_most("energy distance, with tags / without, at 1 %", ratio(away, 1), 0.7);
    lesson.check_at_most("... at 10 %", ratio(away, 2), 0.7);
    lesson.check_at_most("error, with tags / without, at 10 %", ratio(error, 2), 0.95);
    if (!lesson.options.quick) lesson.check_between("... at the end", ratio(error, 3), 0.6, 1.2);
    lesson.print(lab::sine_plot("tag 3", flow::sample(model, noise, 3, {.steps = 50})));
    lab::write_states(lesson.csv("conditional_states.csv", {"frame", "x", "y"}), states);
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "A tag lowers the floor for good, and the error while training is young.",
         .change_one_thing = "--steps 50000: which gains more, the share or the distance?",
         .next = "./build/lessons/ddpm   how diffusion does the same job"});
  };
  return lab::run_lesson(
      argc, argv,
      {.slug = "conditional", .question = "How do I ask for a tag?", .steps = 5'000, .saves = true},
      lesson_body);
}
