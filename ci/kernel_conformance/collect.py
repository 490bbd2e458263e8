"""The tables of a real node and its pods, read and nothing else; and those of all nodes made one dump."""
import contextlib
import glob
import json
import os

from . import tables
from .namespaces import RULES, Namespace, Refused

FORMAT = "plimsoll-node-tables/1"
PORT = {"state": "forwarding", "hairpin": False, "learning": True, "flood": True, "mcast_flood": True,
        "bcast_flood": True, "isolated": False}


class Opened(Namespace):
    """A namespace that is there already."""

    def __init__(self, name, path):  # pylint: disable=super-init-not-called
        self.name = name
        self.fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def others():
    """Paths of the machine's other network namespaces: those of its processes, and those with names."""
    seen, found = {os.stat("/proc/thread-self/ns/net").st_ino}, []
    for path in sorted(glob.glob("/run/netns/*") + glob.glob("/proc/[0-9]*/ns/net")):
        with contextlib.suppress(OSError):  # a process may be gone
            number = os.stat(path).st_ino
            if number not in seen:
                seen.add(number)
                found.append(path)
    return found


def _tool(namespace):
    """The iptables whose rules are in force; reading must not create any."""
    for name in RULES:
        with contextlib.suppress(Refused, FileNotFoundError):
            if tables.rules(namespace, name):
                return name
    return RULES[-1]


def _raw_links(namespace):
    return json.loads(namespace.run("ip", "-j", "-d", "link"))


def _wires(node, pods):
    """Pairs of a device of the node and one of a pod that name each other's numbers."""
    ends = {(link["ifindex"], link["link_index"]): link["ifname"]
            for link in _raw_links(node) if "link_index" in link}
    return [{"a": f"{node.name}:{ends[own]}", "b": f"{pod.name}:{link['ifname']}"}
            for pod in pods for link in _raw_links(pod)
            if (own := (link.get("link_index"), link["ifindex"])) in ends]


def _underlay(table):
    """The device that leads to other nodes: that below flannel.1, or of the default route."""
    for link in table["links"]:
        below = link.get("info", {}).get("link") if link.get("kind") == "vxlan" else None
        if below:
            return below
    defaults = [route["dev"] for route in table["routes"] if route["dst"] == "default" and "dev" in route]
    return defaults[0] if defaults else None


def node_tables(node, namespaces):
    """What is to be known of one node. Namespaces that no wire joins to it are none of its pods."""
    wires = _wires(node, namespaces)
    joined = {wire["b"].split(":")[0] for wire in wires}
    read = {one.name: tables.read(one, _tool(one)) for one in [node, *namespaces]
            if one is node or one.name in joined}
    return {"format": FORMAT, "node": node.name, "underlay": _underlay(read[node.name]), "wires": wires,
            "tables": read}


def _switch(nodes):
    """What joins the nodes: a bridge with a port for each, as wide as the widest of them."""
    mtus = [link["mtu"] for one in nodes for link in one["tables"][one["node"]]["links"]
            if link["ifname"] == one["underlay"]]
    up = ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"]
    common = {"flags": up, "mtu": max(mtus), "operstate": "UP", "link_type": "ether"}
    links = [{"ifname": "br0", "ifindex": 1, "address": "02:00:00:00:00:01", "kind": "bridge", "info": {},
              **common}]
    for number, _ in enumerate(nodes, 1):
        links.append({"ifname": f"p{number}", "ifindex": number + 1, "kind": "veth", "info": {},
                      "address": f"02:00:00:01:{number >> 8:02x}:{number & 255:02x}", "master": "br0",
                      "bridge_port": PORT, **common})
    return {"links": links, "addrs": [], "routes": [], "rules": [], "neigh": [],
            "sysctl": {"ipv4.ip_forward": "0", "ipv4.conf": {}}}


def merged(nodes):
    """One dump, as `plimsoll dataplane` reads it. Raises ValueError: what is wrong with the input."""
    for one in nodes:
        if one.get("format") != FORMAT:
            raise ValueError(f"expected format {FORMAT}, found {one.get('format')}")
        if len(nodes) > 1 and not one["underlay"]:
            raise ValueError(f"{one['node']}: no device leads to other nodes")
    names = [one["node"] for one in nodes]
    if len(set(names)) != len(names):
        raise ValueError("two files are of one node")
    wires = [wire for one in nodes for wire in one["wires"]]
    roles, read = {}, {}
    for one in nodes:
        for name, table in one["tables"].items():
            roles[name] = "node" if name == one["node"] else f"pod of {one['node']}"
            read[name] = table
    if len(nodes) > 1:
        roles["ul"], read["ul"] = "switch", _switch(nodes)
        wires += [{"a": f"ul:p{number}", "b": f"{one['node']}:{one['underlay']}"}
                  for number, one in enumerate(nodes, 1)]
    return {"format": "plimsoll-kernel-expectations/1",
            "topology": {"wires": wires, "namespaces": roles, "listeners": {}}, "scenarios": [],
            "probes": [], "tables": {"now": {name: name for name in read}}, "ns_tables": read}
