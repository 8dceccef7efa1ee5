// Job: a workbook with its bad cells marked, part by part.
// Callers: codec/marks/marked_file.cpp.
// Promise: parts that need no change are copied as they are packed; sheets stream; the rest is held as limits allow.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "codec/marks/comments.h"
#include "codec/marks/marked_file.h"
#include "codec/marks/package_edits.h"
#include "codec/marks/sheet_marker.h"
#include "codec/marks/styles.h"
#include "codec/package.h"
#include "codec/zip_writer.h"
#include "core/budget.h"

namespace rehydra::codec {

class MarkedWorkbook : public MarkedFile {
 public:
  MarkedWorkbook(std::string_view bytes, const FileErrors& errors, const Limits& limits, Cancel cancel,
                 const SpillFactory& spill);
  bool next(std::string& chunk) override;

 private:
  // A sheet that is written anew, and what belongs to it.
  struct Sheet {
    const ZipEntry* entry = nullptr;
    SheetChanges changes;
    const ZipEntry* relations_entry = nullptr;  // null where it has none
    std::string relations_text;
    std::vector<PartRelation> relations;
    const ZipEntry* comments_entry = nullptr;  // null where it has none
    std::string new_comments;                  // the name of a new part
    MarkedComments comments;
    DrawingPlace place;
    std::unique_ptr<SheetMarker> marker;
    bool has_new_comments() const noexcept { return !changes.marks.empty() || !changes.cleared.empty(); }
  };
  // True where it is to be called again.
  using Step = std::function<bool()>;

  std::unique_ptr<ByteSource> open(const ZipEntry& entry);
  std::string text_of(const ZipEntry* entry);
  const ZipEntry& required(std::string_view part) const;
  std::string free_name(const std::string& folder, const std::string& name, const std::string& ending);

  void choose_list(std::string_view bytes, const SpillFactory& spill, Cancel cancel);
  void place_marks();
  bool is_selected(const ZipEntry& entry);
  void choose_sheets();
  void describe_sheet(Sheet& sheet);
  void plan();

  void put(std::string_view name, const std::string& content);
  void replace(const ZipEntry& entry, const std::string& content);
  void put_content_types();
  bool mark_sheet(Sheet& sheet);
  void finish_sheet(Sheet& sheet);
  void put_workbook();
  bool copy_rest();

  const Limits limits_;
  Cancel cancel_;
  FileErrors errors_;
  Budget inflated_;
  ZipDirectory directory_;
  WorkbookParts parts_;
  std::string workbook_text_, workbook_relations_text_;
  SheetList list_;
  std::vector<PartRelation> workbook_relations_;
  Styles styles_;
  std::string list_title_, list_part_;
  std::optional<std::size_t> old_list_;
  std::vector<CellMarks> marks_;  // by sheet
  std::vector<Sheet> sheets_;
  std::set<std::string> new_names_;
  std::set<const ZipEntry*> replaced_;
  ZipWriter writer_;
  std::string marked_;  // of a sheet, not yet deflated
  std::vector<Step> steps_;
  std::size_t step_ = 0;
  std::size_t entry_ = 0;   // of copy_rest()
  std::size_t copied_ = 0;  // of its data
  bool copying_ = false;
};

}  // namespace rehydra::codec
