"""Runs scenarios of our own: builds the cluster, does to it what the scenario says, sends the probes."""
from kernel_conformance import founding, probes, recording
from kernel_conformance.cluster import Cluster
from kernel_conformance.namespaces import has_tun
from kernel_conformance.replay import summary


def build(scenario, tool):
    """The scenario's cluster, ready for its probes."""
    options = scenario.options
    cluster = Cluster(founding.TOPOLOGY, founding.tables(options), tool)
    try:
        for where, command in [*founding.commands(options), *scenario.mutations]:
            cluster.mutate(where, command)
        cluster.touched = set(cluster.spaces)
        cluster.flush()
        cluster.read_tables()
    except BaseException:
        cluster.close()
        raise
    return cluster


def run(scenarios, tool, say, verbose=True):
    """The recording of all scenarios that this machine can run."""
    writer = recording.Writer(founding.TOPOLOGY, tool)
    for scenario in scenarios:
        if scenario.options.mode == "udp" and not has_tun():
            say(f"{scenario.name}: SKIPPED: there is no /dev/net/tun for flannel's udp backend")
            continue
        mutations = [list(mutation) for mutation in scenario.mutations]
        writer.scenario(scenario.name, scenario.description, scenario.options.described(), mutations)
        cluster = build(scenario, tool)
        try:
            _probes(cluster, scenario, writer, say, verbose)
        finally:
            cluster.close()
    return writer


def _probes(cluster, scenario, writer, say, verbose):
    for number, (name, probe) in enumerate(scenario.probes, 1):
        if number > 1:
            cluster.flush()
        table_id = writer.tables(cluster.tables, cluster.relay_tables())
        outcome = probes.run(cluster, probe, number)
        writer.probe(name, "", table_id, probe, outcome, {"conntrack_after": cluster.conntrack()})
        if verbose:
            say(f"{scenario.name}/{name}: {summary(outcome)}")
