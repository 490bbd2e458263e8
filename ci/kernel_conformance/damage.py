"""Scenarios with tables damaged at random: the same for the same seed, on every machine."""
import random

from kernel_conformance.founding import NODES, PODS, SERVICES, Options
from kernel_conformance.scenarios import Scenario

PROBES = 6
SIZES = (64, 64, 64, 1400, 1450, 1451, 1472, 1500, 2000)
TTLS = (64, 64, 64, 64, 1, 2, 3, 4, 5)


def _options(draw):
    return Options(mode=draw.choice(("vxlan", "vxlan", "hostgw", "udp")), bridge_nf=draw.choice((1, 1, 0)),
                   hairpin=draw.choice((True, True, False)), rp_filter=draw.choice((0, 0, 1, 2)),
                   pod_mtu=draw.choice((0, 0, 1400)), flannel_masquerade=draw.choice((True, False)),
                   flannel_forward=draw.choice((True, False)),
                   service_masquerade=draw.choice((True, True, False)),
                   forward_policy=draw.choice(("ACCEPT", "DROP")))


def _routes(draw, m, via, device):
    k = draw.choice(NODES)
    hop = (f"via {via(k)}" if via else "") + f" dev {device}" + (" onlink" if device == "flannel.1" else "")
    return draw.choice((
        f"ip route del 10.244.{m}.0/24", f"ip route replace 10.244.{m}.0/24 {hop}",
        f"ip route add 10.244.{m}.{draw.choice(PODS) + 1}/32 {hop}",
        f"ip route replace {draw.choice(('unreachable', 'blackhole', 'prohibit'))} 10.244.{m}.0/24",
        "ip route del default"))


def _vxlan(draw, m):
    k, mac = draw.choice(NODES), f"06:00:00:f1:00:{m:02x}"
    return draw.choice((
        f"ip neigh del 10.244.{m}.0 dev flannel.1",
        f"ip neigh replace 10.244.{m}.0 lladdr 06:00:00:f1:00:{k:02x} dev flannel.1 nud permanent",
        f"bridge fdb del {mac} dev flannel.1 dst 192.168.50.{10 + m} self",
        f"bridge fdb replace {mac} dev flannel.1 dst 192.168.50.{draw.choice((11, 12, 13, 100, 77))} self "
        "permanent",
        f"bridge fdb append 00:00:00:00:00:00 dev flannel.1 dst 192.168.50.{10 + k} self permanent"))


def _device(draw, n, port):
    return draw.choice((
        f"bridge link set dev {port} hairpin {draw.choice(('on', 'off'))}",
        f"bridge link set dev {port} isolated on", f"ip link set dev {port} down",
        f"ip link set dev eth0 mtu {draw.choice((1400, 1450))}", "ip addr flush dev cni0",
        f"ip neigh replace 10.244.{n}.{draw.choice(PODS) + 1} lladdr 0a:58:0a:f4:{n:02x}:"
        f"{draw.choice(PODS) + 1:02x} dev cni0 nud permanent"))


def _rules(draw, n):
    pod = f"10.244.{draw.choice(NODES)}.{draw.choice(PODS) + 1}"
    return draw.choice((
        f"iptables -I FORWARD -d {pod} -j {draw.choice(('DROP', 'REJECT'))}",
        f"iptables -I INPUT -p udp --dport {draw.choice((8472, 8285))} -j {draw.choice(('DROP', 'REJECT'))}",
        f"iptables -t nat -I POSTROUTING -s {pod} -j {draw.choice(('RETURN', 'MASQUERADE'))}",
        f"iptables -t nat -I PREROUTING -p udp -d {pod} --dport 8080 -j DNAT --to-destination "
        f"10.244.{n}.{draw.choice(PODS) + 1}:8080",
        "iptables -P FORWARD DROP", "iptables -t nat -F KUBE-POSTROUTING"))


def _sysctl(draw):
    device = draw.choice(("all", "cni0", "eth0"))
    return draw.choice(("sysctl net.ipv4.ip_forward=0", "sysctl net.bridge.bridge-nf-call-iptables=0",
                        f"sysctl net.ipv4.conf.{device}.rp_filter={draw.choice((0, 1, 2))}"))


def _mutation(draw, mode):
    """One command; "?": on a cluster that is damaged already it may fail."""
    n = draw.choice(NODES)
    m = draw.choice([other for other in NODES if other != n])
    kind = draw.choice(("route", "tunnel", "device", "rules", "sysctl"))
    if kind == "tunnel" and mode == "udp":
        return (f"@n{n}", f"flanneld {draw.choice(('set', 'del'))} 10.244.{m}.0/24 "
                          f"192.168.50.{10 + draw.choice(NODES)}")
    if kind == "tunnel" and mode == "vxlan":
        command = _vxlan(draw, m)
    elif kind == "device":
        command = _device(draw, n, f"vethp{draw.choice(PODS)}")
    elif kind == "rules":
        command = _rules(draw, n)
    elif kind == "sysctl":
        command = _sysctl(draw)
    else:
        via, device = {"vxlan": (lambda k: f"10.244.{k}.0", "flannel.1"), "udp": (None, "flannel0"),
                       "hostgw": (lambda k: f"192.168.50.{10 + k}", "eth0")}[mode]
        command = _routes(draw, m, via, device)
    return (f"n{n}", "?" + command)


def _probe(draw):
    kind = draw.choice(("udp", "udp", "udp", "tcp", "icmp"))
    source = draw.choice([f"n{n}p{p}" for n in NODES for p in PODS] + ["n1", "n2", "cl"])
    service, node = draw.choice(SERVICES), 10 + draw.choice(NODES)
    pod = (f"10.244.{draw.choice(NODES)}.{draw.choice((*PODS, *PODS, *PODS, 98)) + 1}", 8080)
    target = draw.choice((pod, pod, (service.cluster_ip, 80), (f"192.168.50.{node}", service.node_port),
                          ("192.168.50.100", 9999)))
    probe = {"kind": kind, "src": source, "dst": target[0], "dport": target[1], "ttl": draw.choice(TTLS)}
    if kind == "udp":
        probe.update(size=draw.choice(SIZES), df=draw.choice(("dont", "dont", "probe")))
    return probe


def scenarios(count, seed):
    """`count` scenarios of PROBES probes each."""
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        options = _options(draw)
        mutations = tuple(_mutation(draw, options.mode) for _ in range(draw.choice((1, 1, 2, 3, 4))))
        probes = tuple((f"p{k}", _probe(draw)) for k in range(PROBES))
        yield Scenario(f"random-{seed}-{number:03d}", "damaged at random", probes, options, mutations)
