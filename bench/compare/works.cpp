#include "bench/compare/works.h"

#include <utility>

namespace bench {
namespace {

template <class Setup>
auto maker(std::unique_ptr<Task> (*Contestant::*does)(const Setup&, unsigned), const Setup& setup) {
  return [=](const Contestant& who, unsigned s) -> std::unique_ptr<Task> {
    return who.*does ? (who.*does)(setup, s) : nullptr;
  };
}

class Together : public Task {
 public:
  explicit Together(std::vector<std::unique_ptr<Task>> tasks) : tasks_(std::move(tasks)) {}

  void run() override {
    for (const auto& task : tasks_) task->run();
  }
  double result() const override {
    double sum = 0;
    for (const auto& task : tasks_) sum += task->result();
    return sum;
  }

 private:
  std::vector<std::unique_ptr<Task>> tasks_;
};

Layer cube(int side) { return {std::to_string(side) + " cubed", side, side, side}; }

std::vector<Layer> layers_of(const char* letter, const Training& setup) {
  const auto layer = [&](int in, int out) -> Layer {
    return {std::string(letter) + ", batch " + std::to_string(setup.batch) + ", " +
                std::to_string(in) + " to " + std::to_string(out),
            setup.batch, in, out};
  };
  std::vector<Layer> layers{layer(setup.inputs(), setup.width)};
  for (int i = 1; i < setup.hidden_layers; ++i) layers.push_back(layer(setup.width, setup.width));
  layers.push_back(layer(setup.width, setup.dim));
  return layers;
}

}  // namespace

Work work(const Training& setup) {
  // A large network shows a difference sooner, and takes longer.
  return {.name = setup.name,
          .make = maker(&Contestant::training, setup),
          .checked_runs = setup.hidden_layers == 1 ? 300 : 3};
}

Work work(const Sampling& setup) {
  return {.name = setup.name, .make = maker(&Contestant::sampling, setup)};
}

Work work(const Product& setup) {
  const char* form = setup.form == Form::ab              ? "A B"
                     : setup.form == Form::ab_transposed ? "A Bᵀ"
                                                         : "Aᵀ B";
  return {.name = std::to_string(setup.m) + " x " + std::to_string(setup.n) + " x " +
                  std::to_string(setup.k) + ", " + form,
          .make = maker(&Contestant::product, setup),
          .checked_runs = 2,  // the second must not add to what the first left
          .units = 2.0 * setup.m * setup.n * setup.k};
}

Work work(const Chain& setup) {
  return {.name = setup.name,
          .make = maker(&Contestant::chain, setup),
          .checked_runs = 2,
          .units = static_cast<double>(setup.operations)};
}

Work together(const std::vector<Work>& works) {
  return {.name = "", .make = [=](const Contestant& who, unsigned s) -> std::unique_ptr<Task> {
            std::vector<std::unique_ptr<Task>> tasks;
            for (const Work& work : works) {
              tasks.push_back(work.make(who, s));
              if (!tasks.back()) return nullptr;
            }
            return std::make_unique<Together>(std::move(tasks));
          }};
}

Work in_chunks(const Sampling& setup, const std::map<std::string, int>& chunk_of) {
  return {.name = std::string(setup.name) + ", peers in chunks",
          .make = [=](const Contestant& who, unsigned s) {
            Sampling own = setup;
            if (const auto it = chunk_of.find(who.name); it != chunk_of.end())
              own.chunk = it->second;
            return work(own).make(who, s);
          }};
}

std::vector<Work> products(const Layer& layer) {
  return {work(Product{layer.batch, layer.out, layer.in, Form::ab_transposed}),
          work(Product{layer.batch, layer.in, layer.out, Form::ab}),
          work(Product{layer.out, layer.in, layer.batch, Form::a_transposed_b})};
}

std::vector<Work> products(const Layers& group) {
  std::vector<Work> all;
  for (const Layer& layer : group.layers) {
    for (const Work& product : products(layer)) all.push_back(product);
  }
  return all;
}

const std::vector<Training>& training_steps() {
  static const std::vector<Training> steps{unconditional_step, conditional_step, large_step};
  return steps;
}

const std::vector<Layers>& product_groups() {
  static const std::vector<Layers> groups{
      {"D. products, 64 cubed", {cube(64)}},
      {"D. products, 128 to 1024 cubed", {cube(128), cube(256), cube(512), cube(1024)}},
      {"D. products of A's layers", layers_of("A", unconditional_step)},
      {"D. products of B's layers", layers_of("B", conditional_step)},
      {"D. products of C's layers", layers_of("C", large_step)}};
  return groups;
}

const std::vector<Chain>& chains() {
  static const std::vector<Chain> chains{numbers, squares};
  return chains;
}

const std::vector<Sampling>& samplings() {
  static const std::vector<Sampling> samplings{euler, rk4};
  return samplings;
}

}  // namespace bench
