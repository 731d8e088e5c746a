#include "nn/save.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "nn/safetensors.h"

namespace nn::inline HANDFLOW_PRECISION {
namespace {

using autograd::Shape;

constexpr const char* kind_key = "handflow.kind";
constexpr const char* optimizer_key = "handflow.optimizer";
constexpr const char* checkpoint = "checkpoint";

void put_parameters(Safetensors& file, const std::string& prefix, Module& module) {
  for (const auto& [name, parameter] : module.named_parameters()) {
    file.put_tensor(prefix + name, parameter);
  }
}

// Reading comes in two parts, so that a file changes everything or nothing: first all new values
// are taken out and checked, then they are put in their places, and there nothing can fail.
class NewValues {
 public:
  void take_parameters(Safetensors& file, const std::string& prefix, Module& module) {
    for (auto& [name, parameter] : module.named_parameters()) {
      Tensor value = file.take_tensor(prefix + name, parameter.shape());
      parameters_.emplace_back(std::move(parameter), std::move(value));
    }
  }
  void add(Tensor& place, Tensor value) { tensors_.emplace_back(&place, std::move(value)); }
  void add(double& place, double value) { numbers_.emplace_back(&place, value); }
  void add(Index& place, Index value) { counts_.emplace_back(&place, value); }

  void put_in_place() noexcept {
    for (auto& [parameter, value] : parameters_) {  // everyone keeps the tensor that they have
      const auto size = static_cast<std::size_t>(value.numel()) * sizeof(autograd::real);
      if (size > 0) std::memcpy(parameter.data(), value.data(), size);
      ++parameter.node().value->version;
    }
    for (auto& [place, value] : tensors_) *place = std::move(value);
    for (const auto& [place, value] : numbers_) *place = value;
    for (const auto& [place, value] : counts_) *place = value;
  }

 private:
  std::vector<std::pair<Tensor, Tensor>> parameters_;
  std::vector<std::pair<Tensor*, Tensor>> tensors_;
  std::vector<std::pair<double*, double>> numbers_;
  std::vector<std::pair<Index*, Index>> counts_;
};

class StateWriter final : public StateVisitor {
 public:
  explicit StateWriter(Safetensors& file) : file_(file) {}

  void number(const std::string& name, double& number, double) override {
    file_.put_numbers("optimizer." + name, {&number, 1});
  }
  void count(const std::string& name, Index& count) override {
    file_.put_counts("optimizer." + name, {&count, 1});
  }
  void tensor(const std::string& name, Tensor& tensor, const Shape& shape) override {
    file_.put_tensor("optimizer." + name, tensor.defined() ? tensor : autograd::zeros(shape));
  }

 private:
  Safetensors& file_;
};

double take_number(Safetensors& file, const std::string& name, double most) {
  const double number = file.take_numbers(name, 1)[0];
  if (!(number >= 0 && number <= most)) {
    file.task().fail("'" + name + "' is " + std::to_string(number) + " and out of its range");
  }
  return number;
}

Index take_count(Safetensors& file, const std::string& name) {
  const Index count = file.take_counts(name, 1)[0];
  if (count < 0) file.task().fail("'" + name + "' is negative: " + std::to_string(count));
  return count;
}

class StateReader final : public StateVisitor {
 public:
  StateReader(Safetensors& file, NewValues& values) : file_(file), values_(values) {}

  void number(const std::string& name, double& number, double most) override {
    values_.add(number, take_number(file_, "optimizer." + name, most));
  }
  void count(const std::string& name, Index& count) override {
    values_.add(count, take_count(file_, "optimizer." + name));
  }
  void tensor(const std::string& name, Tensor& tensor, const Shape& shape) override {
    values_.add(tensor, file_.take_tensor("optimizer." + name, shape));
  }

 private:
  Safetensors& file_;
  NewValues& values_;
};

void put_random_state(Safetensors& file) {
  const autograd::RngState state = autograd::rng_state();
  file.put_counts("random.twister", std::vector<Index>(state.twister.begin(), state.twister.end()));
  file.put_counts("random.used", std::array{Index{state.used}});
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  file.put_numbers("random.kept_normal", std::array{state.kept_normal.value_or(none)});
}

autograd::RngState take_random_state(Safetensors& file) {
  autograd::RngState state;
  const auto word = [&](Index number) {
    if (number < 0 || number > 0xffffffff) {
      file.task().fail("a word of the random state is " + std::to_string(number));
    }
    return static_cast<std::uint32_t>(number);
  };
  const std::vector<Index> twister = file.take_counts("random.twister", 624);
  for (std::size_t i = 0; i < twister.size(); ++i) state.twister[i] = word(twister[i]);
  state.used = word(file.take_counts("random.used", 1)[0]);
  const double kept = file.take_numbers("random.kept_normal", 1)[0];
  if (!std::isnan(kept)) state.kept_normal = kept;
  return state;
}

}  // namespace

void save(const std::string& path, Module& module) {
  Safetensors file({"save", path});
  put_parameters(file, "", module);
  file.write();
}

void load(const std::string& path, Module& module) {
  Safetensors file = Safetensors::read({"load", path});
  if (file.metadata[kind_key] == checkpoint) {
    file.task().fail("is a checkpoint, which load_checkpoint reads");
  }
  NewValues values;
  values.take_parameters(file, "", module);
  file.refuse_the_rest();
  values.put_in_place();
}

void save_checkpoint(const std::string& path, const Training& training) {
  if (training.step < 0) {
    throw autograd::ValueError("save_checkpoint: step must not be negative, got " +
                               std::to_string(training.step));
  }
  Safetensors file({"save_checkpoint", path});
  file.metadata[kind_key] = checkpoint;
  file.metadata[optimizer_key] = training.optimizer.name();
  put_parameters(file, "model.", training.module);
  StateWriter writer(file);
  training.optimizer.visit_state(writer);
  file.put_counts("step", {&training.step, 1});
  put_random_state(file);
  file.write();
}

Index load_checkpoint(const std::string& path, const ResumedTraining& training) {
  Safetensors file = Safetensors::read({"load_checkpoint", path});
  if (file.metadata[kind_key] != checkpoint) file.task().fail("is no checkpoint");
  const std::string& optimizer = file.metadata[optimizer_key];
  if (optimizer != training.optimizer.name()) {
    file.task().fail("was saved with the optimiser '" + optimizer + "', not " +
                     training.optimizer.name());
  }
  NewValues values;
  values.take_parameters(file, "model.", training.module);
  StateReader reader(file, values);
  training.optimizer.visit_state(reader);
  const Index step = take_count(file, "step");
  const autograd::RngState random = take_random_state(file);
  file.refuse_the_rest();
  try {
    autograd::set_rng_state(random);
  } catch (const autograd::ValueError& error) {
    file.task().fail(error.what());
  }
  values.put_in_place();
  return step;
}

}  // namespace nn::inline HANDFLOW_PRECISION
