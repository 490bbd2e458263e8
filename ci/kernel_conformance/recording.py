"""Files of the form plimsoll-kernel-expectations/1: read, and written from what was seen."""
import gzip
import hashlib
import json
import os

FORMAT = "plimsoll-kernel-expectations/1"
NOTES = [
    "Every outcome is what the Linux kernel did, in namespaces made for it.",
    "Neighbours, learned MAC addresses, flows and path MTUs are forgotten before each probe unless "
    "probe.flush is false; conntrack_before is then given.",
    "icmp_ratelimit=0, ARP is repeated every 100 ms, IPv6 is off. drops are not recorded.",
]


class Unreadable(Exception):
    """The file and what is wrong with it."""


def read(path):
    try:
        with open(path, "rb") as file:
            data = file.read()
        document = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (OSError, ValueError, EOFError) as error:
        raise Unreadable(f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Unreadable(f"{path}: its format is not {FORMAT}")
    for key in ("topology", "tables", "ns_tables", "probes"):
        if key not in document:
            raise Unreadable(f"{path}: it has no {key}")
    return document


def network(document, table_id):
    """One set of tables: {name: table}, "_flanneld" included."""
    try:
        return {name: document["ns_tables"][key] for name, key in document["tables"][table_id].items()}
    except KeyError as missing:
        raise Unreadable(f"tables {table_id}: there are no {missing}") from None


def variants(probe):
    """The outcomes that were recorded of a probe; none of a counterexample."""
    if probe.get("outcome"):
        return [probe["outcome"]]
    return [one["outcome"] for one in probe.get("outcomes") or ()]


def _digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


class Writer:
    """Collects what was recorded; equal tables are written once."""

    def __init__(self, topology, rules):
        self.document = {"format": FORMAT, "generator": f"ci/kernel-conformance on {os.uname().release}",
                         "iptables": rules, "rounds": 1, "notes": NOTES, "topology": topology,
                         "scenarios": [], "probes": [], "tables": {}, "ns_tables": {}}

    def scenario(self, name, description, base, mutations):
        self.document["scenarios"].append({"name": name, "description": description, "base": base,
                                           "mutations": mutations, "probes": []})

    def tables(self, found, relays):
        """The id of a set of tables."""
        keys = {}
        for name, table in [*sorted(found.items()), *([("_flanneld", relays)] if relays else [])]:
            key = f"{name}-{_digest(table)[:10]}"
            self.document["ns_tables"][key] = table
            keys[name] = key
        table_id = _digest(keys)[:12]
        self.document["tables"][table_id] = keys
        return table_id

    def probe(self, name, description, table_id, probe, outcome, more):
        identity = f"{self.document['scenarios'][-1]['name']}/{name}"
        self.document["scenarios"][-1]["probes"].append(identity)
        self.document["probes"].append({
            "id": identity, "description": description, "tables": table_id, "probe": probe,
            "path_deterministic": "sequence", "pre": [], "deterministic": True, "load_balanced": False,
            "samples": 1, "outcome": outcome, "outcomes": None, **more})

    def write(self, path):
        counts = {name: len(self.document[name]) for name in ("scenarios", "probes", "tables")}
        write({**self.document, "counts": counts}, path)


def write(document, path):
    data = json.dumps(document).encode()
    if str(path).endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    with open(path, "wb") as file:
        file.write(data)
