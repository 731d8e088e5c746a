#pragma once

#include <cstdint>
#include <functional>

namespace lab {

/// How often the program asks the heap for memory, on any thread, while this runs. A program that
/// calls it gets, with it, an `operator new` that counts.
std::int64_t heap_allocations(const std::function<void()>& run);

}  // namespace lab
