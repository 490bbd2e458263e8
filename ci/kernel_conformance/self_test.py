"""Can the comparison fail? A small run is judged as it is, then with falsified tables, and outcomes."""
import copy
import os
import tempfile

from kernel_conformance import own, recording
from kernel_conformance.judge import Prediction, tier
from kernel_conformance.namespaces import run as run_command
from kernel_conformance.scenarios import HEALTHY, Scenario

PROBES = ("across", "service-tcp", "hairpin")


def _nodes(document, change):
    """A copy in which every node's tables are changed."""
    made = copy.deepcopy(document)
    for key, table in made["ns_tables"].items():
        if key.split("-")[0] in ("n1", "n2", "n3"):
            change(table)
    return made


def _without_routes(table):
    table["routes"] = [route for route in table["routes"] if "flannel.1" not in route.get("dev", "")
                       or route.get("type")]


def _without_nat(table):
    table["iptables_save"] = [line for line in table["iptables_save"] if "DNAT --to" not in line]


def _without_forwarding(table):
    table["sysctl"]["ipv4.ip_forward"] = "0"
    for values in table["sysctl"]["ipv4.conf"].values():
        values["forwarding"] = "0"


def _other_outcome(document):
    made = copy.deepcopy(document)
    made["probes"][0]["outcome"]["delivered"][0]["ttl"] -= 1
    return made


def _devices():
    return run_command(["ip", "-o", "link"]).count("\n"), run_command(["ip", "netns", "list"])


def falsified(document):
    """What must not conform: (name, document)."""
    yield "tables without flannel's routes", _nodes(document, _without_routes)
    yield "tables without kube-proxy's translations", _nodes(document, _without_nat)
    yield "tables that do not forward", _nodes(document, _without_forwarding)
    yield "an outcome with another TTL", _other_outcome(document)


def run(tool, plimsoll, say):
    """The number of things that went wrong."""
    before = _devices()
    chosen = tuple((name, probe) for name, probe in HEALTHY if name in PROBES)
    writer = own.run([Scenario("healthy", "", chosen)], tool, say)
    wrong = 0

    def check(what, right):
        nonlocal wrong
        wrong += not right
        say(f"{'ok' if right else 'WRONG'}: {what}")

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "recording.json")
        writer.write(path)
        true = recording.read(path)
        prediction = Prediction(plimsoll, path)
        check("what the kernel did is predicted", prediction.agrees)
        for name, document in falsified(true):
            recording.write(document, path)
            check(f"noticed: {name}", Prediction(plimsoll, path).code == 1)
    outcome = true["probes"][0]["outcome"]
    check("two equal outcomes reach tier 4", tier(outcome, outcome) == 4)
    check("another TTL reaches tier 1", tier(outcome, _other_outcome(true)["probes"][0]["outcome"]) == 1)
    check("nothing is left over", _devices() == before)
    return wrong
