"""The cluster that scenarios start from: 3 nodes with 3 pods each, a switch between them, a client outside.

Devices and addresses are given as tables; what flannel and the pods' CNI plugin do on top of them is a list
of commands, in the order in which flannel does it (vxlan_network.go: neighbour, FDB entry, route).
"""
from dataclasses import asdict, dataclass

from kernel_conformance import node_rules
from kernel_conformance.node_rules import Service

NODES, PODS = (1, 2, 3), (1, 2, 3)
UP = ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"]
SERVICES = (
    Service("web", "10.96.0.10", 30080, ("10.244.1.3:8080", "10.244.2.3:8080")),
    Service("solo", "10.96.0.20", 30020, ("10.244.1.3:8080",)),
    Service("far", "10.96.0.21", 30021, ("10.244.2.3:8080",)),
    Service("empty", "10.96.0.30", 30030, ()),
)
TOPOLOGY = {
    "wires": [{"a": "ul:pcl", "b": "cl:eth0"}] + [{"a": f"ul:p{n}", "b": f"n{n}:eth0"} for n in NODES] + [
        {"a": f"n{n}:vethp{p}", "b": f"n{n}p{p}:eth0"} for n in NODES for p in PODS],
    "namespaces": {
        "ul": "switch (bridge br0, owns the gateway address 192.168.50.1, does not forward)",
        "cl": "outside client", **{f"n{n}": "node" for n in NODES},
        **{f"n{n}p{p}": f"pod of n{n}" for n in NODES for p in PODS}},
    "listeners": {"pods": "udp+tcp 8080 (echo)", "nodes": "udp+tcp 6443", "cl": "udp+tcp 9999"},
}


@dataclass(frozen=True)
class Options:
    """How the cluster is configured."""

    mode: str = "vxlan"  # or "hostgw", "udp"
    bridge_nf: int = 1
    hairpin: bool = True
    rp_filter: int = 0
    pod_mtu: int = 0     # 0: what flannel says
    flannel_masquerade: bool = True
    flannel_forward: bool = True
    service_masquerade: bool = True
    forward_policy: str = "ACCEPT"

    def described(self):
        return asdict(self)

    @property
    def mtu(self):
        """Of pods and bridges."""
        return self.pod_mtu or {"vxlan": 1450, "hostgw": 1500, "udp": 1472}[self.mode]


def _link(name, index, address, mtu=1500, **more):
    return {"ifname": name, "ifindex": index, "flags": UP, "mtu": mtu, "address": address,
            "link_type": "ether", "kind": "veth", "info": {}, **more}


def _loopback():
    return {"ifname": "lo", "ifindex": 1, "flags": ["LOOPBACK", "UP", "LOWER_UP"], "mtu": 65536,
            "link_type": "loopback", "address": "00:00:00:00:00:00"}


def _port(bridge, hairpin):
    return {"master": bridge, "bridge_port": {"state": "forwarding", "hairpin": hairpin}}


def _address(device, text, broadcast=None):
    local, length = text.split("/")
    made = {"ifname": device, "local": local, "prefixlen": int(length), "scope": "global"}
    return {**made, "broadcast": broadcast} if broadcast else made


def _table(links, addresses, forward, rp_filter=0, bridge_nf=1):
    devices = ["all"] + [link["ifname"] for link in links if link["ifname"] != "lo"]
    conf = {device: {"rp_filter": rp_filter} for device in devices}
    return {"links": [_loopback(), *links], "addrs": addresses, "routes": None,
            "sysctl": {"ipv4.ip_forward": forward, "bridge.bridge-nf-call-iptables": bridge_nf,
                       "ipv4.conf": conf}}


def _switch():
    links = [_link("br0", 2, "52:54:00:00:00:01", kind="bridge", info={"mcast_snooping": 0}),
             _link("pcl", 3, "fe:00:00:00:01:64", **_port("br0", False))]
    links += [_link(f"p{n}", 3 + n, f"fe:00:00:00:01:{10 + n:02x}", **_port("br0", False)) for n in NODES]
    return _table(links, [_address("br0", "192.168.50.1/24")], 0, bridge_nf=0)


def _pod(n, p, options):
    address = f"10.244.{n}.{p + 1}/24"
    link = _link("eth0", 2, f"0a:58:0a:f4:{n:02x}:{p + 1:02x}", options.mtu)
    return _table([link], [_address("eth0", address, f"10.244.{n}.255")], 0)


def _tunnel(n, options):
    """flannel's device, and its address."""
    if options.mode == "vxlan":
        info = {"id": 1, "local": f"192.168.50.{10 + n}", "link": "eth0", "port": 8472, "learning": False}
        return _link("flannel.1", 7, f"06:00:00:f1:00:{n:02x}", 1450, kind="vxlan", info=info), (
            _address("flannel.1", f"10.244.{n}.0/32"))
    if options.mode == "udp":
        flags = ["POINTOPOINT", "MULTICAST", "NOARP", "UP", "LOWER_UP"]
        link = {"ifname": "flannel0", "ifindex": 7, "flags": flags, "mtu": 1472, "link_type": "none",
                "kind": "tun", "info": {}}
        return link, _address("flannel0", f"10.244.{n}.0/32")
    return None


def _node(n, options):
    links = [_link("eth0", 2, f"52:54:00:00:00:{10 + n:02x}"),
             _link("cni0", 3, f"0a:58:0a:f4:{n:02x}:01", options.mtu, kind="bridge",
                   info={"mcast_snooping": 0})]
    links += [_link(f"vethp{p}", 3 + p, f"ee:00:00:00:{n:02x}:{p:02x}", options.mtu,
                    **_port("cni0", options.hairpin)) for p in PODS]
    addresses = [_address("eth0", f"192.168.50.{10 + n}/24"),
                 _address("cni0", f"10.244.{n}.1/24", f"10.244.{n}.255")]
    tunnel = _tunnel(n, options)
    if tunnel:
        links.append(tunnel[0])
        addresses.append(tunnel[1])
    table = _table(links, addresses, 1, options.rp_filter, options.bridge_nf)
    table["iptables_save"] = node_rules.rules(SERVICES, f"10.244.{n}.0/24", options)
    return table


def tables(options):
    """What Cluster is built of: {name: table}, with flanneld's lists where the udp backend runs."""
    made = {"ul": _switch(), "cl": _table([_link("eth0", 2, "52:54:00:00:00:64")],
                                          [_address("eth0", "192.168.50.100/24")], 0)}
    for n in NODES:
        made[f"n{n}"] = _node(n, options)
        made.update({f"n{n}p{p}": _pod(n, p, options) for p in PODS})
    if options.mode == "udp":
        made["_flanneld"] = {
            f"n{n}": {"listen": [f"192.168.50.{10 + n}", 8285], "tun": "flannel0",
                      "routes": [[f"10.244.{m}.0/24", f"192.168.50.{10 + m}"] for m in NODES if m != n]}
            for n in NODES}
    return made


def _lease(n, m, mode):
    """What flannel does on node n when it learns of node m's lease."""
    if mode == "hostgw":
        return [f"ip route replace 10.244.{m}.0/24 via 192.168.50.{10 + m} dev eth0"]
    if mode == "udp":
        return []
    address, mac = f"10.244.{m}.0", f"06:00:00:f1:00:{m:02x}"
    return [f"ip neigh replace {address} lladdr {mac} dev flannel.1 nud permanent",
            f"bridge fdb replace {mac} dev flannel.1 dst 192.168.50.{10 + m} self permanent",
            f"ip route replace {address}/24 via {address} dev flannel.1 onlink"]


def commands(options):
    """What completes the tables: [(namespace, command)]."""
    made = [("cl", "ip route add default via 192.168.50.1")]
    for n in NODES:
        made.append((f"n{n}", "ip route add default via 192.168.50.1"))
        if options.mode == "udp":
            made.append((f"n{n}", "ip route add 10.244.0.0/16 dev flannel0"))
        for m in NODES:
            made += [(f"n{n}", command) for command in _lease(n, m, options.mode) if m != n]
        made += [(f"n{n}p{p}", f"ip route add default via 10.244.{n}.1") for p in PODS]
    return made
