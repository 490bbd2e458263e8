"""The client of a probe: it sends one packet, or asks for one connection, and tells what it hears."""
import errno
import socket
import struct

from kernel_conformance import programs

IP_MTU_DISCOVER, IP_RECVERR, IP_RECVTTL, MSG_ERRQUEUE = 10, 11, 12, 0x2000
ORIGIN_LOCAL, ORIGIN_ICMP = 1, 2
PATH_MTU = {"dont": 0, "want": 1, "probe": 3}  # IP_PMTUDISC_DONT, _WANT, _PROBE
ECHO_REQUEST, ECHO_REPLY = 8, 0
HEADERS = 28  # of IP, and of UDP or ICMP


def name_of(number):
    return errno.errorcode.get(number, str(number))


def payload(token, size):
    """The token and "Q", over and over: `size` is that of the whole packet."""
    length = size - HEADERS
    return ((token + b"Q") * (length // (len(token) + 1) + 1))[:length]


class Client:
    """Sends a probe in `space`; after the loop has run, `reply`, `error` and `tcp` say what came of it."""

    def __init__(self, loop, space, probe, sport, token):
        self.loop, self.space, self.probe, self.sport, self.token = loop, space, probe, sport, token
        self.reply, self.error, self.tcp, self.socket = None, None, None, None
        self.destination = (probe.get("dst"), probe.get("dport", 8080))

    def send(self):
        kind = self.probe["kind"]
        if kind == "raw frame":
            return self._send_frame()
        self._open(kind)
        if kind == "tcp":
            return self._connect()
        size, data = self.probe.get("size", 64), None
        data = payload(self.token, size)
        if kind == "icmp":
            data = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, 0, 1) + data
        try:
            self.socket.sendto(data, self.destination)
        except OSError as failure:
            self.error = {"errno": name_of(failure.errno), "at": "sendto"}
            self._read_errors()
        return None

    def _open(self, kind):
        family = {"udp": (socket.SOCK_DGRAM, 0), "icmp": (socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
                  "tcp": (socket.SOCK_STREAM, 0)}[kind]
        one = self.socket = self.space.socket(socket.AF_INET, *family)
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, self.probe.get("ttl", 64))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind != "tcp":
            one.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
            one.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            one.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER,
                           PATH_MTU[self.probe.get("df", "dont")])
        one.bind((self.probe.get("bind", ""), self.sport))
        if kind != "tcp":
            self.loop.add(one, self.space.name, self._ready)

    def _connect(self):
        result = self.socket.connect_ex(self.destination)
        if result in (0, errno.EINPROGRESS):
            self.tcp = "timeout"
            self.loop.add(self.socket, self.space.name, self._connected)
            self.loop.poll.modify(self.socket.fileno(), 4)  # EPOLLOUT
        else:
            self.tcp = name_of(result)

    def _connected(self):
        result = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.tcp = name_of(result) if result else "connected"
        self.loop.remove(self.socket)

    def _send_frame(self):
        inject = self.probe["inject"]
        with self.space.entered():
            one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            one.bind((inject["ifname"], 0))
        one.send(bytes.fromhex(inject["frame_hex"]))
        one.close()

    def _ready(self):
        self._read_errors()
        try:
            data, control, _, sender = self.socket.recvmsg(0x10000, 128)
        except OSError:
            return
        ttl = next((struct.unpack("i", value)[0] for _, kind, value in control if kind == socket.IP_TTL), 0)
        reply = {"src": sender[0], "ttl": ttl}
        if self.probe["kind"] == "udp":
            head = self.token + b"R"
            if not data.startswith(head):
                return
            reply["by"] = data[len(head):].split(b"|")[0].decode()
        elif data[:1] != bytes([ECHO_REPLY]):
            return
        reply["from_expected"] = sender[0] == self.probe["dst"]
        self.reply = reply

    def _read_errors(self):
        while True:
            try:
                _, control, _, _ = self.socket.recvmsg(0x10000, 512, MSG_ERRQUEUE)
            except OSError:
                return
            for level, kind, value in control:
                if (level, kind) == (socket.IPPROTO_IP, IP_RECVERR):
                    self._note(value)

    def _note(self, value):
        number, origin, kind, code, _, information, _ = struct.unpack_from("IBBBBII", value)
        known = self.error is not None and self.error.get("at") != "sendto"
        if known or origin not in (ORIGIN_LOCAL, ORIGIN_ICMP):
            return
        self.error = {"errno": name_of(number)}
        if origin == ORIGIN_LOCAL:
            self.error.update(origin="local", mtu=information)
            return
        self.error.update(origin="icmp", icmp=f"{kind}/{code}", offender=socket.inet_ntoa(value[20:24]))
        if number == errno.EMSGSIZE:
            self.error["mtu"] = information

    def close(self):
        """A connection is reset: nothing of it is left for the next probe."""
        if self.socket is None:
            return
        if self.socket.fileno() in self.loop.handlers:
            self.loop.remove(self.socket)
        if self.probe["kind"] == "tcp":
            programs.reset([self.socket])
        else:
            self.socket.close()
