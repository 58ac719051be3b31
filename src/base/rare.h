// Rare: a value that most of its many owners leave as T{}. Takes two words instead of sizeof(T),
// and copies share what they hold, so that ten thousand tasks with the same retry policy keep one.
// Reads like a const T; is replaced as a whole. Comparing compares the values. What is held is
// immutable: copies may be read from different threads.
#pragma once

#include <memory>
#include <utility>

namespace gantry {

template <typename T>
class Rare {
 public:
  Rare() = default;
  Rare(T value) { set(std::move(value)); }  // NOLINT: stands for a T
  Rare& operator=(T value) {
    set(std::move(value));
    return *this;
  }

  const T& get() const { return held_ ? *held_ : none(); }
  const T& operator*() const { return get(); }
  const T* operator->() const { return &get(); }

  bool operator==(const Rare& other) const { return held_ == other.held_ || get() == other.get(); }

 private:
  static const T& none() {
    static const T value{};
    return value;
  }
  void set(T value) {
    if (value == get()) return;  // keeps sharing what it shares
    held_ = value == none() ? nullptr : std::make_shared<const T>(std::move(value));
  }

  std::shared_ptr<const T> held_;  // null: T{}
};

}  // namespace gantry
