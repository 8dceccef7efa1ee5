// Job: the manifest comes back whole, and what was changed, is too new or too deep is refused.
// Covers: codec/manifest.h, metadata included.
#include "codec/manifest.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "codec/digest.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

Manifest sample() {
  Manifest manifest;
  manifest.producer = "rehydra 0.1.0";
  manifest.model = "customer_success";
  manifest.tenant_id = "5";
  manifest.tenant_column = "customer_id";
  manifest.tenant_name = "Acme \"&\" S\xC3\xB6hne\n";
  manifest.operation_id = "b9a9a0a0-0000-4000-8000-000000000000";
  manifest.exported_at = "2024-01-31T12:34:56.500000Z";
  ManifestSheet main{{"Accounts", "Accounts (2)"},
                     false,
                     {{"account_id", "Account ID", "integer", "key"}, {"", "Products Used", "text", "display"}}};
  ManifestSheet satellite{{"Customer Profile Data"}, true, {{"account_id", "Account ID", "integer", "key"}}};
  manifest.datasets.push_back({"accounts", {main, satellite}, 1'234'567, std::string(64, 'a')});
  manifest.datasets.push_back(
      {"kpis", {{{"All KPIs"}, false, {{"kpi_id", "KPI ID", "integer", "key"}}}}, 0, std::string(64, '0')});
  return manifest;
}

ErrorKind refusal(const std::string& json) {
  try {
    parse_manifest(json);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error().where.sheet, "_rehydra");
    EXPECT_FALSE(failure.error().hint.empty());
    return failure.error().kind;
  }
  ADD_FAILURE() << "accepted: " << json;
  return ErrorKind::internal;
}

// A manifest changed by somebody who also renews its hash.
std::string forged(const std::function<void(nlohmann::json&)>& change) {
  nlohmann::json content = nlohmann::json::parse(to_json(sample()));
  content.erase("sha256");
  change(content);
  content["sha256"] = hex(sha256(content.dump()));
  return content.dump();
}

TEST(Manifest, ComesBackWhole) {
  const std::string json = to_json(sample());
  const Manifest back = parse_manifest(json);
  EXPECT_EQ(to_json(back), json);
  EXPECT_EQ(back.tenant_name, sample().tenant_name);
  EXPECT_EQ(back.datasets.at(0).rows, 1'234'567U);
  EXPECT_EQ(back.datasets.at(0).sheets.at(0).titles.at(1), "Accounts (2)");
  EXPECT_TRUE(back.datasets.at(0).sheets.at(1).satellite);
  EXPECT_EQ(back.datasets.at(0).sheets.at(0).columns.at(1).kind, "display");
}

TEST(Manifest, WhiteSpaceDoesNotCount) {
  EXPECT_EQ(to_json(parse_manifest(nlohmann::json::parse(to_json(sample())).dump(2))), to_json(sample()));
}

TEST(Manifest, EveryChangedByteIsNoticed) {
  const std::string json = to_json(sample());
  for (std::size_t at = 0; at < json.size(); ++at) {
    std::string changed = json;
    changed[at] = changed[at] == '1' ? '2' : '1';
    EXPECT_THROW(parse_manifest(changed), Failure) << at;
  }
}

TEST(Manifest, EveryCutIsNoticed) {
  const std::string json = to_json(sample());
  for (std::size_t bytes = 0; bytes < json.size(); ++bytes) {
    EXPECT_THROW(parse_manifest(json.substr(0, bytes)), Failure) << bytes;
  }
}

TEST(Manifest, RefusesNewerVersionsAsUnsupported) {
  EXPECT_EQ(refusal(forged([](auto& json) { json["version"] = format_version + 1; })), ErrorKind::unsupported_file);
  EXPECT_EQ(refusal(forged([](auto& json) { json["version"] = 1; })), ErrorKind::bad_file);
  EXPECT_EQ(refusal(forged([](auto& json) { json["version"] = "2"; })), ErrorKind::bad_file);
}

TEST(Manifest, RefusesWhatIsMissingOrUnknown) {
  for (const char* name : {"format", "model", "tenant", "operation_id", "exported_at", "producer", "datasets"}) {
    EXPECT_EQ(refusal(forged([&](auto& json) { json.erase(name); })), ErrorKind::bad_file) << name;
    EXPECT_EQ(refusal(forged([&](auto& json) { json[name] = 17; })), ErrorKind::bad_file) << name;
  }
  EXPECT_EQ(refusal(forged([](auto& json) { json["datasets"][0]["rows"] = -1; })), ErrorKind::bad_file);
  EXPECT_EQ(refusal(forged([](auto& json) { json["datasets"][0]["digest"] = "abc"; })), ErrorKind::bad_file);
  EXPECT_EQ(refusal(forged([](auto& json) { json["datasets"][0]["sheets"] = nlohmann::json::array(); })),
            ErrorKind::bad_file);
  EXPECT_EQ(refusal(forged([](auto& json) { json["datasets"][0]["sheets"][0]["titles"] = nlohmann::json::array(); })),
            ErrorKind::bad_file);
  EXPECT_EQ(refusal(forged([](auto& json) { json["datasets"][0]["sheets"][0]["columns"][0]["kind"] = "secret"; })),
            ErrorKind::bad_file);
}

TEST(Manifest, RefusesOtherJson) {
  for (const char* json : {"", "null", "[]", "{}", "7", "\"text\"", "{\"a\":", "{\"version\":2}"}) {
    EXPECT_EQ(refusal(json), ErrorKind::bad_file);
  }
}

TEST(Manifest, RefusesDepthAndSizeBeforeMemory) {
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), ErrorKind::bad_file);
  EXPECT_EQ(refusal(std::string((16 << 20) + 1, ' ')), ErrorKind::bad_file);
  std::string many = "[";
  for (int i = 0; i < 3'000'000; ++i) {
    many += "0,";
  }
  EXPECT_EQ(refusal(many + "0]"), ErrorKind::bad_file);
}

TEST(Manifest, RefusesToWriteWhatIsNoUtf8) {
  Manifest manifest = sample();
  manifest.tenant_name.assign(1, '\xFF');
  EXPECT_THROW(to_json(manifest), Failure);
}

TEST(Metadata, LinesForPeopleAndBack) {
  const std::vector<std::string> lines = metadata_lines(sample());
  EXPECT_EQ(lines.at(1), "");
  EXPECT_EQ(lines.at(2), "Export Date: 2024-01-31 12:34:56");
  EXPECT_EQ(lines.at(3), "Export Timestamp: 2024-01-31T12:34:56.500000Z");
  EXPECT_EQ(lines.at(4), "Export Version: 2");
  EXPECT_EQ(lines.at(5), "Customer ID: 5");
  EXPECT_EQ(lines.at(6), "Model: customer_success");
  EXPECT_EQ(lines.at(7), "Total Accounts: 1234567");
  EXPECT_EQ(lines.at(8), "Total All KPIs: 0");
  EXPECT_EQ(lines.size(), 9U);
  const Metadata metadata = parse_metadata(lines);
  EXPECT_EQ(metadata.version, 2);
  EXPECT_EQ(metadata.customer_id, "5");
  EXPECT_EQ(metadata.exported_at, "2024-01-31T12:34:56.500000Z");
}

TEST(Metadata, ReadsVersion1) {
  const Metadata metadata = parse_metadata({"CUSTOMER DATA EXPORT", "Export Date: 2023-05-06 07:08:09",
                                            "Export Timestamp: 2023-05-06T07:08:09.123456", "Export Version: 1",
                                            "Customer ID: 17", "Total Accounts: 3"});
  EXPECT_EQ(metadata.version, 1);
  EXPECT_EQ(metadata.customer_id, "17");
}

TEST(Metadata, NamesTheMissingLine) {
  try {
    parse_metadata({"Export Timestamp: x", "Export Version: 1"});
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error().kind, ErrorKind::bad_file);
    EXPECT_NE(failure.error().message.find("Customer ID:"), std::string::npos);
  }
  for (const char* version : {"Export Version: ", "Export Version: two", "Export Version: 2.5", "Export Version: 0",
                              "Export Version: 99999999999"}) {
    EXPECT_THROW(parse_metadata({"Export Timestamp: x", version, "Customer ID: 1"}), Failure) << version;
  }
}

}  // namespace
}  // namespace rehydra::codec
