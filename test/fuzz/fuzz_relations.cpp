// Job: fuzz the relations of a part, and the targets that they name.
// Callers: libFuzzer, or replay_main.cpp.
// Promise: only Failure may leave them; a target is a name inside of the container.
#include <cstdlib>

#include "../unit/sample_zip.h"
#include "codec/relations.h"
#include "core/error.h"
#include "fuzz_source.h"

namespace {

using namespace rehydra;

constexpr const char* owner = "xl/workbook.xml";

void require_inside(std::string_view target) {
  if (target.starts_with('/') || target == ".." || target.starts_with("../") ||
      target.find("/../") != std::string_view::npos) {
    std::abort();
  }
}

void read_relations(const std::string& xml) {
  const std::string file = test::make_zip({{codec::relations_part(owner), xml, false}});
  const Limits limits = fuzz::tight_limits();
  const codec::ZipDirectory directory(file, limits);
  Budget budget(limits.inflated_bytes, "rehydra.max_inflated_bytes");
  const codec::Relations relations(
      directory, limits,
      [&](const codec::ZipEntry& entry) { return std::make_unique<codec::EntrySource>(entry, budget, Cancel{}); },
      owner);
  for (const char* kind : {"worksheet", "styles", "sharedStrings", ""}) {
    if (const codec::Relation* relation = relations.by_kind(kind)) {
      require_inside(relation->target);
      if (relations.by_id(relation->id) == nullptr) {
        std::abort();
      }
    }
  }
}

template <typename Action>
void attempt(Action action) {
  try {
    action();
  } catch (const Failure&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  attempt([&] { read_relations(text); });
  attempt([&] { require_inside(codec::target_part(owner, text)); });
  return 0;
}
