// A sans-IO process of one's own under faults: a register that acknowledges a write before it has synced its
// disk loses, with the power, what its client was told is safe.
#include <cstdio>

#include "checker/search/search.hpp"
#include "checker/trace/behaviour.hpp"
#include "checker/world/component.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"

using namespace plimsoll;

constexpr base::ProcessId client{0}, server{1};
constexpr checker::PartId acknowledged{0}, stored{1};

struct Value {
  std::uint32_t value = 0;
  PLIMSOLL_DESCRIBE(Value, value)
};
// Writes and their acknowledgements are values, and a value is what each side remembers.
struct Vocabulary {
  enum class Config : std::uint8_t { acknowledges_first, syncs_first };
  enum class Timer : std::uint8_t { unused };
  using State = Value;
  using Incoming = Value;
  using Outgoing = Value;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;
  static base::TimerKind timer_kind(Timer) { return base::TimerKind::work; }
};
PLIMSOLL_DESCRIBE_ENUM(Vocabulary::Timer, unused)

struct Register : Vocabulary {
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs) {
    if (const auto* started = std::get_if<base::Started>(&input); started && !started->disk.empty()) {
      state = base::from_bytes<Value>(started->disk.back());
    } else if (const auto* received = std::get_if<base::Received<Value>>(&input)) {
      state = received->message;
      outputs.append(base::to_bytes(state));
      if (config == Config::syncs_first) {
        outputs.sync();
      }
      outputs.send(received->from, state);
    }
  }
};

/// Writes 1, then 2; asks again when the connection is lost.
struct Client : Vocabulary {
  static void step(const Config&, State& state, const Input& input, Outputs& outputs) {
    if (const auto* received = std::get_if<base::Received<Value>>(&input)) {
      state = received->message;
    }
    if (state.value < 2) {
      outputs.send(server, {state.value + 1});
    }
  }
};

checker::WorldModel make_world(Vocabulary::Config config) {
  checker::WorldModel world;
  const auto writer = std::make_shared<checker::Component<Client>>(config);
  writer->wire<Value>(server);
  const auto store = std::make_shared<checker::Component<Register>>(config);
  store->wire<Value>(client);
  world.add_process("client", writer);
  world.add_process("register", store);
  world.processes[1].has_disk = true;
  world.links = {{client, server, checker::LinkKind::connection, false, ""}};
  world.units = {{"machine", "power-loss", {server}, {stored}}};
  world.budgets = {{"power-loss", 2}};
  checker::WorldProperty kept;
  kept.property = {"acknowledged-is-stored", checker::PropertyKind::always, "no acknowledged write is lost"};
  kept.parts = {acknowledged, stored};
  kept.controls = {server};
  kept.state = [](const checker::WorldView& now) {
    const bool is_lost = now.part<std::uint32_t>(stored) < now.part<std::uint32_t>(acknowledged);
    return now.is_up(server) && is_lost ? checker::Truth::violated : checker::Truth::holds;
  };
  world.properties.push_back(kept);
  return world;
}

checker::Verdict check(const char* title, Vocabulary::Config config) {
  const checker::WorldSystem system(make_world(config));
  const checker::SearchResult result = checker::search_breadth_first(system, {});
  std::printf("%s: %s\n", title, to_text(result.verdict).data());
  if (const auto& path = result.properties[0].path) {
    std::printf("%s", tell(describe(system, *path), path->actions.size()).c_str());
  }
  return result.verdict;
}

int main() {
  const auto careless = check("a register that acknowledges first", Vocabulary::Config::acknowledges_first);
  const auto careful = check("a register that syncs first", Vocabulary::Config::syncs_first);
  return careless == checker::Verdict::violated && careful == checker::Verdict::holds ? 0 : 1;
}
