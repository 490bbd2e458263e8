#include "checker/visited/fingerprint_set.hpp"

#include "checker/system/content_hash.hpp"
#include "checker/visited/recent_keys.hpp"

namespace plimsoll::checker {

class FingerprintSet::Recent final : public VisitedSet::Scratch {
 public:
  RecentKeys keys;
};

std::unique_ptr<VisitedSet::Scratch> FingerprintSet::scratch() const {
  return std::make_unique<Recent>();
}

void FingerprintSet::insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
                            Scratch& scratch) {
  RecentKeys& recent = static_cast<Recent&>(scratch).keys;
  const std::size_t count = batch.size();
  for (std::size_t i = 0; i < count && !batch.is_hinted(); ++i) {
    table_.prefetch(batch[i].fingerprint);
  }
  is_new.resize(count);
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Successors::Transition& transition = batch[i];
    const bool inserted =
        recent.insert(table_, transition.fingerprint, make_origin(transition.parent, level));
    is_new[i] = inserted ? 1 : 0;
    fresh += is_new[i];
  }
  table_.release(count - fresh);
}

bool FingerprintSet::grow(std::uint64_t count, std::uint64_t memory_bytes_max) {
  return table_.grow(count, memory_bytes_max);
}

double FingerprintSet::omission_probability() const {
  return checker::omission_probability(size(), 64);
}

std::unique_ptr<VisitedSet::Ancestry> FingerprintSet::ancestry() const {
  class InPlace final : public Ancestry {
   public:
    explicit InPlace(const FlatTable& table) : table_(table) {}
    void for_each(std::uint32_t level, const Visit& visit) const override {
      table_.for_each([&](std::uint64_t key, Origin origin) {
        if (level_of(origin) == level) {
          visit(key, origin);
        }
      });
    }
    void for_each_like(Fingerprint fingerprint, std::uint32_t level, const Visit& visit) const override {
      table_.for_each_like(fingerprint, [&](std::uint64_t key, Origin origin) {
        if (level_of(origin) == level) {
          visit(key, origin);
        }
      });
    }

   private:
    const FlatTable& table_;
  };
  return std::make_unique<InPlace>(table_);
}

}  // namespace plimsoll::checker
