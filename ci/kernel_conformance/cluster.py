"""A cluster in namespaces: its tables, its programs, and the state that packets leave behind."""
import os
import shlex
import socket
import struct

from kernel_conformance import build, capture, programs, tables
from kernel_conformance.namespaces import Refused

NETLINK_NETFILTER = 12
CT_DELETE = 0x0102  # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE
REQUEST_ACK = 0x0005


class Cluster:
    """Built afresh; close() ends it. `wanted`: {name: table}, with "_flanneld" where the udp backend runs."""

    def __init__(self, topology, wanted, tool, further_listeners=None):
        self.topology, self.tool = topology, tool
        relays = dict(wanted.get("_flanneld", {}))
        wanted = {name: table for name, table in wanted.items() if name != "_flanneld"}
        builder = build.Builder(topology["wires"], wanted, relays, tool)
        self.spaces, self.loop, self.relays = builder.spaces, programs.Loop(), {}
        try:
            builder.build()
            for name, relay in relays.items():
                self.relays[name] = self._relay(name, wanted[name], relay, builder.tuns[name])
            further = further_listeners or {}
            ports = {name: programs.ports_of(topology, name, further.get(name, ())) for name in self.spaces}
            self.listeners = programs.Listeners(self.loop, self.spaces.values(), ports)
            self.capture = capture.Capture(self.spaces.values())
            for one in self.capture.sockets.values():
                self.loop.watch(one)
            self.tables = {}
            self.touched = set(self.spaces)
            self.flush()
            self.read_tables()
        except BaseException:
            self.close()
            raise

    def _relay(self, name, table, relay, tun):
        address = next((one["local"] for one in table["addrs"] if one["ifname"] == relay["tun"]), "0.0.0.0")
        mtu = next((one["mtu"] for one in table["links"] if one["ifname"] == relay["tun"]), 1472)
        return programs.Flanneld(self.loop, self.spaces[name], tun, relay, address, mtu)

    def read_tables(self):
        """The tables as they are, also in `tables`."""
        self.tables = {name: tables.read(space, self.tool) for name, space in self.spaces.items()}
        return self.tables

    def relay_tables(self):
        return {name: relay.table() for name, relay in sorted(self.relays.items())}

    def bridge_ports(self):
        return set().union(*(tables.bridge_ports(name, table) for name, table in self.tables.items()))

    def mutate(self, where, command):
        """Runs a command in a namespace, or with "@n1" one of flanneld's there: "flanneld set 10.244.2.0/24
        ADDRESS". A command that starts with "?" may fail."""
        may_fail, command = command.startswith("?"), command.lstrip("?")
        words = shlex.split(command)
        if where.startswith("@"):
            if words[0] != "flanneld" or where[1:] not in self.relays:
                raise Refused(f"{where}: {command}: there is no such program")
            return self.relays[where[1:]].change(words[1:])
        space = self.spaces[where]
        if words[0] == "sysctl":
            name, value = words[-1].split("=", 1)
            path = name.removeprefix("net/") if "/" in name else name.removeprefix("net.").replace(".", "/")
            return space.write_all({path: value})
        if words[0] == "conntrack":
            return flush_conntrack(space)
        if words[0] in ("iptables", "iptables-legacy", "iptables-nft"):
            words[0:1] = [self.tool, "-w"]
        try:
            space.run(*words)
        except Refused:
            if not may_fail:
                raise
        return None

    def flush(self):
        """Forgets what packets have left: neighbours, learned MAC addresses, flows, path MTUs, lists."""
        for name in sorted(self.touched):
            space = self.spaces[name]
            bridges = [link for link in tables.links(space) if link.get("kind") in ("bridge", "vxlan")]
            space.batch("ip", ["neigh flush all"] + [f"link set dev {link['ifname']} type bridge fdb_flush"
                                                    for link in bridges if link["kind"] == "bridge"])
            for link in bridges:
                if link["kind"] == "vxlan" and link["info"].get("learning"):
                    space.run("bridge", "fdb", "flush", "dev", link["ifname"], "dynamic", check=False)
            space.write_all({"ipv4/route/flush": 1})
            if space.read("/proc/sys/net/netfilter/nf_conntrack_count").strip() not in ("", "0"):
                flush_conntrack(space)
            forget_recent(space)
        self.touched = set()

    def conntrack(self):
        """Of each node, the flows it knows, as conntrack -L prints them."""
        kinds = self.topology.get("namespaces", {})
        return {name: conntrack_lines(space) for name, space in self.spaces.items()
                if kinds.get(name, "").startswith("node")}

    def close(self):
        for name in ("capture", "listeners"):
            if hasattr(self, name):
                getattr(self, name).close()
        for relay in self.relays.values():
            relay.close()
        self.loop.close()
        for space in self.spaces.values():
            space.close()


def flush_conntrack(space):
    """Deletes all flows (ctnetlink: a deletion without attributes)."""
    one = space.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    body = struct.pack("BBH", socket.AF_UNSPEC, 0, 0)
    one.send(struct.pack("IHHII", 16 + len(body), CT_DELETE, REQUEST_ACK, 1, 0) + body)
    one.recv(4096)
    one.close()


def forget_recent(space):
    """Empties the lists of -m recent."""
    with space.entered():
        try:
            names = os.listdir("/proc/thread-self/net/xt_recent")
        except FileNotFoundError:
            return
        for name in names:
            with open("/proc/thread-self/net/xt_recent/" + name, "w", encoding="ascii") as file:
                file.write("/\n")


def conntrack_lines(space):
    """/proc/net/nf_conntrack without its first columns, timeouts and zones."""
    lines = []
    for line in space.read("/proc/thread-self/net/nf_conntrack").splitlines():
        words = line.split()
        if words[0] == "ipv4":
            words = [word for word in words[2:] if not word.startswith("zone=")]
            lines.append(" ".join([words[0], words[1], "*", *words[3:]]))
    return sorted(lines)
