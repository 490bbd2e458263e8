// A spec of one's own: a lock service with leases, and the storage that the lock protects.
//
// A client that pauses longer than its lease goes on writing when it wakes up. The service numbers its
// leases; storage that compares these numbers (fencing) refuses the late write, storage that does not loses
// an update. Source: Martin Kleppmann, "How to do distributed locking", 2016.
#include <cstdio>
#include <map>
#include <optional>
#include <variant>

#include "checker/search/search.hpp"
#include "checker/system/spec_system.hpp"
#include "checker/trace/behaviour.hpp"

using namespace plimsoll;

enum class Client : std::uint8_t { alice, bob };
PLIMSOLL_DESCRIBE_ENUM(Client, alice, bob)

struct Service {
  std::uint32_t leases = 0;  // granted so far
  std::optional<Client> holder;
  std::map<Client, std::uint32_t> beliefs;  // the lease that a client takes to be its own
  std::uint32_t written_under = 0;          // the lease of the storage's last write
  PLIMSOLL_DESCRIBE(Service, leases, holder, beliefs, written_under)
};

struct Acquire {
  Client client = Client::alice;
  PLIMSOLL_DESCRIBE(Acquire, client)
};
struct Expire {
  PLIMSOLL_DESCRIBE(Expire)
};
struct Write {
  Client client = Client::alice;
  std::uint32_t lease = 0;
  PLIMSOLL_DESCRIBE(Write, client, lease)
};

struct LockSpec {
  using State = Service;
  using Action = std::variant<Acquire, Expire, Write>;

  bool has_fencing = false;

  std::vector<State> initial() const { return {Service{}}; }

  void next(const State& now, const std::function<void(const Action&, State)>& emit) const {
    for (const Client client : {Client::alice, Client::bob}) {
      State after = now;
      if (const auto belief = now.beliefs.find(client); belief != now.beliefs.end()) {
        if (!has_fencing || belief->second > now.written_under) {
          after.written_under = belief->second;
        }
        after.beliefs.erase(client);
        after.holder = now.holder == client ? std::nullopt : now.holder;
        emit(Write{client, belief->second}, after);
      } else if (!now.holder && now.leases < 3) {
        after.holder = client;
        after.beliefs[client] = ++after.leases;
        emit(Acquire{client}, after);
      }
    }
    if (now.holder) {
      State after = now;
      after.holder.reset();  // the service forgets the holder, and the holder does not know
      emit(Expire{}, after);
    }
  }
};

checker::Verdict check(const char* title, bool has_fencing) {
  checker::SpecSystem<LockSpec> system({has_fencing});
  system.step("no-update-is-lost", "storage is never overwritten under an older lease",
              [](const Service& before, const LockSpec::Action&, const Service& after) {
                return after.written_under >= before.written_under;
              });
  system.sometimes("last-lease-writes", "storage is written under the last lease",
                   [](const Service& now) { return now.written_under == 3; });
  checker::SearchOptions options;
  options.all = true;
  const checker::SearchResult result = checker::search_breadth_first(system, options);
  std::printf("%s\n", title);
  for (const checker::PropertyOutcome& found : result.properties) {
    std::printf("%s: %s\n", system.properties()[found.property].id.c_str(), to_text(found.verdict).data());
    if (found.verdict == checker::Verdict::violated) {
      const checker::Behaviour story = describe(system, *found.path);
      std::printf("%s", tell(story, story.steps()).c_str());
    }
  }
  return result.verdict;
}

int main() {
  const checker::Verdict naive = check("storage that takes every write", false);
  const checker::Verdict fenced = check("storage that refuses older leases", true);
  return naive == checker::Verdict::violated && fenced == checker::Verdict::holds ? 0 : 1;
}
