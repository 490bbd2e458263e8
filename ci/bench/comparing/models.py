"""The calibration models at the sizes that are compared, with the counts that independent checkers gave."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Model:
    scenario: str  # of model/scenarios/calibration, and with underscores of peers/
    parameters: tuple  # of (name, value), named as in the scenario
    distinct: int = 0  # 0: no other checker's count is known, so the programs are compared with each other

    @property
    def name(self):
        if len(self.parameters) == 1:
            return f"{self.scenario} {self.parameters[0][1]}"
        return f"{self.scenario} {'/'.join(str(value) for _, value in self.parameters)}"

    def assignments(self):
        return [f"parameters.{name}={value}" for name, value in self.parameters]

    def definitions(self):
        return [f"-D{name.upper()}={value}" for name, value in self.parameters]


def two_phase_commit(rms, distinct=0):
    return Model("two-phase-commit", (("rms", rms),), distinct)


def mail_raft(n, t, l, rst, mb, distinct=0):  # noqa: E741  (the module's name for the length of logs)
    return Model("mail-raft", (("n", n), ("t", t), ("l", l), ("rst", rst), ("mb", mb)), distinct)


TWO_PHASE_COMMIT = two_phase_commit(8, 1745408)
MAIL_RAFT = mail_raft(3, 2, 1, 1, 1, 925061)
MAIL_RAFT_LONGER_LOGS = mail_raft(3, 2, 2, 1, 1)

# In turn with SPIN.
COMPARED = (TWO_PHASE_COMMIT, MAIL_RAFT)
# Counted once by SPIN and by every visited set, to show that both search the same graph.
COUNTED = (two_phase_commit(3, 288), two_phase_commit(5, 8832), two_phase_commit(7, 296448),
           mail_raft(3, 1, 1, 0, 1, 2624), mail_raft(3, 1, 1, 1, 9, 13275), mail_raft(3, 1, 2, 1, 2, 124599),
           mail_raft(3, 2, 1, 0, 1))
# Each model at growing sizes.
GROWTH = (two_phase_commit(7, 296448), TWO_PHASE_COMMIT, two_phase_commit(9),
          mail_raft(3, 2, 1, 0, 1), MAIL_RAFT, MAIL_RAFT_LONGER_LOGS)
GROWTH_QUICK = (two_phase_commit(7, 296448), TWO_PHASE_COMMIT, mail_raft(3, 2, 1, 0, 1), MAIL_RAFT)
