#include "pg/tenant_lock.h"

#include <cstdint>

#include "pg/guard.h"

extern "C" {
#include "common/hashfn.h"
}

namespace rehydra::pg {

void lock_tenant(const std::string& model, const std::string& customer_id) {
  // The server's own advisory locks use 1 and 2 in the fourth field.
  constexpr std::uint16_t lock_space = 0x5248;
  const std::string name = model + '\0' + customer_id;
  call([&] {
    const std::uint64_t key =
        hash_bytes_extended(reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()), 0);
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key),
                         lock_space);
    (void)LockAcquire(&tag, ExclusiveLock, false, false);
  });
}

}  // namespace rehydra::pg
