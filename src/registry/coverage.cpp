#include "registry/coverage.h"

#include "core/error.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::registry {

namespace {

constexpr std::size_t most_named = 10;

}  // namespace

void require_coverage() {
  if (!pg::strict_coverage()) {
    return;
  }
  const Bookkeeper bookkeeper;
  const auto undecided = pg::query("SELECT u FROM rehydra.unclassified() u");
  if (undecided.empty()) {
    return;
  }
  std::string names;
  for (std::size_t i = 0; i < undecided.size() && i < most_named; ++i) {
    names += (i == 0 ? "" : ", ") + *undecided[i][0];
  }
  throw Failure(
      ErrorKind::not_registered,
      "nobody has decided whether a customer's export needs " + names +
          (undecided.size() > most_named ? ", and " + std::to_string(undecided.size() - most_named) + " more" : ""),
      "SELECT * FROM rehydra_coverage() shows them; register them, or leave them out by decision. "
      "rehydra.strict_coverage = off exports without.");
}

}  // namespace rehydra::registry
