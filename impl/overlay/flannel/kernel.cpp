#include "impl/overlay/flannel/kernel.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/overlay/node/compiled.hpp"
#include "impl/overlay/node/fib.hpp"

namespace plimsoll::overlay::flannel {
namespace {

/// The entries of a listing that `wanted` is true of.
template <class Entry, class Predicate>
std::vector<Entry> chosen(const std::vector<Entry>& entries, Predicate wanted) {
  std::vector<Entry> some;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(some), wanted);
  return some;
}

class Asked {
 public:
  explicit Asked(Tables& tables) : tables_(tables) {}

  Answer operator()(const TableChange& change) const {
    const ChangeResult result = overlay::apply(tables_, change);
    return result ? Answer(Done{}) : Answer(Failed{result.error()});
  }
  Answer operator()(const ShowLink& show) const {
    const Link* link = find_link(std::as_const(tables_), show.name);
    return link != nullptr ? Answer(*link) : Answer(Failed{Errno::enodev});
  }
  Answer operator()(const ShowAddresses& show) const {
    if (find_link(std::as_const(tables_), show.device) == nullptr) {
      return Failed{Errno::enodev};
    }
    return chosen(tables_.addresses,
                  [&](const InterfaceAddress& address) { return address.device == show.device; });
  }
  Answer operator()(const ShowRoutes& show) const {
    return chosen(tables_.routes, [&](const Route& route) {
      return route.table == table_main && route.type == RouteType::unicast &&
             show.within.contains(route.destination);
    });
  }
  Answer operator()(const FindRoute& find) const {
    const CompiledTables compiled = compile(tables_);
    const Fib fib(tables_, compiled);
    FlowKey key;
    key.destination = find.destination;
    const FibResult found = fib.lookup(key);
    if (found.route == nullptr) {
      return Failed{found.unsupported ? Errno::eopnotsupp : found.error};
    }
    Route route;
    route.destination = found.route->destination;
    route.gateway = found.route->gateway;
    route.device = compiled[found.route->device].name;
    route.type = found.route->type;
    return std::vector<Route>{std::move(route)};
  }
  Answer operator()(const ShowNeighbours& show) const {
    return chosen(tables_.neighbours, [&](const Neighbour& neighbour) {
      return neighbour.device == show.device && neighbour.state == NeighbourState::permanent;
    });
  }
  Answer operator()(const ShowFdb& show) const {
    return chosen(tables_.fdb, [&](const FdbEntry& entry) { return entry.device == show.device; });
  }
  Answer operator()(const ShowRules& /*show*/) const { return RulesText{netfilter::print(tables_.ruleset)}; }

 private:
  Tables& tables_;
};

}  // namespace

Answer answer(Tables& tables, const Question& question) {
  return std::visit(Asked(tables), question);
}

}  // namespace plimsoll::overlay::flannel
