#include "properties/service/delivery/node_kernel.hpp"

#include "impl/base/assert.hpp"
#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/service/proxy/ipvs/scheduler.hpp"

namespace plimsoll::properties::delivery {

namespace {

/// conntrack -D: the flow agrees in all that is given.
bool is_meant(const net::ConntrackDelete& wanted, const net::netfilter::Flow& flow) {
  const auto agrees = [](const std::optional<base::Ipv4>& given, base::Ipv4 there) {
    return !given || *given == there;
  };
  return (wanted.protocol == 0 || wanted.protocol == flow.original.protocol) &&
         agrees(wanted.original_destination, flow.original.dst) &&
         agrees(wanted.reply_source, flow.reply.src) &&
         (wanted.original_destination_port == 0 ||
          wanted.original_destination_port == flow.original.dst_port);
}

}  // namespace

net::Tables& NodeKernel::changing_tables() {
  compiled_.reset();
  return tables_;
}

net::ChangeResult NodeKernel::change(const net::TableChange& wanted) {
  if (const auto* const flows = std::get_if<net::ConntrackDelete>(&wanted)) {
    remembered.netfilter.conntrack.forget_if(
        [&](const net::netfilter::Flow& flow) { return is_meant(*flows, flow); });
    return {};
  }
  return net::apply(changing_tables(), wanted);
}

void NodeKernel::must(const net::TableChange& wanted) {
  const net::ChangeResult result = change(wanted);
  PLIMSOLL_ASSERT_KNOWN(result.has_value(), result ? "" : to_text(result.error()));
}

std::optional<net::Errno> NodeKernel::change(const api::ipvs::Change& wanted) {
  return api::ipvs::make_change(servers_, remembered.ipvs, wanted);
}

void NodeKernel::replace_set(const api::ipvs::SetReplace& wanted) {
  changing_tables().ip_sets.insert_or_assign(wanted.name, wanted.set);
}

std::string NodeKernel::saved() const {
  return net::netfilter::print(tables_.ruleset);
}

const net::NodeTables& NodeKernel::compiled() {
  if (!compiled_) {
    compiled_ = std::make_unique<net::NodeTables>(tables_);
  }
  return *compiled_;
}

}  // namespace plimsoll::properties::delivery
