// Speed of the multi-version store (impl/store) in memory, single-threaded, by number of keys: what README.md
// of this directory describes.
//
// usage: bench_store [--quick] [--repeat N] [--json FILE [--add]]
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <exception>
#include <limits>
#include <stdexcept>
#include <tl/expected.hpp>

#include "ci/bench/machine.hpp"
#include "ci/bench/options.hpp"
#include "ci/bench/speed.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/store_watches.hpp"
#include "ci/bench/text_table.hpp"
#include "impl/store/txn.hpp"

namespace plimsoll::bench {
namespace {

using store::Mvcc;

/// What keys and values look like.
struct Shape {
  const char* name;
  std::string (*key)(std::uint64_t bits);  ///< in the order of `bits`
  std::size_t value_bytes;
};

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): every number once, in no order.
std::uint64_t scattered(std::uint64_t number) {
  std::uint64_t z = number * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}
/// As etcd's own benchmark puts them.
std::string eight_bytes(std::uint64_t bits) {
  std::string key(8, '\0');
  for (auto byte = key.rbegin(); byte != key.rend(); ++byte) {
    *byte = static_cast<char>(bits & 0xffU);
    bits >>= 8U;
  }
  return key;
}
/// As Kubernetes names its objects: long, and alike at the front.
std::string path(std::uint64_t bits) {
  std::string key = "/registry/pods/default/00000000000000000000";
  for (auto digit = key.rbegin(); bits > 0; ++digit) {
    *digit = static_cast<char>('0' + bits % 10);
    bits /= 10;
  }
  return key;
}
constexpr Shape shapes[] = {{"8-byte keys and values", eight_bytes, 8},
                            {"paths, 256-byte values", path, 256}};

/// Operations per second of processor time.
struct Speeds {
  double fill = 0;     ///< puts of new keys, from the empty store on
  double put = 0;      ///< puts of keys that are there, at random
  double commit = 0;   ///< the same, with a batch taken after every hundred
  double get = 0;      ///< present versions, at random
  double range = 0;    ///< present versions, about a hundred at a time, in order of keys
  double txn = 0;      ///< a comparison and a put of the same key, at random
  double restart = 0;  ///< rows read
  double compact = 0;  ///< rows looked at
};

/// Keys read a second, in ranges that have a hundred of them on average.
double ranges_per_second(const Shape& shape, const Mvcc& store, std::uint64_t keys, std::uint64_t least) {
  constexpr auto all = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t width = keys <= 100 ? all : all / keys * 100;
  const std::uint64_t ranges = std::max<std::uint64_t>(least / 100, 1);
  std::uint64_t read = 0;
  const double per_second = speed(ranges, [&](std::uint64_t number) {
    const std::uint64_t from = scattered(number) % (all - width + 1);
    read += store.range({.range = {shape.key(from), shape.key(from + width)}})->kvs.size();
  });
  return per_second * static_cast<double>(read) / static_cast<double>(ranges);
}

/// Etcd's compare-and-swap: a put, if the key is as old as it was.
template <class Any>
double txns_per_second(const Shape& shape, Mvcc& store, std::uint64_t operations, const Any& any) {
  store::Lessor lessor;
  return speed(operations, [&](std::uint64_t) {
    const std::string key = shape.key(scattered(any()));
    kv::TxnRequest request;
    request.compares.push_back({.key = key,
                                .target = kv::CompareTarget::mod_revision,
                                .number = store.find(key)->mod_revision.value});
    request.success.emplace_back(kv::PutRequest{.key = key, .value = std::string(shape.value_bytes, 'w')});
    if (!execute(store, lessor, std::move(request)).result->succeeded) {
      throw std::runtime_error("a transaction failed");
    }
  });
}

/// One run, and whether the store is what it must be after it.
tl::expected<Speeds, std::string> run(const Shape& shape, std::uint64_t keys, std::uint64_t operations) {
  Speeds speeds;
  Mvcc store;
  const std::string value(shape.value_bytes, 'v');
  std::uint64_t events = 0;
  const auto put = [&](std::uint64_t number) {
    store::WriteTxn txn = store.begin();
    txn.put(shape.key(scattered(number)), value, {});
    events += txn.end().size();
  };
  // Small stores are filled again and again, so that there is something to time.
  const std::uint64_t fills = std::max<std::uint64_t>(operations / keys, 1);
  speeds.fill = speed(fills * keys, [&](std::uint64_t i) {
    if (i % keys == 0) {
      store = {};
    }
    put(i % keys);
  });
  std::uint64_t dice = 0;
  const auto any = [&] { return scattered(++dice) % keys; };
  speeds.put = speed(operations, [&](std::uint64_t) { put(any()); });
  std::size_t committed = store.commit().size();
  speeds.commit = speed(operations, [&](std::uint64_t i) {
    put(any());
    if (i % 100 == 0) {
      committed += store.commit().size();
    }
  });
  std::uint64_t found = 0;
  speeds.get = speed(operations, [&](std::uint64_t) {
    found += store.find(shape.key(scattered(any()))) == nullptr ? 0 : 1;
  });
  speeds.range = ranges_per_second(shape, store, keys, operations);
  speeds.txn = txns_per_second(shape, store, operations, any);
  const double rows = static_cast<double>(store.backend.rows.size());
  Mvcc restarted;
  speeds.restart =
      rows * speed(1, [&](std::uint64_t) { restarted = Mvcc::restore(std::move(store.backend)); });
  const bool scheduled = restarted.schedule_compaction(restarted.revision()).has_value();
  speeds.compact = rows * speed(1, [&](std::uint64_t) {
                     while (!restarted.compact_step(1000)) {
                     }
                   });
  if (events != fills * keys + 2 * operations || found != operations || committed == 0 || !scheduled ||
      restarted.backend.rows.size() != keys) {
    return tl::unexpected(fmt::format("{}, {} keys: the store is not what was put", shape.name, keys));
  }
  return speeds;
}

Speeds medians(const std::vector<Speeds>& runs) {
  const auto median = [&](double Speeds::* field) {
    std::vector<double> values;
    for (const Speeds& each : runs) {
      values.push_back(each.*field);
    }
    return spread(std::move(values)).median;
  };
  return {median(&Speeds::fill),  median(&Speeds::put), median(&Speeds::commit),  median(&Speeds::get),
          median(&Speeds::range), median(&Speeds::txn), median(&Speeds::restart), median(&Speeds::compact)};
}

std::string thousands(double per_second) {
  return fmt::format("{:.0f}", per_second / 1000);
}

boost::json::object as_json(const Shape& shape, std::uint64_t keys, const Speeds& speeds) {
  return {{"shape", shape.name},       {"keys", keys},
          {"fill", speeds.fill},       {"put", speeds.put},
          {"commit", speeds.commit},   {"get", speeds.get},
          {"range", speeds.range},     {"txn", speeds.txn},
          {"restart", speeds.restart}, {"compact", speeds.compact}};
}

tl::expected<boost::json::array, std::string> time_growth(const Options& options) {
  std::vector<std::uint64_t> sizes = {1'000, 10'000, 100'000};
  if (!options.quick) {
    sizes.push_back(1'000'000);
  }
  const std::uint64_t operations = options.quick ? 50'000 : 200'000;
  boost::json::array rows;
  for (const Shape& shape : shapes) {
    TextTable table({shape.name, "new k/s", "put k/s", "put and commit k/s", "get k/s", "range k keys/s",
                     "txn k/s", "restart k rows/s", "compact k rows/s"});
    for (const std::uint64_t keys : sizes) {
      std::vector<Speeds> runs;
      for (std::uint64_t round = 0; round < options.repeat; ++round) {
        auto speeds = run(shape, keys, operations);
        if (!speeds) {
          return tl::unexpected(std::move(speeds.error()));
        }
        runs.push_back(*speeds);
      }
      const Speeds speeds = medians(runs);
      table.add({fmt::format("{} keys", keys), thousands(speeds.fill), thousands(speeds.put),
                 thousands(speeds.commit), thousands(speeds.get), thousands(speeds.range),
                 thousands(speeds.txn), thousands(speeds.restart), thousands(speeds.compact)});
      rows.push_back(as_json(shape, keys, speeds));
    }
    table.print();
  }
  return rows;
}

int bench(const std::vector<std::string>& arguments) {
  const auto options = read_options(arguments, "bench_store [--quick] [--repeat N] [--json FILE [--add]]");
  if (!options) {
    fmt::print(stderr, "{}\n", options.error());
    return 2;
  }
  const Machine machine = this_machine();
  fmt::print("{}, {} cores, {}, load {:.2f}; median of {}, by processor time, one thread\n\n",
             machine.processor, machine.cores, machine.compiler, machine.load, options->repeat);
  auto rows = time_growth(*options);
  if (!rows) {
    fmt::print(stderr, "{}\n", rows.error());
    return 4;
  }
  boost::json::array watches;
  for (const WatchSpeeds& each : time_watches(*options)) {
    watches.push_back(boost::json::object{
        {"watchers", each.watchers}, {"one_key", each.one_key}, {"key_each", each.key_each}});
  }
  const boost::json::object fields{{"store", *std::move(rows)}, {"watches", std::move(watches)}};
  if (!write_json(*options, boost::json::serialize(fields))) {
    fmt::print(stderr, "{} cannot be written\n", options->json_path);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  try {
    return plimsoll::bench::bench({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 4;
  }
}
