"""The rules of a node: what flannel and kube-proxy hand to iptables-restore.

Source: flannel, pkg/trafficmngr/iptables/iptables.go (masquerade and forward rules); Kubernetes,
pkg/proxy/iptables/proxier.go, as it is since 1.26 (syncProxyRules, servicePortChainName).
"""
import base64
import hashlib
from dataclasses import dataclass

CLUSTER = "10.244.0.0/16"
MARK = "0x4000/0x4000"


@dataclass(frozen=True)
class Service:
    """A ClusterIP with a NodePort, the same for UDP and TCP; endpoints are "10.244.1.3:8080"."""

    name: str
    cluster_ip: str
    node_port: int
    endpoints: tuple
    port: int = 80


def chain(prefix, *parts):
    """KUBE-SVC- and the first 16 letters of a hash: names of chains are at most 28 letters long."""
    digest = hashlib.sha256("".join(parts).encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:16]


def _comment(text):
    return f'-m comment --comment "{text}"'


def _masquerade(subnet):
    """What leaves the cluster gets the node's address; what stays inside keeps its own."""
    note = _comment("flanneld masq")
    return [
        f"-A POSTROUTING {note} -j FLANNEL-POSTRTG",
        f"-A FLANNEL-POSTRTG -m mark --mark {MARK} {note} -j RETURN",
        f"-A FLANNEL-POSTRTG -s {subnet} -d {CLUSTER} {note} -j RETURN",
        f"-A FLANNEL-POSTRTG -s {CLUSTER} -d {subnet} {note} -j RETURN",
        f"-A FLANNEL-POSTRTG ! -s {CLUSTER} -d {subnet} {note} -j RETURN",
        f"-A FLANNEL-POSTRTG -s {CLUSTER} ! -d 224.0.0.0/4 {note} -j MASQUERADE",
        f"-A FLANNEL-POSTRTG ! -s {CLUSTER} -d {CLUSTER} {note} -j MASQUERADE",
    ]


def _endpoint(service, protocol, endpoint):
    name = f"default/{service.name}:http-{protocol}"
    own = chain("KUBE-SEP-", name, protocol, endpoint)
    return own, [
        f"-A {own} -s {endpoint.split(':')[0]}/32 {_comment(name)} -j KUBE-MARK-MASQ",
        f"-A {own} -p {protocol} {_comment(name)} -m {protocol} -j DNAT --to-destination {endpoint}",
    ]


def _service(service, protocol):
    """The chains of one port of a service, and its rules in the nat table."""
    name = f"default/{service.name}:http-{protocol}"
    cluster = chain("KUBE-SVC-", name, protocol)
    external = chain("KUBE-EXT-", name, protocol)
    port = f"-m {protocol} --dport {service.port}"
    chains, rules = [cluster, external], [
        f"-A KUBE-SERVICES -d {service.cluster_ip}/32 -p {protocol} {_comment(name + ' cluster IP')} {port} "
        f"-j {cluster}",
        f"-A KUBE-NODEPORTS -p {protocol} {_comment(name)} -m {protocol} --dport {service.node_port} "
        f"-j {external}",
        f"-A {external} {_comment(f'masquerade traffic for {name} external destinations')} "
        "-j KUBE-MARK-MASQ",
        f"-A {external} -j {cluster}",
        f"-A {cluster} ! -s {CLUSTER} -d {service.cluster_ip}/32 -p {protocol} "
        f"{_comment(name + ' cluster IP')} {port} -j KUBE-MARK-MASQ",
    ]
    for number, endpoint in enumerate(service.endpoints):
        left = len(service.endpoints) - number
        chance = f"-m statistic --mode random --probability {1 / left:.11f} " if left > 1 else ""
        own, more = _endpoint(service, protocol, endpoint)
        chains.append(own)
        rules.append(f"-A {cluster} {_comment(f'{name} -> {endpoint}')} {chance}-j {own}")
        rules += more
    return chains, rules


def _without_endpoints(service, protocol):
    """Rules of the filter table: whoever asks is told at once."""
    note = _comment(f"default/{service.name}:http-{protocol} has no endpoints")
    reject = "-j REJECT --reject-with icmp-port-unreachable"
    return [
        f"-A KUBE-SERVICES -d {service.cluster_ip}/32 -p {protocol} {note} -m {protocol} "
        f"--dport {service.port} {reject}",
        f"-A KUBE-EXTERNAL-SERVICES -p {protocol} {note} -m addrtype --dst-type LOCAL -m {protocol} "
        f"--dport {service.node_port} {reject}",
    ]


def _table(name, policies, chains, rules):
    return [f"*{name}", *(f":{one} {policies.get(one, 'ACCEPT')} [0:0]" for one in policies),
            *(f":{one} - [0:0]" for one in chains), *rules, "COMMIT"]


def _filter(services, options):
    new = "-m conntrack --ctstate NEW"
    portals, visible = _comment("kubernetes service portals"), _comment(
        "kubernetes externally-visible service portals")
    rules = [
        f"-A INPUT {new} {visible} -j KUBE-EXTERNAL-SERVICES",
        "-A INPUT -j KUBE-FIREWALL",
        f"-A FORWARD {_comment('kubernetes forwarding rules')} -j KUBE-FORWARD",
        f"-A FORWARD {new} {portals} -j KUBE-SERVICES",
        f"-A FORWARD {new} {visible} -j KUBE-EXTERNAL-SERVICES",
        f"-A OUTPUT {new} {portals} -j KUBE-SERVICES",
        "-A OUTPUT -j KUBE-FIREWALL",
        f"-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 {_comment('block incoming localnet connections')} "
        "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
        "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP",
        f"-A KUBE-FORWARD {_comment('kubernetes forwarding rules')} -m mark --mark {MARK} -j ACCEPT",
        f"-A KUBE-FORWARD {_comment('kubernetes forwarding conntrack rule')} -m conntrack "
        "--ctstate RELATED,ESTABLISHED -j ACCEPT",
    ]
    if options.flannel_forward:
        note = _comment("flanneld forward")
        rules += [f"-A FORWARD {note} -j FLANNEL-FWD", f"-A FLANNEL-FWD -s {CLUSTER} {note} -j ACCEPT",
                  f"-A FLANNEL-FWD -d {CLUSTER} {note} -j ACCEPT"]
    for service in services:
        if not service.endpoints:
            rules += [rule for protocol in ("udp", "tcp") for rule in _without_endpoints(service, protocol)]
    policies = {"INPUT": "ACCEPT", "FORWARD": options.forward_policy, "OUTPUT": "ACCEPT"}
    chains = ["FLANNEL-FWD", "KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL", "KUBE-FORWARD", "KUBE-SERVICES"]
    return _table("filter", policies, chains, rules)


def _nat(services, subnet, options):
    portals = _comment("kubernetes service portals")
    rules = [f"-A PREROUTING {portals} -j KUBE-SERVICES", f"-A OUTPUT {portals} -j KUBE-SERVICES"]
    if options.service_masquerade:
        rules += [
            f"-A POSTROUTING {_comment('kubernetes postrouting rules')} -j KUBE-POSTROUTING",
            f"-A KUBE-POSTROUTING -m mark ! --mark {MARK} -j RETURN",
            "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
            f"-A KUBE-POSTROUTING {_comment('kubernetes service traffic requiring SNAT')} -j MASQUERADE",
        ]
    rules.append("-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000")
    rules += _masquerade(subnet) if options.flannel_masquerade else []
    chains = ["FLANNEL-POSTRTG", "KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-SERVICES"]
    for service in services:
        for protocol in ("udp", "tcp") if service.endpoints else ():
            more_chains, more = _service(service, protocol)
            chains, rules = chains + more_chains, rules + more
    last = _comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain")
    rules.append(f"-A KUBE-SERVICES {last} -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS")
    policies = {name: "ACCEPT" for name in ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")}
    return _table("nat", policies, chains, rules)


def rules(services, subnet, options):
    """Lines for iptables-restore, for the node that has this subnet."""
    return _filter(services, options) + _nat(services, subnet, options)
