"""AF_PACKET sockets in all namespaces: every frame that a device received or sent, in the kernel's order.

A frame that was received keeps the time of its arrival while it climbs from device to device, so times
within a namespace may run backwards; the order in one socket never does. Merged is therefore by the latest
time that a socket has shown so far. All namespaces are best served by one processor: then no two things
happen at once.
"""
import socket
import struct
import time

from kernel_conformance import packets

ETH_P_ALL = 0x0003
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
OTHER_HOST, OUTGOING = 3, 4
ARPHRD_ETHER, ARPHRD_LOOPBACK = 1, 772
BUFFER = 16 << 20


class Frame:
    """A frame seen at a device."""

    def __init__(self, when, where, address, data):
        self.when, self.where = when, where
        self.device, self.kind, hardware = address[0], address[2], address[3]
        self.has_ethernet = hardware in (ARPHRD_ETHER, ARPHRD_LOOPBACK)
        self.at = f"{where}:{self.device}"
        self.direction = "out" if self.kind == OUTGOING else "in"
        self.data = data


class Capture:
    """Reads what devices see. Sockets are kept for the life of the capture.

    The kernel starts to note times a little after somebody has asked for them, and stops when nobody does. A
    frame without a time gets that of its reading: then `in_order` is false."""

    asking = None

    def __init__(self, namespaces):
        if Capture.asking is None:  # for the life of the process
            Capture.asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            Capture.asking.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.sockets, self.in_order = {}, True
        for namespace in namespaces:
            one = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            one.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
            one.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            one.setblocking(False)
            self.sockets[namespace.name] = one

    def drain(self):
        """All frames since the last time, in order."""
        frames, started = [], time.time_ns()
        for name, one in self.sockets.items():
            latest = 0
            while True:
                try:
                    data, control, _, address = one.recvmsg(0x10000 + packets.ETHERNET, 64)
                except BlockingIOError:
                    break
                except OSError:  # a device went down: there may be more
                    continue
                if address[2] == OUTGOING and address[3] == ARPHRD_LOOPBACK:
                    continue  # it comes again at once, as received
                seconds, nanoseconds = struct.unpack("qq", control[0][2][:16])
                latest = max(latest, seconds * 1_000_000_000 + nanoseconds)
                frames.append(Frame(latest, name, address, data))
        self.in_order = all(frame.when < started for frame in frames)
        frames.sort(key=lambda frame: frame.when)
        return frames

    def close(self):
        for one in self.sockets.values():
            one.close()


def _hop(frame, seen):
    hop = {"at": frame.at, "dir": frame.direction, "pkt": packets.text(seen.packet)}
    if seen.l2:
        hop["l2"] = seen.l2
    if seen.encap:
        hop["encap"] = seen.encap
    return hop


def observations(frames, token, is_tcp, bridge_ports):
    """The part of an outcome that devices saw. `bridge_ports`: their places, as "n1:vethp1"."""
    made = {"path": [], "reply_path": [], "icmp_path": [], "icmp_errors": [], "arp": []}
    trails = {"request": "path", "reply": "reply_path", "error": "icmp_path"}
    others, told = [], set()
    for frame in frames:
        arp = packets.arp_text(frame.data) if frame.has_ethernet else None
        if arp:
            made["arp"].append(f"{frame.at} {frame.direction} {arp}")
        seen = packets.look(frame.data, frame.has_ethernet)
        trail = packets.trail(seen.packet, token, is_tcp) if seen else None
        if trail is None:
            continue
        if frame.kind == OTHER_HOST and frame.at not in bridge_ports:
            if trail == "request" and frame.at not in others:
                others.append(frame.at)
            continue
        made[trails[trail]].append(_hop(frame, seen))
        message = packets.error_text(seen.packet) if trail == "error" else None
        if message and frame.direction == "out" and message not in told:
            told.add(message)
            made["icmp_errors"].append({"from_ns": frame.where, "msg": message})
    if others:
        made["seen_by_other_hosts"] = others
    made["last_seen"] = f"{made['path'][-1]['at']} {made['path'][-1]['dir']}" if made["path"] else None
    return made
