#include "pg/errors.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>

namespace rehydra::pg {

namespace {

template <std::size_t N>
void copy_text(char (&to)[N], std::string_view text) noexcept {
  std::size_t length = std::min(text.size(), N - 1);
  // Never cut a UTF-8 character in half.
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
    --length;
  }
  std::memcpy(to, text.data(), length);
  to[length] = '\0';
}

}  // namespace

int sqlstate_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::bad_argument:
      return ERRCODE_INVALID_PARAMETER_VALUE;
    case ErrorKind::bad_file:
    case ErrorKind::hostile_file:
    case ErrorKind::missing_sheet:
    case ErrorKind::missing_column:
    case ErrorKind::duplicate_column:
      return ERRCODE_BAD_COPY_FILE_FORMAT;
    case ErrorKind::limit_exceeded:
      return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
    case ErrorKind::unsupported_file:
      return ERRCODE_FEATURE_NOT_SUPPORTED;
    case ErrorKind::bad_value:
    case ErrorKind::formula:
      return ERRCODE_INVALID_TEXT_REPRESENTATION;
    case ErrorKind::value_too_long:
      return ERRCODE_STRING_DATA_RIGHT_TRUNCATION;
    case ErrorKind::null_value:
      return ERRCODE_NOT_NULL_VIOLATION;
    case ErrorKind::check_violation:
      return ERRCODE_CHECK_VIOLATION;
    case ErrorKind::duplicate_key:
      return ERRCODE_UNIQUE_VIOLATION;
    case ErrorKind::missing_reference:
    case ErrorKind::blocked_delete:
      return ERRCODE_FOREIGN_KEY_VIOLATION;
    case ErrorKind::too_many_deletes:
      return ERRCODE_CARDINALITY_VIOLATION;
    case ErrorKind::denied:
    case ErrorKind::unprotected:
      return ERRCODE_INSUFFICIENT_PRIVILEGE;
    case ErrorKind::not_registered:
      return ERRCODE_UNDEFINED_OBJECT;
    case ErrorKind::suppressed:
      return ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION;
    case ErrorKind::conflict:
      return ERRCODE_T_R_SERIALIZATION_FAILURE;
    case ErrorKind::out_of_memory:
      return ERRCODE_OUT_OF_MEMORY;
    case ErrorKind::cancelled:
      return ERRCODE_QUERY_CANCELED;
    case ErrorKind::io_error:
      return ERRCODE_IO_ERROR;
    case ErrorKind::proof_failed:
    case ErrorKind::internal:
      return ERRCODE_INTERNAL_ERROR;
  }
  return ERRCODE_INTERNAL_ERROR;
}

std::string sqlstate_text(int sqlstate) {
  std::string text(5, '0');
  for (char& letter : text) {
    letter = static_cast<char>(PGUNSIXBIT(sqlstate));
    sqlstate >>= 6;
  }
  return text;
}

std::string describe(const Location& where) {
  std::string text;
  auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!where.sheet.empty()) {
    add(container_name(where.container, where.sheet));
  }
  if (const std::string place = place_name(where); !place.empty()) {
    add(place);
  }
  if (!where.header.empty()) {
    add("column \"" + where.header + "\"");
  }
  return text;
}

void capture_current_exception(PendingError& pending) noexcept {
  pending.set = true;
  try {
    throw;
  } catch (const ServerError& error) {
    pending.server = error.data();
  } catch (const Failure& failure) {
    const Error& error = failure.error();
    pending.sqlstate = error.sqlstate.size() == 5
                           ? MAKE_SQLSTATE(error.sqlstate[0], error.sqlstate[1], error.sqlstate[2], error.sqlstate[3],
                                           error.sqlstate[4])
                           : sqlstate_of(error.kind);
    copy_text(pending.message, error.message);
    copy_text(pending.detail, error.detail);
    copy_text(pending.hint, error.hint);
    try {
      copy_text(pending.where, describe(error.where));
    } catch (...) {
      pending.where[0] = '\0';
    }
  } catch (const std::bad_alloc&) {
    pending.sqlstate = ERRCODE_OUT_OF_MEMORY;
    copy_text(pending.message, "out of memory");
  } catch (const std::exception& error) {
    pending.sqlstate = ERRCODE_INTERNAL_ERROR;
    copy_text(pending.message, error.what());
  } catch (...) {
    pending.sqlstate = ERRCODE_INTERNAL_ERROR;
    copy_text(pending.message, "unknown exception");
  }
}

void raise(const PendingError& pending) {
  if (pending.server != nullptr) {
    ReThrowError(pending.server);
  }
  if (pending.sqlstate == ERRCODE_QUERY_CANCELED) {
    // The codec only saw a flag; the server knows whether it is a cancel, a timeout or a shutdown.
    CHECK_FOR_INTERRUPTS();
  }
  ereport(ERROR, (errcode(pending.sqlstate), errmsg("%s", pending.message),
                  pending.detail[0] != '\0' ? errdetail("%s", pending.detail) : 0,
                  pending.hint[0] != '\0' ? errhint("%s", pending.hint) : 0,
                  pending.where[0] != '\0' ? errcontext("%s", pending.where) : 0));
  pg_unreachable();
}

bool must_be_raised(int sqlstate) noexcept {
  const int category = ERRCODE_TO_CATEGORY(sqlstate);
  for (int raised : {ERRCODE_TRANSACTION_ROLLBACK, ERRCODE_INSUFFICIENT_RESOURCES, ERRCODE_OPERATOR_INTERVENTION,
                     ERRCODE_SYSTEM_ERROR, ERRCODE_INTERNAL_ERROR}) {
    if (category == ERRCODE_TO_CATEGORY(raised)) {
      return true;
    }
  }
  return sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
}

}  // namespace rehydra::pg
