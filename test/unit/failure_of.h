// Job: the failure that an action ends with, as a value that tests can compare.
// Callers: unit tests.
// Promise: nothing where the action succeeds.
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "core/error.h"

namespace rehydra::test {

template <typename Action>
std::optional<Error> failure_of(Action action) {
  try {
    action();
  } catch (const Failure& failure) {
    return failure.error();
  }
  return std::nullopt;
}

template <typename Action>
void expect_failure(ErrorKind kind, Action action, const char* words = "") {
  const std::optional<Error> error = failure_of(action);
  ASSERT_TRUE(error) << "no failure: " << words;
  EXPECT_EQ(error->kind, kind) << error->message;
  EXPECT_NE(error->message.find(words), std::string::npos) << error->message;
}

}  // namespace rehydra::test
