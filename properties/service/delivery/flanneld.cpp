#include "properties/service/delivery/flanneld.hpp"

#include <string_view>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::delivery {

Flanneld::Flanneld(flannel::BackendConfig config, NodeKernel& kernel)
    : config_(std::move(config)), kernel_(kernel) {
  PLIMSOLL_ASSERT(config_.check().has_value());
}

void Flanneld::start(const base::Ipv4Prefix& subnet) {
  // A TUN device ends with the process that made it.
  if (config_.kind == flannel::BackendKind::udp && !state_.node.device.empty()) {
    kernel_.must(net::LinkDelete{state_.node.device});
  }
  armed_.clear();
  state_ = flannel::Backend::State{};
  feed(base::Started{lives_++, {}});
  feed(base::Received<flannel::Backend::Incoming>{config_.manager, flannel::LeaseAcquired{subnet}});
}

void Flanneld::hear(flannel::LeaseEvents events) {
  feed(base::Received<flannel::Backend::Incoming>{config_.manager, std::move(events)});
}

bool Flanneld::fire(flannel::BackendTimer timer) {
  const bool is_armed = armed_.erase(timer) == 1;
  if (is_armed) {
    feed(base::TimerFired<flannel::BackendTimer>{timer});
  }
  return is_armed;
}

std::uint32_t Flanneld::pod_mtu() const {
  constexpr std::string_view key = "FLANNEL_MTU=";
  const std::size_t at = subnet_file_.find(key);
  PLIMSOLL_ASSERT(at != std::string::npos);
  return static_cast<std::uint32_t>(std::stoul(subnet_file_.substr(at + key.size())));
}

flannel::UdpProxyConfig Flanneld::udp_proxy() const {
  return {.tun_address = state_.node.subnet->address(), .tun_mtu = flannel::device_mtu(config_)};
}

void Flanneld::feed(const flannel::Backend::Input& input) {
  std::optional<flannel::Question> question = step(input);
  while (question) {
    const std::optional<net::Errno> error = refuse ? refuse(*question) : std::nullopt;
    flannel::Answer answer = error ? flannel::Answer(flannel::Failed{*error})
                                   : flannel::answer(kernel_.changing_tables(), *question);
    question = step(base::Received<flannel::Backend::Incoming>{
        config_.kernel, flannel::KernelAnswer{state_.node.incarnation, std::move(answer)}});
  }
}

/// @return the request to the kernel, if the step sent one: there is one at a time.
std::optional<flannel::Question> Flanneld::step(const flannel::Backend::Input& input) {
  base::ScriptedChoices choices;
  flannel::Backend::Outputs outputs(choices);
  flannel::Backend::step(config_, state_, input, outputs);
  std::optional<flannel::Question> question;
  for (const auto& sent : outputs.sends()) {
    if (const auto* const request = std::get_if<flannel::KernelRequest>(&sent.message)) {
      question = request->question;
    } else if (const auto* const acquire = std::get_if<flannel::AcquireLease>(&sent.message)) {
      attributes_ = acquire->attributes;
    } else {
      subnet_file_ = std::get<flannel::SubnetFile>(sent.message).text;
    }
  }
  for (const auto& change : outputs.timers()) {
    armed_.erase(change.timer);
    if (change.armed) {
      armed_.emplace(change.timer, change.after);
    }
  }
  PLIMSOLL_ASSERT_KNOWN(!outputs.exited(), outputs.exit_reason());
  return question;
}

}  // namespace plimsoll::properties::delivery
