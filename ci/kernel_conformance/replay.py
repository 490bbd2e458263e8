"""Rebuilds the clusters of a recording and sends its probes again."""
import re

from kernel_conformance import build, probes, recording, tables
from kernel_conformance.cluster import Cluster
from kernel_conformance.judge import Tally, difference, tier

LISTENER = re.compile(r"host process listens on udp (\d+) in (\S+)")


class Result:
    """What a run has found: the file to judge, and the comparison with what was recorded."""

    def __init__(self, writer):
        self.writer, self.tally, self.remarks = writer, Tally(), []
        self.rebuilt, self.faithful, self.clusters = 0, 0, 0


def further_listeners(scenario):
    found = {}
    for mutation in scenario.get("mutations") or ():
        match = LISTENER.match(mutation) if isinstance(mutation, str) else None
        if match:
            found.setdefault(match[2], []).append(int(match[1]))
    return found


def scenarios_of(document, chosen):
    """The scenarios, or if there are none, one with all probes."""
    every = document.get("scenarios") or [
        {"name": "counterexample", "probes": [probe["id"] for probe in document["probes"]]}]
    names = {scenario["name"] for scenario in every}
    for name in chosen:
        if name not in names:
            raise recording.Unreadable(f"there is no scenario {name}; there are {', '.join(sorted(names))}")
    return [scenario for scenario in every if not chosen or scenario["name"] in chosen]


class Replay:
    """One recording."""

    def __init__(self, document, tool, say):
        self.document, self.tool, self.say = document, tool, say
        self.probes = {probe["id"]: probe for probe in document["probes"]}
        self.result = Result(recording.Writer(document["topology"], tool))

    def run(self, chosen=()):
        for scenario in scenarios_of(self.document, chosen):
            self._scenario(scenario)
        return self.result

    def _scenario(self, scenario):
        writer, name = self.result.writer, scenario["name"]
        writer.scenario(name, scenario.get("description", ""), scenario.get("base", {}),
                        scenario.get("mutations", []))
        cluster, current, table_id = None, None, None
        try:
            for number, identity in enumerate(scenario["probes"], 1):
                recorded = self.probes[identity]
                probe, wanted = recorded["probe"], recorded["tables"]
                keeps = probe.get("flush", True) is False and cluster is not None
                if cluster is None or (wanted != current and not keeps):
                    if cluster is not None:
                        cluster.close()
                    cluster = self._cluster(wanted, scenario)
                    table_id = None
                if keeps:
                    self._adjust(cluster, recorded, current)
                elif table_id is not None:
                    cluster.flush()
                current = wanted
                if keeps or table_id is None or cluster.relays:
                    found = cluster.read_tables() if keeps else cluster.tables
                    table_id = writer.tables(found, cluster.relay_tables())
                self._probe(cluster, recorded, number, table_id, keeps)
        finally:
            if cluster is not None:
                cluster.close()

    def _cluster(self, wanted_id, scenario):
        wanted = recording.network(self.document, wanted_id)
        cluster = Cluster(self.document["topology"], wanted, self.tool, further_listeners(scenario))
        self.result.clusters += 1
        for name, table in sorted(wanted.items()):
            if name == "_flanneld":
                continue
            self.result.rebuilt += 1
            wrong = tables.differences(table, cluster.tables[name])
            self.result.faithful += not wrong
            self.result.remarks += [f"{scenario['name']}: {name}: {line}" for line in wrong]
        return cluster

    def _adjust(self, cluster, recorded, before_id):
        """What changed since the probe before, for a probe that its neighbours and flows outlive: rules, and
        deleted flows."""
        for where, command in recorded.get("pre") or ():
            if command.startswith("conntrack"):
                cluster.mutate(where, command)
        before = recording.network(self.document, before_id)
        for name, table in recording.network(self.document, recorded["tables"]).items():
            if name != "_flanneld" and table.get("iptables_save") != before[name].get("iptables_save"):
                build.restore_rules(cluster.spaces[name], self.tool, table["iptables_save"])

    def _probe(self, cluster, recorded, number, table_id, keeps):
        probe, more = recorded["probe"], {}
        if keeps:
            more["conntrack_before"] = cluster.conntrack()
        outcome = probes.run(cluster, probe, number, repeatable=not keeps)
        more["conntrack_after"] = cluster.conntrack()
        more["load_balanced"] = recorded.get("load_balanced", False)
        name = recorded["id"].split("/", 1)[-1]
        self.result.writer.probe(name, recorded.get("description", ""), table_id, probe, outcome, more)
        expected = recording.variants(recorded)
        if not expected:
            self.say(f"{recorded['id']}: {summary(outcome)}")
            return
        reached = max(tier(one, outcome) for one in expected)
        self.result.tally.add(reached)
        if reached < 4:
            lines = difference(expected[0], outcome)
            self.result.remarks += [f"{recorded['id']}: tier {reached}: {line}" for line in lines]


def summary(outcome):
    """One line: what became of the packet."""
    if outcome["delivered"]:
        text = "delivered to " + ", ".join(one["to"] for one in outcome["delivered"])
    else:
        text = "not delivered, last seen at " + str(outcome["last_seen"])
    if outcome.get("tcp"):
        text += f"; tcp {outcome['tcp']}"
    if outcome["reply"]:
        text += f"; reply from {outcome['reply']['src']}"
    if outcome["sender_error"]:
        text += f"; sender hears {outcome['sender_error']['errno']}"
    return text
