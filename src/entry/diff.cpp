// Job: rehydra_diff(file, mode, customer_id, datasets, options): the plan row by row, into a result that spills.
#include "importer/diff.h"
#include "entry/import_request.h"
#include "entry/refusal.h"
#include "pg/memory.h"
#include "pg/spi.h"

namespace rehydra::entry {
namespace {

constexpr int diff_columns = 8;

// Only inside a guard.
void set(Datum& value, bool& is_null, const std::optional<std::string>& text) {
  is_null = !text;
  if (text) {
    value = PointerGetDatum(cstring_to_text_with_len(text->data(), static_cast<int>(text->size())));
  }
}

void put(const ReturnSetInfo& result, const importer::DiffLine& line, pg::Context& memory) {
  const std::optional<std::string> texts[diff_columns] = {line.dataset,   line.row_key,   line.action, line.column_name,
                                                          line.old_value, line.new_value, line.sheet,  line.cell};
  const pg::ContextScope scope(memory.get());
  pg::call([&] {
    Datum values[diff_columns] = {};
    bool nulls[diff_columns] = {};
    for (int i = 0; i < diff_columns; ++i) {
      set(values[i], nulls[i], texts[i]);
    }
    tuplestore_putvalues(result.setResult, result.setDesc, values, nulls);
  });
  memory.reset();
}

Datum diff(const Call& call) {
  importer::Request request = preview_request(call, "diff");
  request.file = call.bytes(0, "file");
  require_writable();
  begin_rows(call);
  pg::Spi spi;
  return_diff(call, std::move(request));
  spi.finish();
  return 0;
}

}  // namespace

void return_diff(const Call& call, importer::Request request) {
  const auto& result = *reinterpret_cast<ReturnSetInfo*>(call.info()->resultinfo);
  const MemoryContext outer = CurrentMemoryContext;
  pg::Context memory(outer, "rehydra diff");
  request.on_plan = [&](const importer::Operation& operation) {
    importer::list_changes(operation, cancel_flag(), outer,
                           [&](const importer::DiffLine& line) { put(result, line, memory); });
  };
  logging_refusals("diff", request.customer_id, [&] { return importer::run_import(request, cancel_flag(), outer); });
}

}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_diff, rehydra::entry::diff)
