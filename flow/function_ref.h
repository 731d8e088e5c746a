#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include "autograd/real.h"

namespace flow::inline HANDFLOW_PRECISION {

/// A parameter that takes any callable of a signature, as std::function does, but neither copies it
/// nor allocates: it refers to the caller's, which must live until the call is over. What
/// std::function_ref will be in C++26.
template <class Signature>
class FunctionRef;

template <class Result, class... Args>
class FunctionRef<Result(Args...)> {
 public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef> &&
           std::is_invocable_r_v<Result, F&, Args...>) FunctionRef(F&& f)
  noexcept  // NOLINT(google-explicit-constructor)
      : target_(const_cast<void*>(reinterpret_cast<const void*>(std::addressof(f)))),
        call_([](void* target, Args... args) -> Result {
          return (*reinterpret_cast<std::add_pointer_t<F>>(target))(std::forward<Args>(args)...);
        }) {}

  Result operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

 private:
  void* target_;
  Result (*call_)(void* target, Args... args);
};

}  // namespace flow::inline HANDFLOW_PRECISION
