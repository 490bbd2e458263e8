// Speed of the multi-version store (impl/store) in memory, single-threaded, by number of keys: what README.md
// of this directory describes.
//
// usage: bench_store [--quick] [--repeat N] [--json FILE [--add]]
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <ctime>
#include <exception>
#include <fstream>
#include <sstream>
#include <tl/expected.hpp>

#include "ci/bench/machine.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/text_table.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::bench {
namespace {

using store::Mvcc;

struct Request {
  std::string json_path;
  std::uint64_t repeat = 3;
  bool quick = false;
  bool add = false;
};

/// What keys and values look like.
struct Shape {
  const char* name;
  std::string (*key)(std::uint64_t number);
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
std::string eight_bytes(std::uint64_t number) {
  std::string key(8, '\0');
  for (std::uint64_t bits = scattered(number); char& byte : key) {
    byte = static_cast<char>(bits & 0xffU);
    bits >>= 8U;
  }
  return key;
}
/// As Kubernetes names its objects: long, and alike at the front.
std::string path(std::uint64_t number) {
  std::string key = "/registry/pods/default/00000000000000000000";
  std::uint64_t rest = scattered(number);
  for (auto digit = key.rbegin(); rest > 0; ++digit) {
    *digit = static_cast<char>('0' + rest % 10);
    rest /= 10;
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
  double restart = 0;  ///< rows read
  double compact = 0;  ///< rows looked at
};

/// Calls `operation` with 0, 1, ... and returns how many a second it does.
template <class Operation>
double speed(std::uint64_t operations, const Operation& operation) {
  const std::clock_t begin = std::clock();
  for (std::uint64_t i = 0; i < operations; ++i) {
    operation(i);
  }
  const auto clocks = static_cast<double>(std::max<std::clock_t>(std::clock() - begin, 1));
  return static_cast<double>(operations) * static_cast<double>(CLOCKS_PER_SEC) / clocks;
}

/// One run, and whether the store is what it must be after it.
tl::expected<Speeds, std::string> run(const Shape& shape, std::uint64_t keys, std::uint64_t operations) {
  Speeds speeds;
  Mvcc store;
  const std::string value(shape.value_bytes, 'v');
  std::uint64_t events = 0;
  const auto put = [&](std::uint64_t number) {
    store::WriteTxn txn = store.begin();
    txn.put(shape.key(number), value, {});
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
  speeds.get =
      speed(operations, [&](std::uint64_t) { found += store.find(shape.key(any())) == nullptr ? 0 : 1; });
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
  return {median(&Speeds::fill), median(&Speeds::put),     median(&Speeds::commit),
          median(&Speeds::get),  median(&Speeds::restart), median(&Speeds::compact)};
}

std::string thousands(double per_second) {
  return fmt::format("{:.0f}", per_second / 1000);
}

boost::json::object as_json(const Shape& shape, std::uint64_t keys, const Speeds& speeds) {
  return {{"shape", shape.name},       {"keys", keys},
          {"fill", speeds.fill},       {"put", speeds.put},
          {"commit", speeds.commit},   {"get", speeds.get},
          {"restart", speeds.restart}, {"compact", speeds.compact}};
}

tl::expected<boost::json::array, std::string> time_growth(const Request& request) {
  std::vector<std::uint64_t> sizes = {1'000, 10'000, 100'000};
  if (!request.quick) {
    sizes.push_back(1'000'000);
  }
  const std::uint64_t operations = request.quick ? 50'000 : 200'000;
  boost::json::array rows;
  for (const Shape& shape : shapes) {
    TextTable table({shape.name, "new k/s", "put k/s", "put and commit k/s", "get k/s", "restart k rows/s",
                     "compact k rows/s"});
    for (const std::uint64_t keys : sizes) {
      std::vector<Speeds> runs;
      for (std::uint64_t round = 0; round < request.repeat; ++round) {
        auto speeds = run(shape, keys, operations);
        if (!speeds) {
          return tl::unexpected(std::move(speeds.error()));
        }
        runs.push_back(*speeds);
      }
      const Speeds speeds = medians(runs);
      table.add({fmt::format("{} keys", keys), thousands(speeds.fill), thousands(speeds.put),
                 thousands(speeds.commit), thousands(speeds.get), thousands(speeds.restart),
                 thousands(speeds.compact)});
      rows.push_back(as_json(shape, keys, speeds));
    }
    table.print();
  }
  return rows;
}

tl::expected<Request, std::string> read_arguments(const std::vector<std::string>& arguments) {
  Request request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    const bool has_value = i + 1 < arguments.size();
    if (name == "--quick") {
      request.quick = true;
      request.repeat = 1;
    } else if (name == "--add") {
      request.add = true;
    } else if (name == "--json" && has_value) {
      request.json_path = arguments[++i];
    } else if (name == "--repeat" && has_value) {
      const std::string& value = arguments[++i];
      const char* const end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, request.repeat);
      if (read.ec != std::errc{} || read.ptr != end || request.repeat == 0) {
        return tl::unexpected("--repeat needs a positive number, not " + value);
      }
    } else {
      return tl::unexpected(std::string("usage: bench_store [--quick] [--repeat N] [--json FILE [--add]]"));
    }
  }
  return request;
}

/// Returns whether the file could be written.
bool write_json(const Request& request, boost::json::array rows) {
  boost::json::value whole = boost::json::object{{"schema", "plimsoll-bench/1"}};
  if (request.add) {
    std::ostringstream text;
    text << std::ifstream(request.json_path).rdbuf();
    whole = boost::json::parse(text.str());
  }
  whole.as_object()["store"] = std::move(rows);
  std::ofstream file(request.json_path);
  file << boost::json::serialize(whole) << '\n';
  file.close();
  return !file.fail();
}

int bench(const std::vector<std::string>& arguments) {
  const auto request = read_arguments(arguments);
  if (!request) {
    fmt::print(stderr, "{}\n", request.error());
    return 2;
  }
  const Machine machine = this_machine();
  fmt::print("{}, {} cores, {}, load {:.2f}; median of {}, by processor time, one thread\n\n",
             machine.processor, machine.cores, machine.compiler, machine.load, request->repeat);
  auto rows = time_growth(*request);
  if (!rows) {
    fmt::print(stderr, "{}\n", rows.error());
    return 4;
  }
  if (!request->json_path.empty() && !write_json(*request, std::move(*rows))) {
    fmt::print(stderr, "{} cannot be written\n", request->json_path);
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
