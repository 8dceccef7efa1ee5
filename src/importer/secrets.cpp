#include "importer/secrets.h"

#include <algorithm>

#include "importer/row_batch.h"
#include "registry/bookkeeper.h"

namespace rehydra::importer {

namespace {

// Positions of fields' columns in a kept data set, under the names of its day; nullopt where it lacks one.
std::optional<std::vector<std::size_t>> positions(const ledger::SnapshotDataset& dataset, const std::string& taken_at,
                                                  const Work& work, const std::vector<std::size_t>& fields) {
  std::vector<std::size_t> found;
  for (std::size_t field : fields) {
    const auto column = std::find_if(dataset.columns.begin(), dataset.columns.end(), [&](const auto& c) {
      return work.dataset->column_named(c.name, taken_at) == work.fields[field].column;
    });
    if (column == dataset.columns.end()) {
      return std::nullopt;
    }
    found.push_back(static_cast<std::size_t>(column - dataset.columns.begin()));
  }
  return found;
}

}  // namespace

Secrets::Secrets(Operation& operation, Work& work, MemoryContext memory)
    : operation_(operation),
      work_(work),
      memory_(memory, "rehydra secrets"),
      values_(work.fields.size()),
      nulls_(work.fields.size(), 1) {
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    if (work.fields[field].secret_from_snapshot) {
      fields_.push_back(field);
    }
  }
}

void Secrets::watch(const pg::Batch& joined, std::size_t first_staged) {
  joined_ = &joined;
  first_staged_ = first_staged;
}

void Secrets::start_batch() {
  memory_.reset();
  prepared_ = false;
}

void Secrets::look_up(std::size_t row, std::string& mask) {
  if (fields_.empty()) {
    return;
  }
  if (!prepared_) {
    prepare();
  }
  std::fill(nulls_.begin(), nulls_.end(), static_cast<char>(1));
  if (found_[row] == nullptr) {
    warn_of(keys_[row]);
    return;
  }
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if ((*found_[row])[i]) {
      values_[fields_[i]] = converted_[row * fields_.size() + i];
      nulls_[fields_[i]] = 0;
      mask[fields_[i]] = '1';
    }
  }
}

void Secrets::warn_of(const std::vector<std::string>& key) {
  std::string named;
  for (const std::string& part : key) {
    named += (named.empty() ? "" : ", ") + part;
  }
  operation_.errors->warn(work_.called() + ", row " + named +
                          ": its secret columns are not in any snapshot and stay empty");
}

// What a batch asks of the server, it asks once.
void Secrets::prepare() {
  const std::vector<std::size_t> rows = new_rows();
  pg::SettingsScope settings;
  pg::set_canonical_output(settings);
  const pg::ContextScope scope(memory_.get());
  read_keys(rows);
  found_.assign(joined_->rows(), nullptr);
  for (std::size_t row : rows) {
    found_[row] = find(keys_[row]);
  }
  convert(rows);
  settings.end();
  prepared_ = true;
}

std::vector<std::size_t> Secrets::new_rows() const {
  const std::size_t here = first_staged_ + work_.staged_fields;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < joined_->rows(); ++row) {
    if (!joined_->is_null(row, lead_r) && joined_->is_null(row, here)) {
      rows.push_back(row);
    }
  }
  return rows;
}

void Secrets::read_keys(const std::vector<std::size_t>& rows) {
  const std::vector<std::size_t> fields = work_.key_fields();
  std::vector<const char*> texts(rows.size() * fields.size(), "");
  pg::call([&] {
    const char** text = texts.data();
    for (std::size_t row : rows) {
      for (std::size_t field : fields) {
        if (!joined_->is_null(row, first_staged_ + field)) {
          *text = pg::output_text(work_.column(field).type, joined_->value(row, first_staged_ + field));
        }
        ++text;
      }
    }
  });
  keys_.assign(joined_->rows(), {});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto first = texts.begin() + static_cast<std::ptrdiff_t>(i * fields.size());
    keys_[rows[i]].assign(first, first + static_cast<std::ptrdiff_t>(fields.size()));
  }
}

void Secrets::convert(const std::vector<std::size_t>& rows) {
  const std::size_t width = fields_.size();
  converted_.assign(joined_->rows() * width, 0);
  pg::call([&] {
    for (std::size_t row : rows) {
      for (std::size_t i = 0; found_[row] != nullptr && i < width; ++i) {
        if (const auto& text = (*found_[row])[i]) {
          converted_[row * width + i] = pg::input_value(work_.column(fields_[i]).type, pstrdup(text->c_str()));
        }
      }
    }
  });
}

const Secrets::Texts* Secrets::find(const std::vector<std::string>& key) {
  if (!snapshot_ids_) {
    const registry::Bookkeeper bookkeeper;
    snapshot_ids_.emplace();
    for (const pg::TextRow& row : pg::query("SELECT snapshot_id FROM rehydra.snapshot WHERE model = $1 AND customer_id "
                                            "= $2 ORDER BY taken_at DESC, snapshot_id",
                                            pg::Args().text(operation_.model->name).text(operation_.tenant.id))) {
      snapshot_ids_->push_back(*row[0]);
    }
  }
  for (std::size_t i = 0; i < snapshot_ids_->size(); ++i) {
    if (i == loaded_.size()) {
      loaded_.push_back(load((*snapshot_ids_)[i]));
    }
    if (const auto found = loaded_[i].find(key); found != loaded_[i].end()) {
      return &found->second;
    }
  }
  return nullptr;
}

Secrets::KeptRows Secrets::load(const std::string& snapshot_id) const {
  KeptRows rows;
  ledger::SnapshotReader reader(snapshot_id);
  for (std::size_t index = 0; index < reader.head().datasets.size(); ++index) {
    const ledger::SnapshotDataset& dataset = reader.head().datasets[index];
    if (dataset.name != work_.dataset->name) {
      continue;
    }
    const auto key_at = positions(dataset, reader.head().taken_at, work_, work_.key_fields());
    const auto secret_at = positions(dataset, reader.head().taken_at, work_, fields_);
    if (!key_at || !secret_at) {
      continue;
    }
    reader.open(index);
    for (std::size_t count = reader.fetch(); count != 0; count = reader.fetch()) {
      for (std::size_t row = 0; row < count; ++row) {
        std::vector<std::string> key;
        for (std::size_t at : *key_at) {
          key.emplace_back(reader.text(row, at));
        }
        Texts kept;
        for (std::size_t at : *secret_at) {
          kept.push_back(reader.is_null(row, at) ? std::nullopt : std::optional<std::string>(reader.text(row, at)));
        }
        rows.emplace(std::move(key), std::move(kept));
      }
    }
  }
  return rows;
}

}  // namespace rehydra::importer
