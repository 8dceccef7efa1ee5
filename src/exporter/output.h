// Job: a file of some format in the making: its writer, the loop that fills a sheet's rows into it, and its
// description. Callers: export_stream. A format is one file here (xlsx_output.cpp, ...), one folder of the codec, and a
// line in formats.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/file_writer.h"
#include "codec/overview_chart.h"
#include "core/cancel.h"
#include "exporter/file_manifest.h"
#include "exporter/sheet_plan.h"
#include "exporter/sheet_rows.h"
#include "registry/reading.h"

namespace rehydra::exporter {

class Output {
 public:
  virtual ~Output() = default;
  virtual codec::FileWriter& file() noexcept = 0;
  virtual std::unique_ptr<SheetRows> rows(const registry::Reading& reading, const SheetPlan& plan,
                                          const RowUses& uses) = 0;
  // Behind the last sheet.
  virtual void describe(const codec::Manifest& manifest, const Digests& digests,
                        std::vector<codec::OverviewChart> charts) = 0;
};

struct Format {
  const char* name;
  Layout layout;
  bool counts_first;  // whether the file says how many rows there are before it has them
  // Gives the plans their titles and numbers; they, model and occasion outlive it. charts: for layout sheets, and those
  // that describe() will be given, perhaps with other points.
  std::unique_ptr<Output> (*open)(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans,
                                  std::vector<codec::OverviewChart> charts, Cancel cancel);
};

extern const Format xlsx_format;
extern const Format json_format;
extern const Format csv_format;

// Failure(bad_argument) naming those there are.
const Format& find_format(const std::string& name);

}  // namespace rehydra::exporter
