"""One probe in a cluster: sent, observed, and told as the recordings tell it."""
from kernel_conformance import capture
from kernel_conformance.client import Client

QUIET = 0.2      # seconds without a frame: longer than the 0.1 s between two ARP requests
LONGEST = 4.0
ATTEMPTS = 3
ECHO_REPLIES = "OutEchoReps"


def token_of(probe, number):
    if probe["kind"] == "raw frame":
        return probe["inject"]["token"].encode()
    return f"PLIM{number:06d}".encode()


def sport_of(probe, number):
    return 41000 if probe["kind"] == "raw frame" else probe.get("sport", 40000 + number)


def _echoes(cluster):
    """How many echo requests each namespace's kernel has answered."""
    counts = {}
    for name, space in cluster.spaces.items():
        rows = [line.split() for line in space.read("/proc/thread-self/net/snmp").splitlines()
                if line.startswith("Icmp:")]
        counts[name] = int(rows[1][rows[0].index(ECHO_REPLIES)])
    return counts


def _echo_deliveries(before, after, path):
    """Kernels do not say what they answered: it is what was last seen to come in there."""
    made = []
    for name in sorted(after):
        came = [hop["pkt"] for hop in path if hop["dir"] == "in" and hop["at"].startswith(name + ":")]
        if after[name] > before[name] and came:
            made.append({"to": name, "pkt": came[-1]})
    return made


def _deliveries(received, sport, is_frame):
    made = [{**{key: value for key, value in one.items() if key != "sport"},
             "sport_kept": is_frame or one["sport"] == sport} for one in received]
    return sorted(made, key=lambda one: one["to"])


def run(cluster, probe, number, repeatable=True):
    """Sends the probe and waits until nothing moves any more. Returns the outcome.

    If the order of frames was lost, a probe that may be repeated is."""
    for attempt in range(ATTEMPTS if repeatable else 1):
        if attempt:
            cluster.flush()
        outcome = _run(cluster, probe, number)
        if cluster.capture.in_order:
            break
    return outcome


def _run(cluster, probe, number):
    kind, token, sport = probe["kind"], token_of(probe, number), sport_of(probe, number)
    cluster.capture.drain()
    cluster.listeners.start(token)
    before = _echoes(cluster) if kind == "icmp" else None
    client = Client(cluster.loop, cluster.spaces[probe["src"]], probe, sport, token)
    try:
        client.send()
        cluster.loop.run(QUIET, probe.get("maxwait", LONGEST))
        frames = cluster.capture.drain()
        seen = capture.observations(frames, token, kind == "tcp", cluster.bridge_ports())
        if kind == "icmp":
            delivered = _echo_deliveries(before, _echoes(cluster), seen["path"])
        else:
            received = cluster.listeners.connections if kind == "tcp" else cluster.listeners.datagrams
            delivered = _deliveries(received, sport, kind == "raw frame")
    finally:
        client.close()
        cluster.listeners.reset_connections()
    cluster.touched |= {frame.where for frame in frames} | {probe["src"]}
    outcome = {"verdict": "delivered" if delivered else "not_delivered", "delivered": delivered,
               "reply": client.reply, "sender_error": client.error}
    if kind == "tcp":
        outcome["tcp"] = client.tcp
    return {**outcome, "sport": sport, **seen, "drops": []}
