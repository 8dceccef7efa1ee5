#include "pg/cursor.h"

#include "core/error.h"
#include "pg/home.h"
#include "pg/indexed_plans.h"
#include "pg/memory.h"
#include "pg/server_side.h"
#include "pg/statement_plan.h"
#include "pg/store.h"

extern "C" {
#include "executor/executor.h"
}

namespace rehydra::pg {

namespace {

class OwnerScope {
 public:
  explicit OwnerScope(ResourceOwner owner) noexcept : before_(CurrentResourceOwner) { CurrentResourceOwner = owner; }
  ~OwnerScope() { CurrentResourceOwner = before_; }
  OwnerScope(const OwnerScope&) = delete;
  OwnerScope& operator=(const OwnerScope&) = delete;

 private:
  ResourceOwner before_;
};

struct Planned {
  const char* sql;
  ParamListInfo parameters;
  QueryEnvironment* environment;
  PlannedStmt* statement;  // nullptr where rules made it none or several
};

// Only inside a guard, as the next.
Planned plan(const std::string& sql, const Args& args) {
  Planned planned{pstrdup(sql.c_str()), parameters_of(args), published_stores(), nullptr};
  planned.statement = plan_statement(planned.sql, args, planned.parameters, planned.environment);
  return planned;
}

QueryDesc* start_query(const Planned& planned) {
  if (planned.statement == nullptr || planned.statement->commandType != CMD_SELECT) {
    return nullptr;
  }
  QueryDesc* query = CreateQueryDesc(planned.statement, planned.sql, GetActiveSnapshot(), InvalidSnapshot,
                                     None_Receiver, planned.parameters, planned.environment, 0);
  ExecutorStart(query, 0);
  return query;
}

}  // namespace

Cursor::Cursor() {
  call([&] {
    memory_ = AllocSetContextCreateInternal(home().context, "rehydra cursor", ALLOCSET_DEFAULT_SIZES);
    owner_ = ResourceOwnerCreate(CurrentResourceOwner, "rehydra cursor");
  });
}

// The object is there before its statement is, so that a refused statement's resources go with it.
Cursor::Cursor(const std::string& sql, const Args& args, Access access, long most_rows) : Cursor() {
  start(sql, args, access, most_rows);
}

Cursor::~Cursor() {
  release(false);
}

void Cursor::start(const std::string& sql, const Args& args, Access access, long most_rows) {
  const OwnerScope scope(owner_);
  const ContextScope memory(memory_);
  const Planned planned = [&] {
    const PlanningScope planning;
    return call([&] {
      if (access == Access::read_write) {
        CommandCounterIncrement();
        PushActiveSnapshot(GetTransactionSnapshot());
      }
      return plan(sql, args);
    });
  }();
  call([&] {
    query_ = start_query(planned);
    if (access == Access::read_write) {
      PopActiveSnapshot();
    }
  });
  if (query_ == nullptr) {
    throw Failure(ErrorKind::internal, "no cursor for: " + sql);
  }
  set_columns(static_cast<std::size_t>(query_->tupDesc->natts));
  capacity_ = std::min(most_rows, rows_a_batch(columns()));
  batch_ = std::make_unique<RowReceiver>(query_->tupDesc, static_cast<std::size_t>(capacity_), memory_);
}

std::size_t Cursor::fetch() {
  if (at_end_) {
    (void)batch_->begin();
    show(nullptr, nullptr, 0);
    return 0;
  }
  const OwnerScope scope(owner_);
  call([&] {
    PushActiveSnapshot(query_->snapshot);
    query_->dest = batch_->begin();
    rehydra_executor_fetch(query_, capacity_);
    PopActiveSnapshot();
  });
  at_end_ = batch_->rows() < static_cast<std::size_t>(capacity_);
  show(batch_->values(), batch_->nulls(), batch_->rows());
  return rows();
}

void Cursor::close() {
  {
    const OwnerScope scope(owner_);
    call([&] {
      ExecutorFinish(query_);
      ExecutorEnd(query_);
      FreeQueryDesc(query_);
    });
  }
  query_ = nullptr;
  release(true);
}

// What an abort does with a statement's resources: releasing them calls nothing that may raise. The locks of a
// statement that came to its end stay, as everywhere, until the transaction's.
void Cursor::release(bool keeps_locks) {
  show(nullptr, nullptr, 0);
  batch_.reset();
  if (!server_side::is_gone() && owner_ != nullptr) {
    for (const ResourceReleasePhase phase :
         {RESOURCE_RELEASE_BEFORE_LOCKS, RESOURCE_RELEASE_LOCKS, RESOURCE_RELEASE_AFTER_LOCKS}) {
      ResourceOwnerRelease(owner_, phase, keeps_locks, false);
    }
    ResourceOwnerDelete(owner_);
    MemoryContextDelete(memory_);
  }
  owner_ = nullptr;
  memory_ = nullptr;
}

std::int64_t fetch_count(const std::string& sql, const Args& args, Access access) {
  Cursor cursor(sql, args, access, 1);
  cursor.fetch();
  const std::int64_t count = DatumGetInt64(cursor.value(0, 0));
  cursor.close();
  return count;
}

}  // namespace rehydra::pg
