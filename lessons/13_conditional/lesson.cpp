// The note's second run: how do I ask for a tag?

#include <algorithm>
#include <numbers>
#include <numeric>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"
#include "lessons/lab/progress.h"
#include "lessons/lab/text.h"

using autograd::Index;
using autograd::Tensor;
using flow::metrics::mean_distance_to_sine_curve;

namespace {

// 1. The training loop, the same with a tag and without. Noise and times know nothing of tags.
std::vector<double> train(const flow::Velocity& v, nn::Adam& adam, const Tensor& x1,
                          std::int64_t first, std::int64_t steps) {
  lab::Progress progress("training", steps);
  std::vector<double> losses;
  for (std::int64_t step = first; step < steps; ++step) {
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

// The mean over the last 1000 steps, since a single loss jumps with its draw of noise and times.
double final_loss(const std::vector<double>& losses) {
  const auto last = static_cast<std::ptrdiff_t>(std::min<std::size_t>(1000, losses.size()));
  return std::accumulate(losses.end() - last, losses.end(), 0.0) / static_cast<double>(last);
}

double share_in_tenth(const Tensor& points, double tenth) {
  return flow::metrics::tag_accuracy(points, autograd::full({points.size(0), 1}, tenth));
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 2. 1000 points on the curve (1000, 2), and a tag for each (1000, 1): which tenth of the range
    //    of x it lies in, 0 to 9.
    autograd::manual_seed(lesson.options.seed);
    const flow::TaggedPoints data = flow::data::sine_curve(1000);
    const Tensor& x1 = data.points;
    lesson.settings({{"points", 1000}, {"tags", 10}, {"hidden", 64}, {"lr", 1e-3}});

    // 3. The tag is one more input beside the point and the time, (x, y, t, tag) -> (u, v); in
    //    training each point comes with its own. Then the same points, steps and rate without tags.
    flow::ConditionalVectorField model(2, 64, {.tag_dim = 1});
    const auto with_tags = [&](const Tensor& x, const Tensor& t) { return model(x, t, data.tags); };
    nn::Adam adam(model.parameters(), {.lr = 1e-3});
    const std::int64_t first = lesson.resume(model, adam), steps = lesson.options.steps;
    const auto losses = train(with_tags, adam, x1, first, steps);
    lesson.save(model, adam);
    const Tensor noise = autograd::randn({2000, 2});  // for 4, drawn where the note draws it
    flow::VectorField plain(2, 64);
    nn::Adam plain_adam(plain.parameters(), {.lr = 1e-3});
    const auto plain_losses = train(plain, plain_adam, x1, 0, steps);
    for (const std::int64_t step : {0, 1, 10, 100, 1000, 2000, 3000, 4000}) {
      if (step < first || step >= steps) continue;  // a checkpoint may have the first behind it
      lesson.log({{"step", step},
                  {"loss, with tags", losses.end()[step - steps]},
                  {"without", plain_losses.end()[step - steps]}});
    }

    // 4. Ask for a tag: start anywhere, hold the tag fixed, walk. 200 points for each.
    const Tensor tags = autograd::reshape(autograd::arange(0, 10), {10, 1});
    const Tensor wanted = autograd::reshape(autograd::expand(tags, {10, 200}), {2000, 1});
    lesson.print("2000 samples, 200 for each tag");
    const std::vector<Tensor> states = flow::trajectory(model, noise, wanted, {.steps = 50});
    lab::CsvWriter csv = lesson.csv("conditional_tags.csv", {"tag", "share"});
    for (Index tag = 0; tag < 10; ++tag) {
      const Tensor asked = autograd::slice(states.back(), 0, 200 * tag, 200 * (tag + 1));
      const double share = share_in_tenth(asked, static_cast<double>(tag));
      lesson.log({{"tag", tag},
                  {"samples in its tenth", share},
                  {"mean distance to curve", mean_distance_to_sine_curve(asked)}});
      csv.row({static_cast<double>(tag), share});
    }
    csv.close();
    lesson.check_at_least("share of all in the tenth asked for",
                          flow::metrics::tag_accuracy(states.back(), wanted), 0.88);

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
    lesson.check_near("4.5 aims at the border of 4 and 5, x = 2 pi", mean_x[1],
                      2 * std::numbers::pi, 0.2);

    // 6. Does the tag make learning easier? What is above the floor is the error of the field.
    const double floor = flow::oracle::loss_floor(x1, data.tags);
    const double plain_floor = flow::oracle::loss_floor(x1);
    const double above = final_loss(losses) - floor;
    const double plain_above = final_loss(plain_losses) - plain_floor;
    const auto row = [&](const char* asked, double least, double more, const Tensor& samples) {
      lesson.log({{"tags", asked},
                  {"final loss", least + more},
                  {"floor", least},
                  {"above it", more},
                  {"above / floor", more / least},
                  {"mean distance", mean_distance_to_sine_curve(samples)}});
    };
    row("yes", floor, above, states.back());
    row("no", plain_floor, plain_above, flow::sample(plain, noise, {.steps = 50}));
    lesson.check_between("with tags the loss ends above its floor by", above, 0.05, 0.30);
    lesson.check_at_least("tags lower the floor by a factor of", plain_floor / floor, 5);
    lesson.check_at_most("tags lower what is above it to a share of", above / plain_above, 0.8);

    // 7. ... measured without the loss: the distance from the exact field, at 20,000 places.
    const Tensor ends = autograd::index_select(x1, autograd::randint(0, 1000, 20000));
    const Tensor t = autograd::rand({20000, 1});
    const Tensor x_t = flow::LinearPath().sample(autograd::randn({20000, 2}), ends, t).x_t;
    const double error =
        autograd::mse_loss(plain(x_t, t), flow::oracle::velocity(x_t, t, x1)).item();
    lesson.check_near("without tags, mean (v - u)^2 is the same", error, plain_above, 0.06);
    lesson.print(lab::sine_plot("tag 3", flow::sample(model, noise, 3, {.steps = 50})));
    lab::write_states(lesson.csv("conditional_states.csv", {"frame", "x", "y"}), states);
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "A tag is one more input, in training and in sampling alike. It lowers "
                         "the loss mostly by lowering the floor: fewer lines cross.",
         .change_one_thing = "--steps 50000, ten times the training: one claim fails. Which, and "
                             "what does that say about tags making learning easier?",
         .next = "./build/lessons/ddpm   how diffusion does the same job"});
  };
  return lab::run_lesson(
      argc, argv,
      {.slug = "conditional", .question = "How do I ask for a tag?", .steps = 5'000, .saves = true},
      lesson_body);
}
