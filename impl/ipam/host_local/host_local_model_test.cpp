// HostLocal against an obvious model: a list of addresses, who holds which, and which was taken last.
#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "impl/ipam/host_local/hand_driven.hpp"

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;
using Outcome = decltype(CniResponse::outcome);

constexpr std::uint32_t pods = 7;

Attachment attachment(std::uint32_t pod) {
  return {"pod." + std::to_string(pod), "eth0"};
}
constexpr Ipv4 host(std::uint32_t number) {
  return Ipv4(Ipv4(10, 1, 0, 0).value() + number);
}

// 10.1.0.0/29: five addresses, 10.1.0.2 to 10.1.0.6.
class Model {
 public:
  static constexpr std::uint32_t lowest = 2;
  static constexpr std::uint32_t highest = 6;

  bool holds(std::uint32_t pod) const { return address_of.contains(pod); }
  bool is_free(std::uint32_t number) const {
    return std::none_of(address_of.begin(), address_of.end(),
                        [&](const auto& held) { return held.second == number; });
  }
  // The number that the next ADD takes, if there is one.
  std::optional<std::uint32_t> next() const {
    for (std::uint32_t tried = 0, number = last; tried < highest - lowest + 1; ++tried) {
      number = number == highest ? lowest : number + 1;
      if (is_free(number)) {
        return number;
      }
    }
    return std::nullopt;
  }
  Outcome add(std::uint32_t pod, std::optional<std::uint32_t> requested) {
    if (requested && (*requested < lowest - 1 || *requested > highest)) {
      return Failed{CniError::not_in_range};
    }
    if (requested == lowest - 1) {
      return Failed{CniError::is_gateway};
    }
    if (holds(pod)) {
      return Failed{CniError::already_allocated};
    }
    if (requested && !is_free(*requested)) {
      return Failed{CniError::not_free};
    }
    const std::optional<std::uint32_t> number = requested ? requested : next();
    if (!number) {
      return Failed{CniError::exhausted};
    }
    address_of[pod] = *number;
    last = *number;
    return Added{{{Ipv4Prefix(host(*number), 29), host(1)}}};
  }
  std::map<Ipv4, std::string> files() const {
    std::map<Ipv4, std::string> files;
    for (const auto& [pod, number] : address_of) {
      files[host(number)] = file_content(attachment(pod));
    }
    return files;
  }

  std::map<std::uint32_t, std::uint32_t> address_of;
  std::uint32_t last = lowest - 1;
};

class Twins {
 public:
  void add(std::uint32_t pod, std::optional<std::uint32_t> requested) {
    const auto address = requested ? std::optional(host(*requested)) : std::nullopt;
    const Outcome expected = model.add(pod, requested);
    RC_ASSERT(node.call(AddRequest{attachment(pod), address}) == expected);
  }
  void del(std::uint32_t pod) {
    RC_ASSERT(node.call(DelRequest{attachment(pod)}) == Outcome(Done{}));
    model.address_of.erase(pod);
  }
  void check(std::uint32_t pod) {
    const Outcome outcome = node.call(CheckRequest{attachment(pod)});
    RC_ASSERT(std::holds_alternative<Done>(outcome) == model.holds(pod));
  }
  // Keeps the pods whose bit is set in `kept`.
  void gc(std::uint32_t kept) {
    GcRequest request;
    for (std::uint32_t pod = 0; pod < pods; ++pod) {
      if ((kept >> pod & 1U) != 0) {
        request.valid.insert(attachment(pod));
      } else {
        model.address_of.erase(pod);
      }
    }
    RC_ASSERT(node.call(request) == Outcome(Done{}));
  }
  // An ADD crashed after `steps` steps: a file with its content or none, and last_reserved before or after.
  // DEL settles it.
  void crash_in_add(std::uint32_t pod, std::uint32_t steps) {
    const std::uint32_t next = model.holds(pod) ? model.last : model.next().value_or(model.last);
    node.request(AddRequest{attachment(pod), {}});
    while (steps-- > 0 && node.is_armed()) {
      node.proceed();
    }
    node.crash();
    if (last_reserved() == host(next)) {
      model.last = next;
    }
    del(pod);
  }
  void compare() const {
    RC_ASSERT(node.state.files.contents == model.files());
    RC_ASSERT(last_reserved().value_or(host(Model::lowest - 1)) == host(model.last));
    RC_ASSERT(node.state.operation == Operation{});
  }

 private:
  std::optional<Ipv4> last_reserved() const {
    const auto found = node.state.files.last_reserved.find(0);
    return found == node.state.files.last_reserved.end() ? std::nullopt : std::optional(found->second);
  }

  HandDriven node{{}, {Ipv4Prefix(host(0), 29)}};
  Model model;
};

// One command from one number, so that shrinking has little to do.
void execute(Twins& twins, std::uint32_t command) {
  const std::uint32_t pod = command % pods;
  const std::uint32_t argument = command / (pods * 8);
  switch (command / pods % 8) {
    case 0:
    case 1:
    case 2:
      return twins.add(pod, std::nullopt);
    case 3:
      return twins.add(pod, argument % 9);
    case 4:
      return twins.del(pod);
    case 5:
      return twins.check(pod);
    case 6:
      return twins.gc(argument % (1U << pods));
    default:
      return twins.crash_in_add(pod, argument % 3);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_local_model_test)

BOOST_AUTO_TEST_CASE(does_what_the_model_does) {
  BOOST_TEST(rc::check("HostLocal does what the model does", [] {
    constexpr std::uint32_t commands_max = pods * 8 * (1U << pods);
    const auto commands =
        *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, commands_max));
    Twins twins;
    for (const std::uint32_t command : commands) {
      execute(twins, command);
      twins.compare();
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
