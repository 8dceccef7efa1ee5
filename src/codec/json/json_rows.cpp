#include "codec/json/json_rows.h"

namespace rehydra::codec {
namespace {

constexpr std::uint32_t rows_between_polls = 1'024;

}  // namespace

JsonRows::JsonRows(std::string_view bytes, std::size_t at, std::string title, std::vector<std::string> headers,
                   const Limits& limits, Cancel cancel)
    : cursor_(bytes, limits, at), title_(std::move(title)), limits_(limits), cancel_(cancel) {
  cursor_.expect('[');
  ended_ = cursor_.take(']');
  read_header(std::move(headers));
}

void JsonRows::refuse(ErrorKind kind, const std::string& message, const std::string& header,
                      const std::string& hint) const {
  throw Failure(kind, message, hint, {title_, row_, 0, header, Container::list});
}

void JsonRows::read_header(std::vector<std::string> headers) {
  if (ended_) {
    for (std::string& header : headers) {
      members_.push_back({{}, std::move(header)});
    }
    return;
  }
  JsonCursor ahead = cursor_;
  row_ = 1;
  if (!ahead.take('{')) {
    refuse(ErrorKind::bad_file, "a row is no object", {}, "Write each row as {\"column\": value, ...}.");
  }
  if (!ahead.take('}')) {
    do {
      const std::string_view raw = ahead.string();
      std::string name(ahead.has_escapes() ? ahead.decoded(raw, scratch_) : raw);
      if (members_.size() == limits_.columns) {
        refuse(
            ErrorKind::limit_exceeded,
            "a row has more than the " + std::to_string(limits_.columns) + " members that rehydra.max_columns allows",
            {}, "Raise rehydra.max_columns, or remove members.");
      }
      by_name_.try_emplace(name, members_.size());
      members_.push_back({std::string(raw), std::move(name)});
      ahead.expect(':');
      ahead.skip_value();
    } while (ahead.take(','));
    ahead.expect('}');
  }
  row_ = 0;
}

void JsonRows::give_header(Row& row) {
  row.number = 1;
  row.stated = true;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    row.cells.push_back({static_cast<std::uint32_t>(i + 1), CellKind::string, false, members_[i].name});
  }
  header_given_ = true;
}

bool JsonRows::next(Row& row) {
  row.cells.clear();
  if (!header_given_) {
    give_header(row);
    return true;
  }
  if (ended_) {
    return false;
  }
  if (++row_ % rows_between_polls == 0) {
    cancel_.poll();
  }
  try {
    read_row(row);
  } catch (Failure& failure) {
    Location& where = failure.error().where;
    if (where.sheet.empty()) {
      where = {title_, row_, 0, {}, Container::list};
    }
    throw;
  }
  return true;
}

void JsonRows::read_row(Row& row) {
  arena_.clear();
  row.number = row_;
  row.stated = true;
  if (!cursor_.take('{')) {
    refuse(ErrorKind::bad_file, "a row is no object", {}, "Write each row as {\"column\": value, ...}.");
  }
  std::size_t count = 0;
  if (!cursor_.take('}')) {
    std::size_t expected = 0;
    do {
      const std::size_t member = member_of(cursor_.string(), expected);
      expected = member + 1;
      ++count;
      cursor_.expect(':');
      read_value(row, member);
    } while (cursor_.take(','));
    cursor_.expect('}');
  }
  require_all(count);
  if (!cursor_.take(',')) {
    cursor_.expect(']');
    ended_ = true;
  }
}

// Nearly always the one behind the last.
std::size_t JsonRows::member_of(std::string_view raw, std::size_t expected) {
  std::size_t member = expected;
  if (expected >= members_.size() || members_[expected].raw != raw) {
    const std::string name(cursor_.has_escapes() ? cursor_.decoded(raw, scratch_) : raw);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
      refuse(ErrorKind::bad_file, "the row has a member that the first row does not have", name,
             "Give all rows the same members, null where there is no value.");
    }
    member = found->second;
  }
  if (members_[member].seen_in == row_) {
    refuse(ErrorKind::duplicate_column, "the row has this member twice", members_[member].name,
           "Keep the one that holds the value.");
  }
  members_[member].seen_in = row_;
  return member;
}

void JsonRows::require_all(std::size_t count) const {
  if (count == members_.size()) {
    return;
  }
  for (const Member& member : members_) {
    if (member.seen_in != row_) {
      refuse(ErrorKind::missing_column, "the row lacks a member that the first row has", member.name,
             "Give all rows the same members, null where there is no value.");
    }
  }
}

std::string_view JsonRows::text_of(std::string_view body) {
  return cursor_.has_escapes() ? arena_.copy(cursor_.decoded(body, scratch_)) : body;
}

void JsonRows::read_value(Row& row, std::size_t member) {
  const auto add = [&](CellKind kind, std::string_view text) {
    row.cells.push_back({static_cast<std::uint32_t>(member + 1), kind, false, text});
  };
  switch (cursor_.peek()) {
    case '"':
      add(CellKind::string, text_of(cursor_.string()));
      break;
    case 'n':
      cursor_.word("null");
      break;
    case 't':
      cursor_.word("true");
      add(CellKind::boolean, "1");
      break;
    case 'f':
      cursor_.word("false");
      add(CellKind::boolean, "0");
      break;
    case '{':
    case '[':
      refuse(ErrorKind::bad_value, "an object or a list stands where a value belongs", members_[member].name,
             "Write it as a string that holds its text; the strings of json columns are JSON themselves.");
    default:
      add(CellKind::decimal, cursor_.number());
  }
}

}  // namespace rehydra::codec
