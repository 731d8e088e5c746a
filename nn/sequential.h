#pragma once

#include <concepts>
#include <memory>
#include <type_traits>

#include "nn/activation.h"
#include "nn/linear.h"

namespace nn::inline HANDFLOW_PRECISION {

/// A module that maps one tensor to one tensor.
template <class M>
concept Layer = std::derived_from<M, Module> && std::copy_constructible<M> &&
    requires(const M& layer, Tensor x) {
  { layer(std::move(x)) } -> std::same_as<Tensor>;
};

/// What a container C can be built from: layers, but not one other C, which is to be copied. That
/// is ruled out first, because whether C is a layer depends on this very question.
template <class C, class... Ms>
concept LayersOf = (sizeof...(Ms) != 1 || (... && !std::same_as<Ms, C>)) && (... && Layer<Ms>);

/// Layers one after the other: Sequential net{nn::Linear(3, 64), nn::ReLU(), nn::Linear(64, 2)};
///
/// It holds Linear, the activations, other Sequentials and your own modules of one tensor; not an
/// Embedding, which takes indices: net(embedding(indices)).
///
/// A Linear and the ReLU behind it run as one node, autograd::linear_relu: the same numbers.
///
/// Build it in braces: there the layers are made, and their weights drawn, from left to right.
/// Parameters are named "0.weight", "0.bias", "2.weight", ... as in PyTorch. Sequential c{net} is a
/// copy, which shares the parameters.
class Sequential : public Module {
 public:
  template <class... Ms>
  requires LayersOf<Sequential, Ms...>
  explicit Sequential(Ms... layers) {
    (layers_.push_back(std::make_unique<Holder<Ms>>(std::move(layers))), ...);
  }
  Sequential(const Sequential& other);
  Sequential(Sequential&&) noexcept = default;
  Sequential& operator=(Sequential other) noexcept;

  Tensor operator()(Tensor x) const;
  void visit_parameters(const Visitor& visit) override;

 private:
  // A layer of any type behind one interface.
  struct AnyLayer {
    virtual ~AnyLayer() = default;
    virtual Tensor forward(Tensor x) const = 0;
    virtual const Linear* linear() const = 0;  // null where it is something else
    virtual bool is_relu() const = 0;
    virtual Module& module() = 0;
    virtual std::unique_ptr<AnyLayer> copy() const = 0;
  };
  template <Layer M>
  struct Holder : AnyLayer {
    explicit Holder(M held) : layer(std::move(held)) {}
    Tensor forward(Tensor x) const override { return layer(std::move(x)); }
    const Linear* linear() const override {
      if constexpr (std::same_as<M, Linear>) return &layer;
      return nullptr;
    }
    bool is_relu() const override { return std::same_as<M, ReLU>; }
    Module& module() override { return layer; }
    std::unique_ptr<AnyLayer> copy() const override { return std::make_unique<Holder>(layer); }
    M layer;
  };

  std::vector<std::unique_ptr<AnyLayer>> layers_;
};

}  // namespace nn::inline HANDFLOW_PRECISION
