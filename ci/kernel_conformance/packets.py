"""Frames as AF_PACKET sockets see them, in the words of the recordings.

"10.244.1.2>10.244.2.2 ttl63 udp:40001>8080 len64", the MAC addresses beside it, and what carries it if it is
in a tunnel (VXLAN: RFC 7348; flannel's udp backend: the packet itself is the datagram's content).
"""
import dataclasses
import socket
import struct

ICMP, TCP, UDP = 1, 6, 17
ICMP_ERRORS = (3, 4, 5, 11, 12)
ECHO_REPLY = 0
VXLAN_PORT, UDP_BACKEND_PORT = 8472, 8285
ETHERNET, VXLAN, UDP_HEADER = 14, 8, 8
FLAGS = ((0x01, "F"), (0x02, "S"), (0x04, "R"), (0x08, "P"), (0x10, "A"), (0x20, "U"), (0x40, "E"),
         (0x80, "C"))


@dataclasses.dataclass
class Ipv4:
    """The fields that are shown. `content` is what follows the header; ports are 0 in later fragments."""

    src: str
    dst: str
    ttl: int
    protocol: int
    length: int
    df: bool
    mf: bool
    offset: int
    content: bytes
    sport: int = 0
    dport: int = 0

    @property
    def first(self):
        return self.offset == 0

    def is_icmp_error(self):
        return self.protocol == ICMP and self.first and self.content[:1] and self.content[0] in ICMP_ERRORS


@dataclasses.dataclass
class Seen:
    """The innermost packet of a frame, and what is around it."""

    packet: Ipv4
    l2: str
    encap: str


def ipv4(data):
    """None: no IPv4 packet. What its end lacks is taken for zeros: of a tunnel's fragment."""
    if len(data) < 20 or data[0] >> 4 != 4 or (data[0] & 15) < 5:
        return None
    length, fragment = struct.unpack_from("!H2xH", data, 2)
    header = (data[0] & 15) * 4
    data = data[:length].ljust(length, b"\0")
    packet = Ipv4(socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20]), data[8], data[9], length,
                  bool(fragment & 0x4000), bool(fragment & 0x2000), (fragment & 0x1FFF) * 8, data[header:])
    if packet.first and packet.protocol in (TCP, UDP) and len(packet.content) >= 4:
        packet.sport, packet.dport = struct.unpack_from("!HH", packet.content)
    return packet


def mac(data):
    return ":".join(f"{byte:02x}" for byte in data)


def macs(frame):
    return mac(frame[6:12]) + ">" + mac(frame[0:6])


def _icmp_text(packet):
    if not packet.first or len(packet.content) < 8:
        return "icmp"
    kind, code = packet.content[0], packet.content[1]
    mtu = f" mtu{struct.unpack_from('!H', packet.content, 6)[0]}" if (kind, code) == (3, 4) else ""
    return f"icmp{kind}/{code}{mtu}"


def _transport_text(packet):
    ports = f":{packet.sport}>{packet.dport}" if packet.first else ""
    if packet.protocol == UDP:
        return "udp" + ports
    if packet.protocol == TCP:
        set_flags = "".join(letter for flag, letter in FLAGS if packet.first and packet.content[13] & flag)
        return "tcp" + ports + (f" [{set_flags}]" if packet.first else "")
    return _icmp_text(packet) if packet.protocol == ICMP else f"proto{packet.protocol}"


def _tail(packet):
    fragment = f" frag{packet.offset}{'+' if packet.mf else ''}" if packet.mf or packet.offset else ""
    return f" len{packet.length}{' DF' if packet.df else ''}{fragment}"


def text(packet):
    return f"{packet.src}>{packet.dst} ttl{packet.ttl} {_transport_text(packet)}{_tail(packet)}"


def error_text(packet):
    """An ICMP error without what depends on the place where it is seen."""
    return f"{packet.src}>{packet.dst} {_icmp_text(packet)}"


def _outer_text(outer, kind, vni=""):
    return f"{kind} {outer.src}>{outer.dst} ttl{outer.ttl} dport{outer.dport}{vni}{_tail(outer)}"


def look(frame, has_ethernet):
    """The frame as it is shown; None: no IPv4."""
    if has_ethernet and frame[12:14] != b"\x08\x00":
        return None
    outer = ipv4(frame[ETHERNET:] if has_ethernet else frame)
    if outer is None:
        return None
    plain = Seen(outer, macs(frame) if has_ethernet else "", "")
    if outer.protocol != UDP or not outer.first or outer.dport not in (VXLAN_PORT, UDP_BACKEND_PORT):
        return plain
    content = outer.content[UDP_HEADER:]
    if outer.dport == UDP_BACKEND_PORT:
        inner = ipv4(content)
        return Seen(inner, "", _outer_text(outer, "udp")) if inner else plain
    inner = ipv4(content[VXLAN + ETHERNET:])
    if inner is None or content[VXLAN + 12:VXLAN + 14] != b"\x08\x00":
        return plain
    vni = f" vni{int.from_bytes(content[4:7], 'big')}"
    return Seen(inner, macs(content[VXLAN:]), _outer_text(outer, "vxlan", vni))


def arp_text(frame):
    """ "who-has 10.244.1.1 tell 10.244.1.2", also of ARP in a VXLAN tunnel; None: no ARP."""
    suffix = ""
    if frame[12:14] == b"\x08\x00":
        outer = ipv4(frame[ETHERNET:])
        if outer is None or outer.protocol != UDP or outer.dport != VXLAN_PORT or not outer.first:
            return None
        frame, suffix = outer.content[UDP_HEADER + VXLAN:], " in vxlan"
    if frame[12:14] != b"\x08\x06" or len(frame) < ETHERNET + 28:
        return None
    operation, sender_mac, sender, target = struct.unpack_from("!6xH6s4s6x4s", frame, ETHERNET)
    sender, target = socket.inet_ntoa(sender), socket.inet_ntoa(target)
    if operation == 1:
        return f"who-has {target} tell {sender}{suffix}"
    return f"{sender} is-at {mac(sender_mac)}{suffix}"


def trail(packet, token, is_tcp):
    """What an observation is about: "request", "reply", "error" or None.

    The client's payload is its token and "Q", over and over; a listener answers with the token and "R".
    """
    if packet.is_icmp_error():
        return "error"
    if packet.protocol == TCP:
        if not is_tcp or not packet.first:
            return None
        syn, reset, ack = packet.content[13] & 2, packet.content[13] & 4, packet.content[13] & 16
        if reset or (syn and ack):
            return "reply"
        return "request" if syn else None
    found = packet.content.find(token)
    if found < 0:
        return None
    if packet.protocol == ICMP and packet.first:
        return "reply" if packet.content[0] == ECHO_REPLY else "request"
    return "reply" if packet.content[found + len(token):][:1] == b"R" else "request"
