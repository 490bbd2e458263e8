"""The programs of a cluster: listeners that answer with a quote of the request, and flanneld's udp backend.

All run in this process, one loop; sockets that are ready at the same time are asked in order of namespace.
"""
import fcntl
import os
import re
import select
import socket
import struct
import time

UDP_BACKEND_PORT = 8285
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
IP_PKTINFO, IP_MTU_DISCOVER, IP_RECVTTL = 8, 10, 12
ANSWER_MAX = 64


class Loop:
    """Calls whoever's socket is ready, and knows when something last happened."""

    def __init__(self):
        self.poll = select.epoll()
        self.handlers = {}

    def add(self, file, order, handler):
        self.handlers[file.fileno()] = (order, handler)
        self.poll.register(file.fileno(), select.EPOLLIN)

    def watch(self, file):
        """Counts as something happening when more comes, and is not read."""
        self.poll.register(file.fileno(), select.EPOLLIN | select.EPOLLET)

    def remove(self, file):
        self.handlers.pop(file.fileno(), None)
        self.poll.unregister(file.fileno())

    def run(self, quiet, longest):
        """Until nothing has happened for `quiet` seconds; at most `longest`."""
        end = time.monotonic() + longest
        while time.monotonic() < end:
            ready = self.poll.poll(quiet)
            if not ready:
                return
            called = sorted((self.handlers[fd] for fd, _ in ready if fd in self.handlers),
                            key=lambda one: one[0])
            for _, handler in called:
                handler()

    def close(self):
        self.poll.close()


class Listeners:
    """What the listeners of a cluster received: `datagrams` and `connections`."""

    def __init__(self, loop, namespaces, ports):
        """`ports`: {name: (UDP ports, TCP ports)}."""
        self.loop, self.datagrams, self.connections, self.accepted, self.sockets = loop, [], [], [], []
        self.token = b""
        for namespace in sorted(namespaces, key=lambda one: one.name):
            udp, tcp = ports.get(namespace.name, ((), ()))
            for port in udp:
                self._listen(namespace, socket.SOCK_DGRAM, port, self._datagram)
            for port in tcp:
                self._listen(namespace, socket.SOCK_STREAM, port, self._connection)

    def _listen(self, namespace, kind, port, handler):
        one = namespace.socket(socket.AF_INET, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setblocking(False)
        if kind == socket.SOCK_DGRAM:
            one.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            one.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, 0)  # answers may be fragmented
            one.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        one.bind(("", port))
        if kind == socket.SOCK_STREAM:
            one.listen(16)
        self.sockets.append(one)
        self.loop.add(one, namespace.name, lambda: handler(namespace.name, one))

    def start(self, token):
        self.token, self.datagrams, self.connections = token, [], []

    def _datagram(self, name, one):
        try:
            data, control, _, sender = one.recvmsg(0x10000, 128)
        except OSError:  # an ICMP error about an answer
            return
        if self.token not in data:
            return
        values = {kind: value for _, kind, value in control}
        _, own, destination = struct.unpack("i4s4s", values[IP_PKTINFO])
        ttl = struct.unpack("i", values[socket.IP_TTL])[0]
        self.datagrams.append({"to": name, "src": sender[0], "dst": socket.inet_ntoa(destination),
                               "ttl": ttl, "sport": sender[1]})
        answer = self.token + b"R" + name.encode() + b"|"
        answer = answer.ljust(min(len(data), ANSWER_MAX), b"x")
        source = struct.pack("i4s4s", 0, own, bytes(4))  # answered from the address that was asked
        try:
            one.sendmsg([answer], [(socket.IPPROTO_IP, IP_PKTINFO, source)], 0, sender)
        except OSError:
            pass  # no route back: the client learns nothing

    def _connection(self, name, one):
        try:
            accepted, peer = one.accept()
        except OSError:
            return
        self.connections.append({"to": name, "src": peer[0], "dst": accepted.getsockname()[0],
                                 "sport": peer[1]})
        self.accepted.append(accepted)

    def reset_connections(self):
        reset(self.accepted)
        self.accepted = []

    def close(self):
        for one in self.sockets + self.accepted:
            one.close()


def reset(connections):
    """Ends connections without waiting for anybody."""
    for one in connections:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()


def open_tun(namespace, name):
    """A TUN device, which is there as long as the file is open."""
    with namespace.entered():
        tun = open("/dev/net/tun", "r+b", buffering=0)
        fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    os.set_blocking(tun.fileno(), False)
    return tun


def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Flanneld:
    """The packet mover of flannel's udp backend, as proxy_amd64.c: the first route that matches wins and
    changes places with the first; the TTL falls at both ends; whoever takes it to 0 says nothing."""

    def __init__(self, loop, namespace, tun, relay, tun_address, tun_mtu):
        self.tun, self.tun_address, self.tun_mtu = tun, tun_address, tun_mtu
        self.routes = [list(route) for route in relay["routes"]]
        self.socket = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.listen = relay["listen"]
        self.socket.bind(tuple(self.listen))
        self.device = relay["tun"]
        loop.add(self.tun, namespace.name, self._from_tun)
        loop.add(self.socket, namespace.name, self._from_socket)

    def table(self):
        return {"listen": list(self.listen), "tun": self.device, "routes": [list(one) for one in self.routes]}

    def change(self, words):
        """"set PREFIX NODE", "del PREFIX", or "reset PREFIX=NODE...": what flanneld's routes become."""
        if words[0] == "reset":
            self.routes = [one.split("=") for one in words[1:]]
            return
        known = next((number for number, one in enumerate(self.routes) if one[0] == words[1]), None)
        if words[0] == "set" and known is not None:
            self.routes[known][1] = words[2]
        elif words[0] == "set":
            self.routes.append(words[1:3])
        elif known is not None:
            self.routes[known] = self.routes[-1]
            self.routes.pop()

    def _find(self, destination):
        number = int.from_bytes(destination, "big")
        for place, (prefix, node) in enumerate(self.routes):
            network, length = prefix.split("/")
            mask = 0xFFFFFFFF << (32 - int(length)) & 0xFFFFFFFF
            if number & mask == int.from_bytes(socket.inet_aton(network), "big") & mask:
                self.routes[0], self.routes[place] = self.routes[place], self.routes[0]
                return node
        return None

    @staticmethod
    def _one_less(packet):
        """The packet with its TTL decremented and its header's checksum made anew; None: it is 0."""
        made = bytearray(packet)
        made[8] = (made[8] - 1) & 0xFF
        header = (made[0] & 15) * 4
        made[10:12] = bytes(2)
        made[10:12] = struct.pack("!H", _checksum(bytes(made[:header])))
        return bytes(made) if made[8] else None

    def _net_unreachable(self, packet):
        header = (packet[0] & 15) * 4
        if packet[9] == 1 or header == 60 or struct.unpack_from("!H", packet, 6)[0] & 0x1FFF:
            return
        body = bytearray(struct.pack("!BBHI", 3, 0, 0, 0) + packet[:header + 8].ljust(header + 8, b"\0"))
        body[2:4] = struct.pack("!H", _checksum(bytes(body)))
        answer = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 8, 1, 0,
                                       socket.inet_aton(self.tun_address), packet[12:16]))
        answer[10:12] = struct.pack("!H", _checksum(bytes(answer)))
        self._write(bytes(answer + body))

    def _write(self, packet):
        try:
            os.write(self.tun.fileno(), packet)
        except OSError:
            pass  # cut to the buffer's size: no packet for the kernel

    def _from_tun(self):
        try:
            packet = os.read(self.tun.fileno(), self.tun_mtu)
        except OSError:
            return
        if len(packet) < 20 or packet[0] >> 4 != 4:
            return
        node = self._find(packet[16:20])
        if node is None:
            self._net_unreachable(packet)
            return
        packet = self._one_less(packet)
        if packet:
            try:
                self.socket.sendto(packet, (node, self.listen[1]))
            except OSError:
                pass

    def _from_socket(self):
        try:
            packet = self.socket.recv(self.tun_mtu)
        except OSError:
            return
        packet = self._one_less(packet) if len(packet) >= 20 else None
        if packet:
            self._write(packet)

    def close(self):
        self.socket.close()
        self.tun.close()


def ports_of(topology, name, further=()):
    """UDP and TCP ports that are listened on in a namespace, by what the topology says of it."""
    kind = topology.get("namespaces", {}).get(name, "")
    listeners = topology.get("listeners", {})
    group = "pods" if kind.startswith("pod") else "nodes" if kind.startswith("node") else kind
    ports = [int(word) for word in re.findall(r"\d+", listeners.get(name, listeners.get(group, "")))]
    return (*ports, *further), tuple(ports)
