"""The tables of a namespace in the form of the recordings, read from the kernel, and compared."""
import json
import os
import re

SETTINGS = ("rp_filter", "send_redirects", "accept_redirects", "accept_local", "proxy_arp", "arp_ignore",
            "arp_announce", "route_localnet", "forwarding", "src_valid_mark", "arp_filter")
LINK = ("ifname", "ifindex", "flags", "mtu", "operstate", "address", "master", "link_type")
INFO = {
    "bridge": ("stp_state", "ageing_time", "vlan_filtering", "mcast_snooping", "group_fwd_mask"),
    "vxlan": ("id", "local", "link", "port", "learning", "ttl", "udp_csum", "df"),
}
PORT = ("state", "hairpin", "learning", "flood", "mcast_flood", "bcast_flood", "isolated")
ADDRESS = ("local", "prefixlen", "scope", "broadcast")
NEIGHBOUR = ("dst", "dev", "lladdr", "state")
PASSING_FLAGS = ("linkdown", "dead")
FORWARDING = "ipv4/ip_forward"
BRIDGE_RULES = "bridge/bridge-nf-call-iptables"


def _chosen(item, keys):
    return {key: item[key] for key in keys if key in item}


def _link(item):
    made = _chosen(item, LINK)
    information = item.get("linkinfo", {})
    kind = information.get("info_kind")
    if kind:
        made["kind"] = kind
        made["info"] = _chosen(information.get("info_data", {}), INFO.get(kind, ()))
    if information.get("info_slave_kind") == "bridge":
        made["bridge_port"] = _chosen(information["info_slave_data"], PORT)
    return made


def _lists(text):
    """What ip prints for the lines of a batch: one list after the other."""
    decoder, made, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        made.append(value)
    return made


def links(namespace):
    return [_link(item) for item in json.loads(namespace.run("ip", "-j", "-d", "link"))]


def sysctls(namespace):
    """Those that say what becomes of packets."""
    def value(path):
        with open("/proc/sys/net/" + path, encoding="ascii") as file:
            return file.read().strip()

    with namespace.entered():
        made = {"ipv4.ip_forward": value(FORWARDING)}
        if os.path.exists("/proc/sys/net/" + BRIDGE_RULES):
            made["bridge.bridge-nf-call-iptables"] = value(BRIDGE_RULES)
        made["ipv4.conf"] = {device: {name: value(f"ipv4/conf/{device}/{name}") for name in SETTINGS}
                             for device in os.listdir("/proc/sys/net/ipv4/conf") if device != "default"}
    return made


def rules(namespace, tool):
    """The lines of iptables-save, counters at 0. Reading must not create tables, so it is asked first."""
    if "legacy" in tool and not namespace.read("/proc/thread-self/net/ip_tables_names").strip():
        return None
    lines = namespace.run(tool + "-save", check=False).splitlines()
    kept = [re.sub(r"\[\d+:\d+\]$", "[0:0]", line) for line in lines if line and line[0] != "#"]
    return kept or None


def read(namespace, tool):
    """All tables of a namespace as they are."""
    addresses, routes, policy, neighbours = _lists(namespace.run(
        "ip", "-j", "-4", "-batch", "-", text="addr\nroute show table all\nrule\nneigh\n"))
    made = {"links": links(namespace)}
    made["addrs"] = [{"ifname": link["ifname"], **_chosen(address, ADDRESS)} for link in addresses
                     for address in link.get("addr_info", ()) if address.get("family") == "inet"]
    made["routes"] = routes
    made["rules"] = policy
    made["neigh"] = [_chosen(one, NEIGHBOUR) for one in neighbours]
    if any("info" in link and link["kind"] in INFO for link in made["links"]):
        made["fdb"] = json.loads(namespace.run("bridge", "-j", "fdb") or "[]")
    saved = rules(namespace, tool)
    if saved:
        made["iptables_save"] = saved
    made["sysctl"] = sysctls(namespace)
    return made


def route_key(route):
    """What a route is, without what the kernel notes on it."""
    kept = {key: value for key, value in route.items() if key not in ("flags", "dev")}
    if route.get("type", "unicast") not in ("unreachable", "blackhole", "prohibit", "throw"):
        kept["dev"] = route.get("dev")
    kept["flags"] = [flag for flag in route.get("flags", ()) if flag not in PASSING_FLAGS]
    return json.dumps(kept, sort_keys=True)


def _keys(table, name):
    """The lasting entries of one table, as texts that can be compared."""
    items = table.get(name) or []
    if name == "routes":
        return [route_key(item) for item in items]
    if name == "links":
        items = [{key: value for key, value in item.items() if key not in ("ifindex", "operstate", "info")}
                 for item in items]
    if name == "neigh":
        items = [item for item in items if item["state"] == ["PERMANENT"]]
    if name == "fdb":
        items = [item for item in items if "dst" in item or item.get("state") == "static"]
    if name == "iptables_save":
        return [re.sub(r"\[\d+:\d+\]$", "[0:0]", item) for item in items
                if not re.match(r":[A-Z]+ ACCEPT", item)]  # also there if nothing says so
    return [json.dumps(item, sort_keys=True) for item in items]


def differences(wanted, found):
    """Where the tables that were built are not those that were wanted: one line each."""
    lines = []
    for name in ("links", "addrs", "routes", "rules", "neigh", "fdb", "iptables_save"):
        one, other = _keys(wanted, name), _keys(found, name)
        lines += [f"{name}: not there: {item}" for item in one if item not in other]
        lines += [f"{name}: not wanted: {item}" for item in other if item not in one]
    devices = {link["ifname"]: link.get("info", {}) for link in found["links"]}
    for link in wanted["links"]:
        lines += [f"links: {link['ifname']}: {key} is {devices[link['ifname']].get(key)}, not {value}"
                  for key, value in link.get("info", {}).items()
                  if devices.get(link["ifname"], {key: value}).get(key) != value]
    wanted_conf, found_conf = wanted["sysctl"].get("ipv4.conf", {}), found["sysctl"]["ipv4.conf"]
    for name in ("ipv4.ip_forward", "bridge.bridge-nf-call-iptables"):
        if name in wanted["sysctl"] and str(wanted["sysctl"][name]) != found["sysctl"].get(name):
            lines.append(f"sysctl: {name} is {found['sysctl'].get(name)}")
    for device, values in wanted_conf.items():
        for name, value in values.items():
            if found_conf.get(device, {}).get(name, str(value)) != str(value):
                lines.append(f"sysctl: {device} {name} is {found_conf[device][name]}")
    return lines


def bridge_ports(name, table):
    return {f"{name}:{link['ifname']}" for link in table["links"] if "master" in link}
