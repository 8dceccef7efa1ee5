// Job: a tenant's id inside the value of the setting that policies read: rehydra.tenant_template says where it stands.
// Callers: settings. Promise: what write_tenant() makes, read_tenant() reads; an id changes nothing but its own place.
#pragma once

#include <optional>
#include <string>

namespace rehydra::pg {

// pattern: empty for the id itself; JSON with the one string "{tenant}" somewhere in its objects; or other text with
// {tenant} in it. Failure(bad_argument) where it has none.
std::string write_tenant(const std::string& pattern, const std::string& id);

// The id in a session's value, of which JSON may hold more than the pattern; empty for none (an empty value, no such
// claim); nullopt for a value that does not fit the pattern.
std::optional<std::string> read_tenant(const std::string& pattern, const std::string& value);

}  // namespace rehydra::pg
