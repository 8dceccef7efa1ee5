#include "pg/settings.h"

#include <cstdint>

#include "core/error.h"
#include "pg/large_input.h"
#include "pg/tenant_text.h"
#include "pg/upload_settings.h"

extern "C" {
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
}

namespace rehydra::pg {

namespace {

char* tenant = nullptr;
char* tenant_setting = nullptr;
char* tenant_template = nullptr;
char* user_of_application = nullptr;
char* fault_point = nullptr;
bool reference_memo = true;
bool refuse_unclassified = false;
bool whole_tenant = false;  // policies read it

int jobs = 2;
int tenants_jobs = 1;

int input_kb, large_input_kb, inflated_kb, held_part_kb, shared_string_kb, text_kb;
int entries, sheets, columns, xml_depth, xml_attributes, json_depth, cell_units, errors, held_part_ratio;

void define_text(const char* name, const char* purpose, char** variable, const char* standard, GucContext context,
                 int flags = 0) {
  DefineCustomStringVariable(name, purpose, nullptr, variable, standard, context, flags, nullptr, nullptr, nullptr);
}

void define_limit(const char* name, const char* purpose, int* variable, std::uint64_t standard, int flags = 0) {
  *variable = static_cast<int>(standard);
  DefineCustomIntVariable(name, purpose, nullptr, variable, *variable, 1, INT_MAX, PGC_SUSET, flags, nullptr, nullptr,
                          nullptr);
}

void define_limits() {
  const Limits standard;
  define_limit("rehydra.max_input_bytes", "Largest file that an import opens.", &input_kb, standard.input_bytes / 1024,
               GUC_UNIT_KB);
  define_limit("rehydra.large_input_bytes", "Size of a file from which an import warns that it is large.",
               &large_input_kb, 100 * 1024, GUC_UNIT_KB);
  define_limit("rehydra.max_inflated_bytes", "Largest total of a file's inflated parts.", &inflated_kb,
               standard.inflated_bytes / 1024, GUC_UNIT_KB);
  define_limit("rehydra.max_held_part_bytes",
               "Largest part that is held in memory (workbook, styles, relations), each.", &held_part_kb,
               standard.held_part_bytes / 1024, GUC_UNIT_KB);
  define_limit("rehydra.max_shared_string_bytes", "Shared strings held in memory before they go to a temporary file.",
               &shared_string_kb, standard.shared_string_bytes / 1024, GUC_UNIT_KB);
  define_limit("rehydra.max_entries", "Most entries of a container.", &entries, standard.entries);
  define_limit("rehydra.max_sheets", "Most sheets of a workbook.", &sheets, standard.sheets);
  define_limit("rehydra.max_columns", "Most columns of a sheet.", &columns, standard.columns);
  define_limit("rehydra.max_xml_depth", "Deepest nesting of XML elements.", &xml_depth, standard.xml_depth);
  define_limit("rehydra.max_xml_attributes", "Most attributes of an XML element.", &xml_attributes,
               standard.xml_attributes);
  define_limit("rehydra.max_json_depth", "Deepest nesting of a json document.", &json_depth, standard.json_depth);
  define_limit("rehydra.max_text_bytes", "Longest value of a json document, longest row of a csv file.", &text_kb,
               standard.text_bytes / 1024, GUC_UNIT_KB);
  define_limit("rehydra.max_cell_units", "Longest text of a cell, in UTF-16 units.", &cell_units, standard.cell_units);
  define_limit("rehydra.max_errors", "Errors of a file that are kept; all are counted.", &errors, standard.errors);
  define_limit("rehydra.max_held_part_ratio", "Largest ratio of inflated to deflated size of a held part past 1 MiB.",
               &held_part_ratio, standard.held_part_ratio);
}

// Of the whole cluster, so in its configuration alone.
void define_jobs(const char* name, const char* purpose, int* variable) {
  constexpr int most = 64;  // places on the board (pg/job_board.cpp)
  DefineCustomIntVariable(name, purpose, nullptr, variable, *variable, 1, most, PGC_SIGHUP, 0, nullptr, nullptr,
                          nullptr);
}

std::string setting_value(const char* name) {
  const char* value = call([&] { return GetConfigOption(name, true, false); });
  return value != nullptr ? value : "";
}

std::string tenant_pattern() {
  return tenant_template != nullptr ? tenant_template : "";
}

}  // namespace

void define_settings() noexcept {
  define_text("rehydra.tenant", "The tenant that this session acts for; empty for none.", &tenant, "", PGC_USERSET);
  define_text("rehydra.tenant_setting", "Name of the setting that the tables' policies read.", &tenant_setting,
              "rehydra.tenant", PGC_SUSET);
  define_text("rehydra.tenant_template",
              "Where the tenant stands in that setting: JSON or text with {tenant} in it; empty for the tenant alone.",
              &tenant_template, "", PGC_SUSET);
  define_text("rehydra.app_user", "The application's own user, for the activity log.", &user_of_application, "",
              PGC_USERSET);
  define_text("rehydra.fault_point", "For tests: a named point at which an operation fails, crashes or waits.",
              &fault_point, "", PGC_SUSET, GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE);
  DefineCustomBoolVariable("rehydra.reference_memo", "Check foreign keys of imported rows once per distinct key.",
                           nullptr, &reference_memo, true, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable(
      "rehydra.whole_tenant", "Which of two equal forms policies take: for all of a tenant's rows, or for single ones.",
      nullptr, &whole_tenant, false, PGC_USERSET, GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("rehydra.strict_coverage",
                           "Refuse exports while a table or column of the database is neither registered nor left out.",
                           nullptr, &refuse_unclassified, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  define_jobs("rehydra.max_jobs", "Jobs that run at a time.", &jobs);
  define_jobs("rehydra.max_jobs_per_tenant", "Jobs of one customer that run at a time; of imports always one.",
              &tenants_jobs);
  define_limits();
  define_upload_settings();
  MarkGUCPrefixReserved("rehydra");
}

std::string tenant_setting_name() {
  return tenant_setting != nullptr && *tenant_setting != '\0' ? tenant_setting : "rehydra.tenant";
}

std::string session_tenant() {
  const std::string name = tenant_setting_name();
  const auto tenant = read_tenant(tenant_pattern(), setting_value(name.c_str()));
  if (!tenant) {
    throw Failure(ErrorKind::denied, "the value of " + name + " in this session does not fit rehydra.tenant_template",
                  "Set it as the application does, or mend rehydra.tenant_template.");
  }
  return *tenant;
}

std::string tenant_setting_value(const std::string& tenant) {
  if (!tenant_pattern().empty() && !session_tenant().empty()) {
    return setting_value(tenant_setting_name().c_str());
  }
  return write_tenant(tenant_pattern(), tenant);
}

std::string app_user() {
  return user_of_application != nullptr ? user_of_application : "";
}

bool reference_memo_enabled() noexcept {
  return reference_memo;
}

bool strict_coverage() noexcept {
  return refuse_unclassified;
}

int max_jobs() noexcept {
  return jobs;
}

int max_jobs_per_tenant() noexcept {
  return tenants_jobs;
}

const char* armed_fault_point() noexcept {
  return fault_point != nullptr ? fault_point : "";
}

std::uint64_t large_input_bytes() noexcept {
  return static_cast<std::uint64_t>(large_input_kb) * 1024;
}

Limits file_limits() {
  Limits limits;
  limits.input_bytes = static_cast<std::uint64_t>(input_kb) * 1024;
  limits.inflated_bytes = static_cast<std::uint64_t>(inflated_kb) * 1024;
  limits.held_part_bytes = static_cast<std::uint64_t>(held_part_kb) * 1024;
  limits.shared_string_bytes = static_cast<std::uint64_t>(shared_string_kb) * 1024;
  limits.entries = static_cast<std::uint32_t>(entries);
  limits.sheets = static_cast<std::uint32_t>(sheets);
  limits.columns = static_cast<std::uint32_t>(columns);
  limits.xml_depth = static_cast<std::uint32_t>(xml_depth);
  limits.xml_attributes = static_cast<std::uint32_t>(xml_attributes);
  limits.json_depth = static_cast<std::uint32_t>(json_depth);
  limits.text_bytes = static_cast<std::uint64_t>(text_kb) * 1024;
  limits.cell_units = static_cast<std::uint32_t>(cell_units);
  limits.errors = static_cast<std::uint32_t>(errors);
  limits.held_part_ratio = static_cast<std::uint32_t>(held_part_ratio);
  return limits;
}

void SettingsScope::set(const std::string& name, const std::string& value) {
  call([&] {
    set_config_option(name.c_str(), value.c_str(), PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  });
}

void pin_search_path(SettingsScope& scope, const std::string& trusted) {
  scope.set("search_path", "pg_catalog, " + (trusted.empty() ? "" : trusted + ", ") + "pg_temp");
}

void read_whole_tenant(SettingsScope& scope) {
  scope.set("cursor_tuple_fraction", "1");
  scope.set("rehydra.whole_tenant", "on");
  const double wanted = 1.1 * seq_page_cost;
  if (random_page_cost > wanted) {
    scope.set("random_page_cost", std::to_string(wanted));
  }
}

std::string search_path() {
  return setting_value("search_path");
}

void set_canonical_output(SettingsScope& scope) {
  scope.set("DateStyle", "ISO, YMD");
  scope.set("TimeZone", "UTC");
  scope.set("extra_float_digits", "1");
  scope.set("bytea_output", "hex");
  scope.set("xmlbinary", "base64");
  scope.set("quote_all_identifiers", "off");
  set_canonical_input(scope);
}

void set_canonical_input(SettingsScope& scope) {
  scope.set("array_nulls", "on");
  scope.set("IntervalStyle", "postgres");
  scope.set("xmloption", "content");
  scope.set("lc_monetary", "C");
}

}  // namespace rehydra::pg
