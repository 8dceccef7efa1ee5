#include "exporter/row_lists.h"

namespace rehydra::exporter {

std::vector<codec::RowList> make_row_lists(std::vector<SheetPlan>& plans,
                                           const std::function<std::string(const std::string& dataset)>& name) {
  std::vector<codec::RowList> lists;
  for (SheetPlan& plan : plans) {
    plan.titles = {name(plan.dataset->name)};
    plan.numbers = {lists.size()};
    codec::RowList list;
    list.name = plan.titles.front();
    list.rows = plan.rows;
    for (std::size_t i = 0; i < plan.cells; ++i) {
      list.columns.push_back({plan.columns[i].header, plan.columns[i].type.column});
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

}  // namespace rehydra::exporter
