"""The programs that are compared: Plimsoll, and SPIN with two texts of each model."""
import dataclasses
import json
import math
import pathlib
import re
import shutil
import subprocess

from comparing import process
from comparing.process import Cost, Disagreement, Failed

PEERS = pathlib.Path(__file__).resolve().parent.parent / "peers"

# NOREDUCE: no partial order reduction, as Plimsoll has none here (and it removes no state of these models).
# SAFETY: no search for cycles, whose bookkeeping costs. All else is SPIN's default: depth-first, full states.
PAN_FLAGS = ("-O2", "-w", "-DNOREDUCE", "-DSAFETY", "-DMEMLIM=8192")
PAN_DEPTH = 100_000


@dataclasses.dataclass(frozen=True)
class Run:
    cost: Cost
    distinct: int
    generated: int
    set_bytes: float  # the visited set at completion; Plimsoll's without parents, SPIN keeps none


class Plimsoll:
    def __init__(self, root, build, visited, workers, scratch):
        self.name = f"plimsoll {visited}"
        self.workers = workers
        self._visited = visited
        self._scenarios = root / "model/scenarios/calibration"
        self._build = build
        self._scratch = scratch

    def run(self, model):
        """`plimsoll check`, all properties."""
        command = [self._build / "plimsoll", "check", self._scenarios / f"{model.scenario}.yaml",
                   "--visited", self._visited, "--workers", str(self.workers), "--progress", "none",
                   "--trace-dir", self._scratch / "traces", "--json", "-"]
        for assignment in model.assignments():
            command += ["--set", assignment]
        cost, text = process.run(command)
        result = json.loads(text)["results"][0]
        states = result["states"]
        return Run(cost, states["distinct"], states["generated"],
                   result["visited"]["bytes_per_state"] * states["distinct"])

    def inside(self, model):
        """bench_engine: what only the process itself can know. Returns its JSON."""
        command = [self._build / "bench/bench_engine", self._scenarios / f"{model.scenario}.yaml",
                   self._visited, str(self.workers), *model.assignments()]
        return json.loads(process.run(command)[1])


class Spin:
    workers = 1

    def __init__(self, name, definitions, scratch):
        self.name = name
        self._definitions = definitions
        self._scratch = scratch
        self._pans = {}  # by model
        self.hash_bits = {}  # by model: the table of pan's -w has two to the power of it slots

    def prepare(self, model):
        """Generates and compiles the model's verifier; not part of what is timed."""
        directory = self._scratch / f"{self.name} {model.name}".replace("/", "-").replace(" ", "-")
        directory.mkdir()
        text = PEERS / f"{model.scenario.replace('-', '_')}.pml"
        definitions = [each for each in model.definitions() if not each.startswith("-DN=")]  # always 3
        process.run(["spin", "-a", *definitions, *self._definitions, text], cwd=directory)
        process.run(["gcc", *PAN_FLAGS, "-o", "pan", "pan.c"], cwd=directory)
        self._pans[model] = directory / "pan"
        self.hash_bits[model] = max(16, math.ceil(math.log2(2 * model.distinct))) if model.distinct else 20

    def choose_hash_bits(self, model, rounds):
        """Tries table sizes in turn, and keeps the one with the least processor time."""
        least = math.ceil(math.log2(model.distinct))
        sizes = range(least, least + 4)
        costs = {bits: [] for bits in sizes}
        for _ in range(rounds):
            for bits in sizes:
                self.hash_bits[model] = bits
                costs[bits].append(self.run(model).cost.cpu_seconds)
        self.hash_bits[model] = min(sizes, key=lambda bits: min(costs[bits]))

    def run(self, model):
        pan = self._pans[model]
        cost, text = process.run([pan, f"-m{PAN_DEPTH}", f"-w{self.hash_bits[model]}"], cwd=pan.parent)
        # pan exits with 0 whatever it finds, and searches on where its stack is too short.
        if "errors: 0" not in text or "max search depth too small" in text:
            raise Disagreement(f"{self.name}, {model.name}: pan did not search everything\n{text[-2000:]}")
        return Run(cost, _number(r"(\d+) states, stored", text), _number(r"(\d+) transitions", text),
                   _set_bytes(text))


def _number(pattern, text):
    match = re.search(pattern, text)
    if not match:
        raise Failed(f"pan did not print {pattern}:\n{text[-2000:]}")
    return int(match[1])


def _set_bytes(text):
    """The states, and the table of the chains they hang in."""
    parts = [re.search(rf"([\d.]+)\s+{name}", text)
             for name in ("actual memory usage for states", "memory used for hash table")]
    return sum(float(part[1]) for part in parts) * 2**20 if all(parts) else math.nan


def spin_version():
    """'Spin Version 6.5.2 ...', or None. Other programs are called spin, too."""
    if not shutil.which("spin") or not shutil.which("gcc"):
        return None
    done = subprocess.run(["spin", "-V"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout.strip() if done.stdout.startswith("Spin Version") else None


def both_spins(scratch):
    return [Spin("SPIN", [], scratch), Spin("SPIN, one process", ["-DONE_PROCESS"], scratch)]
