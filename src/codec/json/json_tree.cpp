#include "codec/json/json_tree.h"

#include <string>
#include <utility>
#include <vector>

namespace rehydra::codec {
namespace {

using nlohmann::json;

// Builds the tree in place, so that what is there when memory fails is the tree's to free. Of a name that stands twice
// the last value counts.
class TreeBuilder {
 public:
  TreeBuilder(json& root, std::size_t depth, std::size_t values) : root_(root), depth_(depth), values_(values) {}

  TreeFault fault() const noexcept { return fault_; }

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(json::number_integer_t value) { return put(value); }
  bool number_unsigned(json::number_unsigned_t value) { return put(value); }
  bool number_float(json::number_float_t value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(json::value_t::object); }
  bool start_array(std::size_t) { return open(json::value_t::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    if (!within_bounds()) {
      return false;
    }
    member_ = &(*open_.back())[name];
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) {
    fault_ = TreeFault::bad_json;
    return false;
  }

 private:
  bool within_bounds() {
    const bool within = open_.size() <= depth_ && values_ > 0;
    values_ -= within ? 1 : 0;
    fault_ = within ? fault_ : TreeFault::too_large;
    return within;
  }

  // Where the next value belongs.
  json& place() {
    if (open_.empty()) {
      return root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(nullptr);
      return open_.back()->back();
    }
    empty(*member_);
    return *member_;
  }

  template <class Value>
  bool put(Value&& value) {
    if (!within_bounds()) {
      return false;
    }
    place() = std::forward<Value>(value);
    return true;
  }

  bool open(json::value_t type) {
    if (!within_bounds()) {
      return false;
    }
    json& container = place();
    container = type;
    open_.push_back(&container);
    return true;
  }

  bool close() {
    open_.pop_back();
    return within_bounds();
  }

  json& root_;
  std::size_t depth_;
  std::size_t values_;
  TreeFault fault_ = TreeFault::none;
  std::vector<json*> open_;
  json* member_ = nullptr;
};

}  // namespace

// As deep as the tree, which is bounded.
void empty(json& branch) noexcept {
  if (branch.is_structured()) {
    for (json& one : branch) {
      empty(one);
    }
    branch.clear();
  }
}

TreeFault parse_tree(std::string_view bytes, std::size_t depth, std::size_t values, JsonTree& tree) {
  TreeBuilder builder(tree.root, depth, values);
  (void)json::sax_parse(bytes, &builder);
  return builder.fault();
}

}  // namespace rehydra::codec
