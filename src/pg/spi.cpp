#include "pg/spi.h"

#include "core/error.h"

namespace rehydra::pg {

namespace {

constexpr long batch_rows = 1'000;

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char letter : text) {
    if (letter == quote) {
      out += quote;
    }
    out += letter;
  }
  return out += quote;
}

void check(int code, const char* what) {
  if (code < 0) {
    throw Failure(ErrorKind::internal, std::string(what) + ": " + SPI_result_code_string(code));
  }
}

int run(const std::string& sql, const Args& args, Access access, long limit) {
  return call([&] {
    return SPI_execute_with_args(sql.c_str(), args.count(), args.types(), args.values(), args.nulls(),
                                 access == Access::read_only, limit);
  });
}

TextRow text_row(SPITupleTable* table, std::uint64_t number) {
  TextRow row;
  for (int column = 1; column <= table->tupdesc->natts; ++column) {
    char* value = call([&] { return SPI_getvalue(table->vals[number], table->tupdesc, column); });
    row.push_back(value != nullptr ? std::optional<std::string>(value) : std::nullopt);
    if (value != nullptr) {
      pfree(value);
    }
  }
  return row;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  return quoted(name, '"');
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  return quote_identifier(schema) + "." + quote_identifier(name);
}

std::string quote_literal(std::string_view text) {
  std::string out = quoted(text, '\'');
  if (text.find('\\') == std::string_view::npos) {
    return out;
  }
  std::string escaped = " E";
  for (char letter : out) {
    escaped += letter;
    if (letter == '\\') {
      escaped += letter;
    }
  }
  return escaped;
}

std::vector<std::string> split_names(const std::optional<std::string>& joined) {
  std::vector<std::string> parts;
  if (!joined || joined->empty()) {
    return parts;
  }
  std::size_t from = 0;
  for (std::size_t to = joined->find('\x01'); to != std::string::npos; to = joined->find('\x01', from)) {
    parts.push_back(joined->substr(from, to - from));
    from = to + 1;
  }
  parts.push_back(joined->substr(from));
  return parts;
}

Spi::Spi() {
  check(call([] { return SPI_connect(); }), "SPI_connect");
}

void Spi::finish() {
  check(call([] { return SPI_finish(); }), "SPI_finish");
}

Args& Args::datum(Oid type, Datum value, bool is_null) {
  types_.push_back(type);
  values_.push_back(value);
  nulls_.push_back(is_null ? 'n' : ' ');
  return *this;
}

Args& Args::text(std::string_view value) {
  return datum(TEXTOID, call([&] {
                 return PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
               }));
}

Args& Args::text_or_null(const std::optional<std::string>& value) {
  return value ? text(*value) : datum(TEXTOID, 0, true);
}

Args& Args::integer(std::int64_t value) {
  return datum(INT8OID, Int64GetDatum(value));
}

Args& Args::boolean(bool value) {
  return datum(BOOLOID, BoolGetDatum(value));
}

Args& Args::bytes(std::string_view value) {
  return datum(BYTEAOID, call([&] {
                 return PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
               }));
}

std::uint64_t execute(const std::string& sql, const Args& args, Access access) {
  check(run(sql, args, access, 0), sql.c_str());
  call([] { SPI_freetuptable(SPI_tuptable); });
  return SPI_processed;
}

std::vector<TextRow> query(const std::string& sql, const Args& args, Access access) {
  check(run(sql, args, access, 0), sql.c_str());
  std::vector<TextRow> rows;
  if (SPI_tuptable == nullptr) {
    return rows;
  }
  SPITupleTable* table = SPI_tuptable;
  const std::uint64_t count = SPI_processed;
  for (std::uint64_t i = 0; i < count; ++i) {
    rows.push_back(text_row(table, i));
  }
  call([&] { SPI_freetuptable(table); });
  return rows;
}

void for_each_row(const std::string& sql, const Args& args, const std::function<void(const TextRow&)>& body,
                  Access access) {
  Portal portal = call([&] {
    return SPI_cursor_open_with_args(nullptr, sql.c_str(), args.count(), args.types(), args.values(), args.nulls(),
                                     access == Access::read_only, CURSOR_OPT_NO_SCROLL);
  });
  for (;;) {
    SPITupleTable* table = call([&] {
      SPI_cursor_fetch(portal, true, batch_rows);
      return SPI_tuptable;
    });
    const std::uint64_t count = SPI_processed;
    for (std::uint64_t i = 0; i < count; ++i) {
      body(text_row(table, i));
    }
    call([&] { SPI_freetuptable(table); });
    if (count == 0) {
      break;
    }
  }
  call([&] { SPI_cursor_close(portal); });
}

std::optional<std::string> query_value(const std::string& sql, const Args& args, Access access) {
  const std::vector<TextRow> rows = query(sql, args, access);
  if (rows.size() != 1 || rows[0].size() != 1) {
    throw Failure(ErrorKind::internal, "expected one value of: " + sql);
  }
  return rows[0][0];
}

std::int64_t query_count(const std::string& sql, const Args& args, Access access) {
  const std::optional<std::string> value = query_value(sql, args, access);
  return value ? std::stoll(*value) : 0;
}

}  // namespace rehydra::pg
