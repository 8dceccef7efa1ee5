// Job: who sees an operation or a job, and who may end it or take its file: as the view rehydra.activity_log has it.
// Callers: entry/progress.cpp, entry/jobs. Inside of looking().
#pragma once

#include <string>

#include "entry/shell.h"
#include "pg/settings.h"
#include "pg/spi.h"

namespace rehydra::entry {

class Viewer {
 public:
  Viewer();

  // The customer that the session acts for; empty for none.
  const std::string& tenant() const noexcept { return tenant_; }
  bool is_operator() const noexcept { return is_operator_; }

  // Those whose jobs and operations a customer's session sees.
  std::vector<std::string> models() const;

  bool sees(const std::string& model, const std::string& customer_id) const;
  // A session that acts for a customer acts for no other.
  bool may_act_for(const std::string& model, const std::string& customer_id) const;

 private:
  bool acts_for(const std::string& model, const std::string& customer_id) const;

  bool is_operator_ = false;
  bool is_auditor_ = false;
  std::string tenant_;
};

// doing: "cancel".
[[noreturn]] void refuse_to(const std::string& doing, const std::string& customer_id);

// Statements of our own, as the caller, under names that are PostgreSQL's own.
template <class Body>
void looking(Body body) {
  pg::Spi spi;
  pg::SettingsScope settings;
  pg::pin_search_path(settings);
  body();
  settings.end();
  spi.finish();
}

}  // namespace rehydra::entry
