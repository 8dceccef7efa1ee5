#include "registry/data_set_order.h"

#include <algorithm>
#include <utility>

namespace rehydra::registry {

namespace {

enum class State : char { unseen, open, placed };

bool is_path(const Dataset& dataset, const Reference& reference) {
  return dataset.tenant_reference >= 0 &&
         &reference == &dataset.references[static_cast<std::size_t>(dataset.tenant_reference)];
}

// Nothing of it can be left out for a while: the parent has to be there first. Rows without a key cannot be found
// again, and rows that do not lead to their tenant are nobody's.
bool is_required(const Dataset& dataset, const Reference& reference) {
  return dataset.keyless() || is_path(dataset, reference) ||
         std::all_of(reference.columns.begin(), reference.columns.end(), [&](int column) {
           return column == dataset.tenant_column || dataset.columns[static_cast<std::size_t>(column)].not_null;
         });
}

class Order {
 public:
  explicit Order(const Model& model) : model_(model), state_(model.datasets.size(), State::unseen) {}

  // Depth first. A reference that can wait is not followed to what needs a data set whose turn it is, and none to what
  // belongs to the tenant by such a data set alone.
  void visit(int index) {
    if (state(index) != State::unseen) {
      return;
    }
    state(index) = State::open;
    const Dataset& dataset = dataset_at(index);
    for (const Reference& reference : dataset.references) {
      std::vector<char> looked_at(state_.size(), 0);
      if (!belongs_below_open(reference.parent) &&
          (is_required(dataset, reference) || !needs_open(reference.parent, looked_at))) {
        visit(reference.parent);
      }
    }
    state(index) = State::placed;
    if (dataset.role == Role::data || dataset.role == Role::own) {
      placed.push_back(index);
    }
  }

  std::vector<int> placed;

 private:
  const Dataset& dataset_at(int index) const { return model_.datasets[static_cast<std::size_t>(index)]; }
  State& state(int index) { return state_[static_cast<std::size_t>(index)]; }

  bool needs_open(int index, std::vector<char>& looked_at) {
    if (state(index) != State::unseen) {
      return state(index) == State::open;
    }
    if (std::exchange(looked_at[static_cast<std::size_t>(index)], static_cast<char>(1)) != 0) {
      return false;
    }
    const Dataset& dataset = dataset_at(index);
    return std::any_of(dataset.references.begin(), dataset.references.end(), [&](const Reference& reference) {
      return is_required(dataset, reference) && needs_open(reference.parent, looked_at);
    });
  }

  bool belongs_below_open(int index) const {
    for (std::size_t steps = 0; steps < state_.size(); ++steps) {
      const Dataset& dataset = dataset_at(index);
      if (dataset.tenant_reference < 0) {
        return false;
      }
      index = dataset.references[static_cast<std::size_t>(dataset.tenant_reference)].parent;
      if (state_[static_cast<std::size_t>(index)] == State::open) {
        return true;
      }
    }
    return false;
  }

  const Model& model_;
  std::vector<State> state_;
};

}  // namespace

std::vector<int> order_parents_first(const Model& model) {
  Order order(model);
  for (std::size_t i = 0; i < model.datasets.size(); ++i) {
    order.visit(static_cast<int>(i));
  }
  return order.placed;
}

}  // namespace rehydra::registry
