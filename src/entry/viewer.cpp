#include "entry/viewer.h"

#include "core/error.h"

namespace rehydra::entry {

Viewer::Viewer() {
  const auto roles = pg::query(
      "SELECT pg_catalog.pg_has_role('rehydra_operator', 'MEMBER'), "
      "pg_catalog.pg_has_role('rehydra_auditor', 'MEMBER')");
  is_operator_ = roles[0][0] == "t";
  is_auditor_ = roles[0][1] == "t";
  tenant_ = pg::session_tenant();
}

bool Viewer::sees(const std::string& model, const std::string& customer_id) const {
  return is_operator_ || is_auditor_ || acts_for(model, customer_id);
}

bool Viewer::may_act_for(const std::string& model, const std::string& customer_id) const {
  return tenant_.empty() ? is_operator_ : acts_for(model, customer_id);
}

bool Viewer::acts_for(const std::string& model, const std::string& customer_id) const {
  return !tenant_.empty() && customer_id == tenant_ &&
         (is_operator_ ||
          pg::query_count("SELECT count(*) FROM rehydra.usable_models WHERE model = $1", pg::Args().text(model)) != 0);
}

std::vector<std::string> Viewer::models() const {
  std::vector<std::string> names;
  for (const pg::TextRow& row :
       pg::query(is_operator_ ? "SELECT model FROM rehydra.models" : "SELECT model FROM rehydra.usable_models")) {
    names.push_back(*row[0]);
  }
  return names;
}

void refuse_to(const std::string& doing, const std::string& customer_id) {
  throw Failure(ErrorKind::denied, "this session may not " + doing + " an operation of customer " + customer_id,
                "Call as a member of rehydra_operator in a session that acts for no customer, or in one that acts "
                "for this customer.");
}

}  // namespace rehydra::entry
