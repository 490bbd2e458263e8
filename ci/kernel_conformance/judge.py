"""How far two outcomes agree, and what the data plane predicts."""
import json
import os
import re
import subprocess
import tempfile

TIERS = 4
DRAWN_PORT = re.compile(r":4\d{4}>|>4\d{4}|:\*>")  # by the client, or by NAT


def _receivers(outcome):
    return sorted({one["to"] for one in outcome.get("delivered") or ()})


def _sorted(items):
    return sorted(json.dumps(one, sort_keys=True) for one in items or ())


def _hops(outcome, name):
    return [{key: DRAWN_PORT.sub("#", value) for key, value in hop.items()}
            for hop in outcome.get(name) or ()]


def tier(expected, found):
    """0 to 4, as properties/overlay/conform/score.hpp counts them; each tier needs the ones before."""
    steps = (
        lambda one: (one.get("verdict"), _receivers(one)),
        lambda one: (_sorted(one.get("delivered")), one.get("reply"), one.get("tcp")),
        lambda one: (one.get("sender_error"), one.get("icmp_errors")),
        lambda one: (_hops(one, "path"), _hops(one, "reply_path")),
    )
    for reached, step in enumerate(steps):
        if step(expected) != step(found):
            return reached
    return TIERS


def difference(expected, found, names=("recorded", "now")):
    """Where two outcomes first differ: lines for people."""
    first, second = names
    for name in ("verdict", "delivered", "reply", "tcp", "sender_error", "icmp_errors"):
        one, other = expected.get(name), found.get(name)
        if name == "delivered":
            one, other = _sorted(one), _sorted(other)
        if one != other:
            return [f"{name}: {first}: {json.dumps(one)}", f"{name}: {second}: {json.dumps(other)}"]
    for name in ("path", "reply_path"):
        one, other = _hops(expected, name), _hops(found, name)
        for number in range(max(len(one), len(other))):
            a = one[number] if number < len(one) else None
            b = other[number] if number < len(other) else None
            if a != b:
                return [f"{name}, hop {number + 1}: {first}: {json.dumps(a)}",
                        f"{name}, hop {number + 1}: {second}: {json.dumps(b)}"]
    return []


class Tally:
    """How many probes reach each tier."""

    def __init__(self):
        self.total, self.reached = 0, [0] * TIERS

    def add(self, reached):
        self.total += 1
        for number in range(reached):
            self.reached[number] += 1

    def __str__(self):
        parts = [f"T{number + 1} {count}" for number, count in enumerate(self.reached)]
        return f"{self.total} probes, " + ", ".join(parts)


class Prediction:
    """What `plimsoll conform dataplane` says of a file."""

    def __init__(self, plimsoll, path):
        with tempfile.TemporaryDirectory() as directory:
            said = os.path.join(directory, "predictions.json")
            done = subprocess.run([str(plimsoll), "conform", "dataplane", str(path), "--predictions", said],
                                  capture_output=True, text=True, check=False)
            self.code, self.text = done.returncode, done.stdout + done.stderr
            self.outcomes = {}
            if os.path.exists(said):
                with open(said, encoding="utf-8") as file:
                    self.outcomes = json.load(file)

    def other_paths(self, document):
        """Of probes predicted right but for the way that packets took: where the ways part. Of several
        possible outcomes, one was written."""
        lines = []
        for probe in document["probes"]:
            predicted = self.outcomes.get(probe["id"])
            if predicted and tier(probe["outcome"], predicted) == TIERS - 1:
                lines += [f"{probe['id']}: {line}" for line in
                          difference(probe["outcome"], predicted, ("kernel", "one prediction"))]
        return lines

    @property
    def agrees(self):
        return self.code == 0
