// A few objects for tests: namespace `default` with a web service, a headless database and an alias.
#pragma once

#include <string>
#include <string_view>

#include "impl/service/dns/answer.hpp"
#include "impl/service/dns/names.hpp"

namespace plimsoll::dns {

[[nodiscard]] inline Address ip(std::string_view text) {
  return parse_address(text).value();
}

[[nodiscard]] inline Objects test_objects() {
  Objects objects;
  objects.namespaces = {"default", "empty"};
  const Port http{"http", Protocol::tcp, 80};
  const Port unnamed{"", Protocol::tcp, 81};
  objects.services[{"default", "web"}] = {
      ServiceType::cluster_ip, {ip("10.96.0.7"), ip("fd00::7")}, {http, unnamed}};
  objects.services[{"default", "db"}] = {ServiceType::headless};
  objects.services[{"default", "alias"}] = {ServiceType::external_name, {}, {}, "Example.ORG."};
  objects.services[{"default", "numeric"}] = {ServiceType::external_name, {}, {}, "192.0.2.1"};
  objects.slices[{"default", "db-1"}] = {
      "db",
      {{"pg", Protocol::tcp, 5432}},
      {{{ip("10.1.0.1")}, true, "db-0"}, {{ip("10.1.0.2")}, true, ""}, {{ip("10.1.0.3")}, false, "db-2"}}};
  objects.pods[{"default", "p"}] = {{ip("10.1.0.9")}};
  return objects;
}

[[nodiscard]] inline Index index_of(const Config& config, const Objects& objects) {
  Index index;
  replace(config, index, objects);
  return index;
}

/// "NOERROR A 10.0.0.1, A 10.0.0.2", "NXDOMAIN", ...
[[nodiscard]] inline std::string to_text(const Answer& answer) {
  constexpr std::string_view codes[] = {"NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"};
  constexpr std::string_view types[] = {"A", "AAAA", "CNAME", "SRV", "PTR", "TXT", "OTHER"};
  std::string text(codes[static_cast<std::size_t>(answer.rcode)]);
  std::string_view between = " ";
  for (const Record& record : answer.records) {
    text += between;
    text += types[static_cast<std::size_t>(record.type)];
    if (record.port != 0) {
      text += " " + std::to_string(record.port);
    }
    text += " " + record.data;
    between = ", ";
  }
  return text;
}

}  // namespace plimsoll::dns
