// Outcomes in the form of the recordings.
#include <algorithm>
#include <utility>

#include <boost/json.hpp>

#include "properties/overlay/conform/predict.hpp"

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;  // NOLINT(google-build-using-namespace): the room this one is about
namespace json = boost::json;

json::object delivery_json(const Delivery& delivery, ProbeKind kind) {
  if (kind == ProbeKind::icmp) {
    return {{"to", delivery.to}, {"pkt", delivery.packet}};
  }
  json::object made = {{"to", delivery.to}, {"src", to_text(delivery.src)}, {"dst", to_text(delivery.dst)}};
  if (kind != ProbeKind::tcp) {
    made["ttl"] = delivery.ttl;
  }
  made["sport_kept"] = delivery.source_port_kept;
  return made;
}

json::value reply_json(const std::optional<Reply>& reply) {
  if (!reply) {
    return nullptr;
  }
  json::object made = {{"src", to_text(reply->src)}, {"ttl", reply->ttl}};
  if (!reply->by.empty()) {
    made["by"] = reply->by;
  }
  made["from_expected"] = reply->from_expected;
  return made;
}

json::value sender_error_json(const std::optional<SenderError>& error) {
  if (!error) {
    return nullptr;
  }
  json::object made = {{"errno", to_text(error->error)}};
  switch (error->origin) {
    case SenderError::Origin::sendto:
      made["at"] = "sendto";
      break;
    case SenderError::Origin::local:
      made["origin"] = "local";
      made["mtu"] = error->mtu;
      break;
    case SenderError::Origin::icmp:
      made["origin"] = "icmp";
      made["icmp"] = std::to_string(error->type) + "/" + std::to_string(error->code);
      made["offender"] = to_text(error->offender);
      if (error->error == Errno::emsgsize) {
        made["mtu"] = error->mtu;
      }
      break;
  }
  return made;
}

std::string tcp_text(const TcpResult& result) {
  if (result.connected) {
    return "connected";
  }
  return result.error ? to_text(*result.error) : "timeout";
}

json::array hops_json(const std::vector<Hop>& hops) {
  json::array made;
  for (const Hop& hop : hops) {
    json::object one = {
        {"at", hop.at}, {"dir", hop.direction == Direction::in ? "in" : "out"}, {"pkt", hop.packet}};
    if (!hop.macs.empty()) {
      one["l2"] = hop.macs;
    }
    if (!hop.tunnel.empty()) {
      one["encap"] = hop.tunnel;
    }
    made.push_back(std::move(one));
  }
  return made;
}

}  // namespace

std::string to_json(const Outcome& outcome, const Probe& probe) {
  if (!outcome.unknown.empty()) {
    return json::serialize(json::object{{"verdict", "unknown"}, {"reason", outcome.unknown}});
  }
  json::array delivered;
  for (const Delivery& delivery : outcome.delivered) {
    delivered.push_back(delivery_json(delivery, probe.kind));
  }
  json::array errors;
  for (const ErrorSent& error : outcome.errors) {
    errors.push_back(json::object{{"from_ns", error.from}, {"msg", error.message}});
  }
  json::object made = {{"verdict", delivered.empty() ? "not_delivered" : "delivered"},
                       {"delivered", std::move(delivered)},
                       {"reply", reply_json(outcome.reply)},
                       {"sender_error", sender_error_json(outcome.sender_error)}};
  if (outcome.tcp) {
    made["tcp"] = tcp_text(*outcome.tcp);
  }
  made["icmp_errors"] = std::move(errors);
  made["path"] = hops_json(outcome.path);
  made["reply_path"] = hops_json(outcome.reply_path);
  made["icmp_path"] = hops_json(outcome.error_path);
  return json::serialize(made);
}

}  // namespace plimsoll::properties::overlay
