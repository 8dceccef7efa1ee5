// Job: a document as one line of events, by our tokenizer and by libxml2.
// Callers: the tokenizer's tests, the differential test, the fuzz targets.
// Promise: equal lines mean that both read the same elements, attributes and texts; nothing where the document is
// refused.
#pragma once

#include <optional>
#include <string>

namespace rehydra::test {

std::optional<std::string> events_by_tokenizer(const std::string& document, std::size_t piece = SIZE_MAX);
std::optional<std::string> events_by_libxml2(const std::string& document);

}  // namespace rehydra::test
