#include "checker/world/stale_world.hpp"

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {
namespace {

class StaleRepresenter final : public Representer {
 public:
  StaleRepresenter(const WorldSystem& world, const StaleMessages& stale) : worker_(world, &stale) {}

  Fingerprint represent(std::span<Slot> state, Fingerprint fingerprint) override {
    return worker_.merge_stale(state, ~SlotMask{0}, fingerprint);
  }

 private:
  WorldWorker worker_;
};

}  // namespace

StaleWorld::StaleWorld(const WorldSystem& raw, Interner& interner)
    : raw_(raw), stale_(raw.model(), raw.layout(), interner) {}

std::unique_ptr<Representer> StaleWorld::representer() const {
  return std::make_unique<StaleRepresenter>(raw_, stale_);
}

std::unique_ptr<Worker> StaleWorld::worker() const {
  return std::make_unique<WorldWorker>(raw_, &stale_);
}

}  // namespace plimsoll::checker
