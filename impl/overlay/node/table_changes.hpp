// The requests behind apply() (table_change.hpp), by kind. Each does all that is asked, or answers why not
// and does nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "impl/overlay/node/table_change.hpp"

namespace plimsoll::overlay {

// link_changes.cpp
[[nodiscard]] ChangeResult add_link(Tables& tables, Link link);
[[nodiscard]] ChangeResult delete_link(Tables& tables, const std::string& name);
[[nodiscard]] ChangeResult set_link_up(Tables& tables, const std::string& name);
[[nodiscard]] ChangeResult set_link_down(Tables& tables, const std::string& name);
[[nodiscard]] ChangeResult set_link_mtu(Tables& tables, const std::string& name, std::uint32_t mtu);
[[nodiscard]] ChangeResult set_sysctl(Tables& tables, const std::string& key, const std::string& value);

// address_changes.cpp
[[nodiscard]] ChangeResult add_address(Tables& tables, const InterfaceAddress& address);
[[nodiscard]] ChangeResult delete_address(Tables& tables, const InterfaceAddress& address);
/// The routes that an address brings while its device is up (fib_add_ifaddr); its local route comes always.
void add_network_routes(Tables& tables, const InterfaceAddress& address);

// route_changes.cpp
[[nodiscard]] ChangeResult add_route(Tables& tables, Route route, bool replace);
[[nodiscard]] ChangeResult delete_route(Tables& tables, const Route& route);

// fdb_changes.cpp
[[nodiscard]] ChangeResult add_fdb_entry(Tables& tables, const FdbEntry& entry);
[[nodiscard]] ChangeResult append_fdb_entry(Tables& tables, const FdbEntry& entry);
[[nodiscard]] ChangeResult replace_fdb_entry(Tables& tables, const FdbEntry& entry);
[[nodiscard]] ChangeResult delete_fdb_entry(Tables& tables, const FdbEntry& entry);

}  // namespace plimsoll::overlay
