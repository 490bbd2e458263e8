#include "ci/bench/store_watches.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "ci/bench/speed.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/text_table.hpp"
#include "impl/store/watch_hub.hpp"

namespace plimsoll::bench {
namespace {

using store::WatchContext;
using store::WatchHub;
using store::WatchOut;

constexpr std::uint32_t watches_per_client = 100;

/// Events a second that reach watchers: `watchers` of the key that changes, or of a key each.
double events_per_second(std::uint64_t watchers, bool of_one_key, std::uint64_t events) {
  store::Mvcc store;
  const store::WatchConfig config;
  WatchHub hub;
  WatchOut out;
  const auto key = [&](std::uint64_t number) { return "/key/" + std::to_string(of_one_key ? 0 : number); };
  for (std::uint64_t number = 0; number < watchers; ++number) {
    kv::WatchRequest request;
    request.watch = {static_cast<std::uint32_t>(number)};
    request.range.key = key(number);
    hub.watch(WatchContext{store, config, out},
              base::ProcessId{static_cast<std::uint8_t>(number / watches_per_client)}, request);
  }
  static_cast<void>(out.take());
  const std::uint64_t events_each = of_one_key ? watchers : 1;
  const std::uint64_t puts = std::max<std::uint64_t>(events / events_each, 1);
  std::uint64_t told = 0;
  const double puts_per_second = speed(puts, [&](std::uint64_t number) {
    store::WriteTxn txn = store.begin();
    txn.put(key(number % watchers), "value", {});
    hub.notify(WatchContext{store, config, out}, txn.end());
    told += out.take().size();
  });
  if (told != puts * events_each) {
    throw std::runtime_error(
        fmt::format("{} events, and watchers were told of {}", puts * events_each, told));
  }
  return puts_per_second * static_cast<double>(events_each);
}

}  // namespace

std::vector<WatchSpeeds> time_watches(const Options& options) {
  std::vector<WatchSpeeds> speeds;
  TextTable table({"watchers", "of one key, k events/s", "of a key each, k events/s"});
  for (const std::uint64_t watchers : {1U, 10U, 100U, 1'000U, 10'000U}) {
    std::vector<double> one;
    std::vector<double> each;
    for (std::uint64_t round = 0; round < options.repeat; ++round) {
      one.push_back(events_per_second(watchers, true, options.quick ? 50'000 : 500'000));
      each.push_back(events_per_second(watchers, false, options.quick ? 50'000 : 200'000));
    }
    speeds.push_back({watchers, spread(one).median, spread(each).median});
    table.add({std::to_string(watchers), fmt::format("{:.0f}", speeds.back().one_key / 1000),
               fmt::format("{:.0f}", speeds.back().key_each / 1000)});
  }
  table.print();
  return speeds;
}

}  // namespace plimsoll::bench
