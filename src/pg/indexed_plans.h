// Job: let cursors find rows by indexes, where their caller knows better than the planner's statistics.
// Callers: whoever reads a tenant of a small share (registry/tenant_share.h) makes IndexedPlans; pg::Cursor a
// PlanningScope.
#pragma once

namespace rehydra::pg {

// While one lives that is wanted, cursors find rows by the conditions of an index wherever there is one: neither a
// table nor an index, for the order that it has, is read from end to end.
class IndexedPlans {
 public:
  explicit IndexedPlans(bool wanted) noexcept;
  ~IndexedPlans();
  IndexedPlans(const IndexedPlans&) = delete;
  IndexedPlans& operator=(const IndexedPlans&) = delete;

 private:
  bool before_;
};

// Around the planning of a cursor's statement alone, since functions that it calls may keep the plans of theirs; those
// that the planner itself calls, to estimate, plan within it. Outside of the guard, so that an error ends it too.
class PlanningScope {
 public:
  PlanningScope() noexcept;
  ~PlanningScope();
  PlanningScope(const PlanningScope&) = delete;
  PlanningScope& operator=(const PlanningScope&) = delete;

 private:
  bool mine_;  // no other one is around it
  bool scans_;
};

}  // namespace rehydra::pg
