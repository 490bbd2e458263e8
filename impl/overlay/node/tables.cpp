#include "impl/overlay/node/tables.hpp"

#include <algorithm>

namespace plimsoll::overlay {

Tables new_namespace() {
  Tables tables;
  tables.links.push_back({.name = "lo", .index = 1, .kind = LinkKind::loopback, .mtu = 65536});
  tables.rules = {{.priority = 0, .table = table_local},
                  {.priority = 32766, .table = table_main},
                  {.priority = 32767, .table = table_default}};
  tables.sysctls.conf = {{std::string(conf_all), {}}, {std::string(conf_default), {}}};
  return tables;
}

const Link* find_link(const Tables& tables, std::string_view name) {
  const auto found = std::ranges::find(tables.links, name, &Link::name);
  return found == tables.links.end() ? nullptr : &*found;
}

Link* find_link(Tables& tables, std::string_view name) {
  const auto found = std::ranges::find(tables.links, name, &Link::name);
  return found == tables.links.end() ? nullptr : &*found;
}

}  // namespace plimsoll::overlay
