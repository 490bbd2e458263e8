"""Scenarios of our own: how the cluster is configured, what is done to it, and what is sent through it."""
from dataclasses import dataclass

from kernel_conformance.founding import Options

PODS_ACROSS = {"kind": "udp", "src": "n1p1", "dst": "10.244.2.2"}
SAME_NODE = {"kind": "udp", "src": "n1p1", "dst": "10.244.1.3"}
TO_FAR = {"kind": "udp", "src": "n1p1", "dst": "10.96.0.21", "dport": 80}
TO_SOLO = {"kind": "udp", "src": "n1p1", "dst": "10.96.0.20", "dport": 80}
HAIRPIN = {"kind": "udp", "src": "n1p2", "dst": "10.96.0.20", "dport": 80}
NODE_PORT = {"kind": "udp", "src": "cl", "dst": "192.168.50.11", "dport": 30021}
OUTSIDE = {"kind": "udp", "src": "n1p1", "dst": "192.168.50.100", "dport": 9999}


@dataclass(frozen=True)
class Scenario:
    """Probes are (name, probe); mutations (namespace, command), see Cluster.mutate."""

    name: str
    description: str
    probes: tuple
    options: Options = Options()
    mutations: tuple = ()
    quick: bool = False


def _with(probe, **more):
    return {**probe, **more}


def _tcp(probe):
    return _with(probe, kind="tcp")


def _echo(probe):
    return _with(probe, kind="icmp")


HEALTHY = (
    ("same-node", SAME_NODE), ("across", PODS_ACROSS), ("across-tcp", _tcp(PODS_ACROSS)),
    ("across-echo", _echo(PODS_ACROSS)), ("service", TO_FAR), ("service-tcp", _tcp(TO_FAR)),
    ("hairpin", HAIRPIN), ("node-port", NODE_PORT), ("outside", OUTSIDE),
    ("two-endpoints", {"kind": "udp", "src": "n3p1", "dst": "10.96.0.10", "dport": 80}),
    ("no-endpoints", {"kind": "udp", "src": "n1p1", "dst": "10.96.0.30", "dport": 80}),
    ("ttl-ends", _with(PODS_ACROSS, ttl=2)),
    ("nobody-there", {"kind": "udp", "src": "n1p1", "dst": "10.244.2.99"}),
    ("closed-port", _with(PODS_ACROSS, dport=81)),
    ("node-to-service", _with(TO_FAR, src="n1")),
    ("too-large-with-df", _with(PODS_ACROSS, size=1451, df="probe")),
    ("in-fragments", _with(PODS_ACROSS, size=3000)),
    ("to-all-of-the-subnet", {"kind": "udp", "src": "n1p1", "dst": "10.244.1.255"}),
)
BACKEND = (("across", PODS_ACROSS), ("across-tcp", _tcp(PODS_ACROSS)), ("service", TO_FAR),
           ("ttl-ends", _with(PODS_ACROSS, ttl=2)), ("echo", _echo(PODS_ACROSS)))
STALE_FDB = "bridge fdb replace 06:00:00:f1:00:02 dev flannel.1 dst 192.168.50.13 self permanent"
DETOUR = "ip route replace 10.244.2.0/24 via 10.244.3.0 dev flannel.1 onlink"
OTHER_PORT = ("ip link add name flannel.1 address 06:00:00:f1:00:02 mtu 1450 type vxlan id 1 "
              "local 192.168.50.12 dev eth0 dstport 4789 nolearning")

ALL = (
    Scenario("healthy", "flannel's vxlan backend, nothing wrong", HEALTHY, quick=True),
    Scenario("host-gw", "flannel's host-gw backend", BACKEND, Options(mode="hostgw")),
    Scenario("udp-backend", "flannel's udp backend: flanneld moves the packets", BACKEND,
             Options(mode="udp"), quick=True),
    Scenario("udp-first-match", "flanneld's first route that matches wins, not the longest",
             (("across", PODS_ACROSS),), Options(mode="udp"),
             (("@n1", "flanneld reset 10.244.0.0/16=192.168.50.13 10.244.2.0/24=192.168.50.12"),)),
    Scenario("route-missing", "n1 has no route for n2's subnet",
             (("across", PODS_ACROSS), ("back", {"kind": "udp", "src": "n2p1", "dst": "10.244.1.2"})),
             mutations=(("n1", "ip route del 10.244.2.0/24"),)),
    Scenario("route-unreachable", "n1's route for n2's subnet says unreachable",
             (("across", PODS_ACROSS), ("across-tcp", _tcp(PODS_ACROSS)), ("service", TO_FAR)),
             mutations=(("n1", "ip route del 10.244.2.0/24"),
                        ("n1", "ip route add unreachable 10.244.2.0/24"))),
    Scenario("detour", "n1 sends packets for n2 to n3, which relays and masquerades them",
             (("across", PODS_ACROSS), ("across-tcp", _tcp(PODS_ACROSS))), mutations=(("n1", DETOUR),),
             quick=True),
    Scenario("stale-fdb", "n1's FDB entry for n2's VTEP leads to n3",
             (("across", PODS_ACROSS), ("other", {"kind": "udp", "src": "n1p1", "dst": "10.244.3.2"})),
             mutations=(("n1", STALE_FDB),), quick=True),
    Scenario("fdb-missing", "n1 has no FDB entry for n2's VTEP", (("across", PODS_ACROSS),),
             mutations=(("n1", "bridge fdb del 06:00:00:f1:00:02 dev flannel.1 dst 192.168.50.12 self"),)),
    Scenario("neighbour-missing", "n1 does not know n2's VTEP: it asks, and nobody hears",
             (("across", PODS_ACROSS), ("service", TO_FAR)),
             mutations=(("n1", "ip neigh del 10.244.2.0 dev flannel.1"),), quick=True),
    Scenario("forward-drop", "FORWARD drops what no rule accepts, and flannel has no rules",
             (("same-node", SAME_NODE), ("across", PODS_ACROSS), ("node-port", NODE_PORT)),
             Options(flannel_forward=False, forward_policy="DROP")),
    Scenario("no-forwarding", "n1 does not forward",
             (("same-node", SAME_NODE), ("across", PODS_ACROSS), ("service", TO_SOLO)),
             mutations=(("n1", "sysctl net.ipv4.ip_forward=0"),), quick=True),
    Scenario("no-bridge-netfilter", "bridged packets pass no rules: answers come from the wrong address",
             (("service", TO_SOLO), ("service-tcp", _tcp(TO_SOLO)), ("hairpin", HAIRPIN)),
             Options(bridge_nf=0)),
    Scenario("no-hairpin", "bridge ports send nothing back", (("hairpin", HAIRPIN), ("service", TO_SOLO)),
             Options(hairpin=False)),
    Scenario("smaller-underlay", "n1's uplink became smaller after flannel had started",
             (("fits", _with(PODS_ACROSS, size=1350, df="probe")),
              ("too-large", _with(PODS_ACROSS, size=1450, df="probe")),
              ("too-large-without-df", _with(PODS_ACROSS, size=1450))),
             mutations=(("n1", "ip link set dev eth0 mtu 1400"),)),
    Scenario("larger-pods", "pods have an MTU of 1500, the tunnel has 1450",
             (("too-large", _with(PODS_ACROSS, size=1500, df="probe")),
              ("by-service", _with(TO_FAR, size=1500, df="probe"))), Options(pod_mtu=1500)),
    Scenario("duplicate-address", "a pod of n1 has the address of a pod of n2",
             (("to-it", SAME_NODE), ("from-there", {"kind": "udp", "src": "n2p2", "dst": "10.244.1.2"}),
              ("on-its-node", {"kind": "udp", "src": "n1p3", "dst": "10.244.2.2"})),
             mutations=(("n1p3", "ip addr flush dev eth0"), ("n1p3", "ip addr add 10.244.2.2/32 dev eth0"),
                        ("n1p3", "ip route add 10.244.1.1 dev eth0"),
                        ("n1p3", "ip route add default via 10.244.1.1"))),
    Scenario("loop", "n2 gave its subnet up and sends its packets to n3, n3 to n2; nobody masquerades",
             (("ttl-8", _with(PODS_ACROSS, ttl=8)), ("ttl-9", _with(PODS_ACROSS, ttl=9))),
             Options(flannel_masquerade=False),
             (("n2", "ip addr flush dev cni0"),
              ("n2", "ip route replace 10.244.2.0/24 via 10.244.3.0 dev flannel.1 onlink"))),
    Scenario("strict-reverse-path", "rp_filter 1, and n1 sends to n2 past the tunnel",
             (("across", PODS_ACROSS), ("node-port", NODE_PORT)), Options(rp_filter=1),
             (("n1", "ip route replace 10.244.2.0/24 via 192.168.50.12"),)),
    Scenario("no-masquerade", "nobody masquerades",
             (("hairpin", HAIRPIN), ("node-port", NODE_PORT), ("outside", OUTSIDE)),
             Options(flannel_masquerade=False, service_masquerade=False)),
    Scenario("other-vxlan-port", "n2's VXLAN device listens on port 4789", (("across", PODS_ACROSS),),
             mutations=(("n2", "ip link del dev flannel.1"), ("n2", OTHER_PORT),
                        ("n2", "ip addr add 10.244.2.0/32 dev flannel.1"),
                        ("n2", "ip link set dev flannel.1 up"))),
    Scenario("tunnel-restarted", "n1's VXLAN device went down and up: routes and neighbours are gone",
             (("across", PODS_ACROSS),), mutations=(("n1", "ip link set dev flannel.1 down"),
                                                    ("n1", "ip link set dev flannel.1 up"))),
    Scenario("tunnel-rejected", "n2 rejects VXLAN packets", (("across", PODS_ACROSS),),
             mutations=(("n2", "iptables -I INPUT -p udp --dport 8472 -j REJECT"),)),
)
