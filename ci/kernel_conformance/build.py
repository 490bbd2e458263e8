"""Makes namespaces have given tables: devices, addresses, routes, neighbours, FDB entries, rules, sysctls.

Routes may be None: then they are what the kernel makes of the addresses.
"""
import time

from kernel_conformance import programs, tables
from kernel_conformance.namespaces import Namespace, Refused

VXLAN_ROOM = 50  # outer headers and the inner Ethernet header
SETTLED_WITHIN = 5.0
PORT_FLAGS = ("hairpin", "learning", "flood", "mcast_flood", "bcast_flood", "isolated")
FROM_THE_START = {
    "ipv6/conf/all/disable_ipv6": 1, "ipv6/conf/default/disable_ipv6": 1, "ipv4/icmp_ratelimit": 0,
    "ipv4/icmp_msgs_per_sec": 1_000_000, "ipv4/icmp_msgs_burst": 100_000,
    "ipv4/ping_group_range": "0 2147483647", "ipv4/icmp_errors_use_inbound_ifaddr": 0,
    "ipv4/ip_default_ttl": 64,
    # What one probe leaves unfinished must not speak up during a later one.
    "ipv4/tcp_synack_retries": 0, "ipv4/ipfrag_time": 3600,
}


def _switch(value):
    return "on" if value else "off"


def _is_up(link):
    return "UP" in link["flags"]


class Builder:
    """Builds one set of tables: {name: table}, `relays`: {node: {listen, tun, routes}}."""

    def __init__(self, wires, wanted, relays, tool):
        self.wires, self.wanted, self.relays, self.tool = wires, wanted, relays, tool
        self.spaces = {name: Namespace(name) for name in sorted(wanted)}
        self.tuns, self.beyond = {}, []

    def build(self):
        for space in self.spaces.values():
            space.write_all(FROM_THE_START)
        self._wires()
        for name, space in self.spaces.items():
            self._devices(space, self.wanted[name])
        for name, space in self.spaces.items():
            self._up(space, self.wanted[name])
        for name, space in self.spaces.items():
            self._settle(space, self.wanted[name])
        for name, space in self.spaces.items():
            self._entries(space, self.wanted[name])
        return self.spaces

    def _link(self, end):
        name, device = end.split(":", 1)
        links = self.wanted.get(name, {"links": []})["links"]
        return next((link for link in links if link["ifname"] == device), None)

    def _first_mtu(self, name, link):
        """A VXLAN device may not be larger than what is below it when it is made; later it may."""
        above = [other["mtu"] + VXLAN_ROOM for other in self.wanted[name]["links"]
                 if other.get("kind") == "vxlan" and other["info"].get("link") == link["ifname"]]
        return max([link["mtu"], *above])

    def _wires(self):
        lines = {}
        for wire in self.wires:
            (one, other), links = (wire["a"], wire["b"]), (self._link(wire["a"]), self._link(wire["b"]))
            if None in links:
                continue
            ends = []
            for end, link in zip((one, other), links):
                name = end.split(":", 1)[0]
                ends.append(f"name {link['ifname']} index {link['ifindex']} address {link['address']} "
                            f"mtu {self._first_mtu(name, link)}")
            far = self.spaces[other.split(":", 1)[0]].path
            near = one.split(":", 1)[0]
            lines.setdefault(near, []).append(
                f"link add {ends[0]} type veth peer {ends[1]} netns {far}")
        for name, commands in lines.items():
            self.spaces[name].batch("ip", commands)

    def _devices(self, space, table):
        wired = {end.split(":", 1)[1] for wire in self.wires for end in (wire["a"], wire["b"])
                 if end.startswith(space.name + ":")}
        lines = []
        for link in sorted(table["links"], key=lambda one: one["ifindex"]):
            name, kind = link["ifname"], link.get("kind", "")
            head = f"link add name {name} index {link['ifindex']} address {link.get('address')}"
            if kind == "bridge":
                info = link.get("info", {})
                filtering = " vlan_filtering 1" if info.get("vlan_filtering") else ""
                lines.append(f"{head} type bridge stp_state {info.get('stp_state', 0)} ageing_time "
                             f"{info.get('ageing_time', 30000)} mcast_snooping "
                             f"{info.get('mcast_snooping', 0)}{filtering}")
            elif kind == "vxlan":
                lines.append(head + self._vxlan(link))
            elif kind == "tun":
                continue
            elif name not in wired and link.get("link_type", "ether") == "ether":
                if kind not in ("", "dummy", "veth"):
                    raise Refused(f"{space.name}:{name}: a device of kind {kind} is not made")
                lines.append(f"{head} mtu {link['mtu']} type veth peer name b{space.fd}x{link['ifindex']} "
                             f"netns {self._beyond().path}")
        lines += self._ports(table)
        space.batch("ip", lines)
        if space.name in self.relays:
            device = self.relays[space.name]["tun"]
            self.tuns[space.name] = programs.open_tun(space, device)

    def _beyond(self):
        """Where devices lead whose other end is not known."""
        if not self.beyond:
            self.beyond.append(Namespace("beyond"))
        return self.beyond[0]

    @staticmethod
    def _vxlan(link):
        info = link["info"]
        words = f" mtu {link['mtu']} type vxlan id {info['id']} dstport {info.get('port', 8472)}"
        words += f" local {info['local']}" if info.get("local") else ""
        words += f" dev {info['link']}" if info.get("link") else ""
        words += "" if info.get("learning", True) else " nolearning"
        words += f" ttl {info['ttl']}" if info.get("ttl") else ""
        words += "" if info.get("udp_csum", True) else " noudpcsum"
        return words + (f" df {info['df']}" if info.get("df", "unset") != "unset" else "")

    @staticmethod
    def _ports(table):
        """Ports join in order of number: floods go the other way round."""
        lines = []
        for link in sorted(table["links"], key=lambda one: one["ifindex"]):
            if "master" in link:
                lines.append(f"link set dev {link['ifname']} master {link['master']}")
                flags = [f"{flag} {_switch(link['bridge_port'][flag])}" for flag in PORT_FLAGS
                         if flag in link.get("bridge_port", {})]
                lines.append(f"link set dev {link['ifname']} type bridge_slave {' '.join(flags)}")
        return lines

    @staticmethod
    def _up(space, table):
        present = {link["ifname"] for link in tables.links(space)}
        kept = [link for link in table["links"] if link["ifname"] in present]
        lines = [f"link set dev {link['ifname']} mtu {link['mtu']}" for link in kept
                 if link.get("link_type") != "loopback"]
        lines += [f"link set dev {link['ifname']} up" for link in kept if _is_up(link)]
        for address in table["addrs"]:
            if address["ifname"] == "lo" and address["local"] == "127.0.0.1":
                continue  # it comes with the device
            broadcast = f" broadcast {address['broadcast']}" if "broadcast" in address else ""
            lines.append(f"addr add {address['local']}/{address['prefixlen']}{broadcast} scope "
                         f"{address.get('scope', 'global')} dev {address['ifname']}")
        space.batch("ip", lines)

    @staticmethod
    def _settle(space, table):
        """Carriers and bridge ports follow a little later."""
        def state(links):
            return {link["ifname"]: (sorted(link["flags"]), link.get("bridge_port", {}).get("state"))
                    for link in links}

        wanted, end = state(table["links"]), time.monotonic() + SETTLED_WITHIN
        while state(tables.links(space)) != wanted and time.monotonic() < end:
            time.sleep(0.02)

    def _entries(self, space, table):
        space.write_all(self._settings(table))
        lines = [] if table["routes"] is None else self._routes(space, table["routes"])
        lines += [rule_words(rule) for rule in table.get("rules", ()) if not is_usual(rule)]
        lines += [f"neigh replace {one['dst']} lladdr {one['lladdr']} dev {one['dev']} nud permanent"
                  for one in table.get("neigh", ()) if one["state"] == ["PERMANENT"]]
        space.batch("ip", lines, force=True)  # what the kernel refuses shows when tables are compared
        space.batch("bridge", fdb_lines(table))
        if table.get("iptables_save"):
            restore_rules(space, self.tool, table["iptables_save"])

    def _routes(self, space, routes):
        """Addresses brought some routes with them: those that are not wanted go. Gateways are reached by
        other routes, which come first."""
        present = {tables.route_key(route): route for route in tables.read(space, self.tool)["routes"]}
        wanted = {tables.route_key(route): route for route in routes}
        lines = ["route del " + route_words(route) for key, route in present.items() if key not in wanted]
        missing = [route for key, route in wanted.items() if key not in present]
        return lines + ["route add " + route_words(route)
                        for route in sorted(missing, key=lambda one: "gateway" in one)]

    @staticmethod
    def _settings(table):
        settings, conf = {}, table["sysctl"].get("ipv4.conf", {})
        settings[tables.FORWARDING] = table["sysctl"].get("ipv4.ip_forward", 0)
        settings[tables.BRIDGE_RULES] = table["sysctl"].get("bridge.bridge-nf-call-iptables", 1)
        for device in sorted(conf, key=lambda name: name != "all"):  # "all" changes the others
            for name, value in conf[device].items():
                settings[f"ipv4/conf/{device}/{name}"] = value
        for link in table["links"]:
            if link.get("link_type") == "ether":  # unanswered ARP is given up after 0.3 s, not 3
                settings[f"ipv4/neigh/{link['ifname']}/retrans_time_ms"] = 100
        return settings


def route_words(route):
    words = [route["type"]] if "type" in route else []
    words.append(route["dst"])
    for key, word in (("gateway", "via"), ("dev", "dev"), ("protocol", "proto"), ("scope", "scope"),
                      ("prefsrc", "src"), ("metric", "metric"), ("table", "table")):
        if key in route:
            words += [word, str(route[key])]
    for metric in route.get("metrics", ()):
        words += [word for key, value in metric.items() for word in (key, str(value))]
    return " ".join(words + (["onlink"] if "onlink" in route.get("flags", ()) else []))


def is_usual(rule):
    return (rule["priority"], rule.get("table")) in ((0, "local"), (32766, "main"), (32767, "default"))


def rule_words(rule):
    words = f"rule add priority {rule['priority']} from {rule.get('src', 'all')}"
    words += f"/{rule['srclen']}" if "srclen" in rule else ""
    if "dst" in rule:
        words += f" to {rule['dst']}" + (f"/{rule['dstlen']}" if "dstlen" in rule else "")
    words += f" iif {rule['iif']}" if "iif" in rule else ""
    unknown = set(rule) - {"priority", "src", "srclen", "dst", "dstlen", "iif", "table", "protocol"}
    if unknown:
        raise Refused(f"a rule with {sorted(unknown)[0]} is not made")
    return words + f" table {rule['table']}"


def fdb_lines(table):
    """Entries somebody set: of VXLAN devices, and static ones of bridges."""
    lines, own = [], {link.get("address") for link in table["links"]}
    for entry in table.get("fdb", ()):
        permanent = entry.get("state") in ("permanent", "static")
        if "dst" in entry and permanent:
            more = "".join(f" {word} {entry[word]}" for word in ("port", "vni") if word in entry)
            lines.append(f"fdb append {entry['mac']} dev {entry['ifname']} dst {entry['dst']}{more} "
                         "self permanent")
        elif "master" in entry and permanent and entry["mac"] not in own:
            state = "static" if entry["state"] == "static" else "permanent"
            lines.append(f"fdb add {entry['mac']} dev {entry['ifname']} master {state}")
    return lines


def restore_rules(space, tool, lines):
    space.run(tool + "-restore", "-w", text="\n".join(lines) + "\n")
