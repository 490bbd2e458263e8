"""Which directory may include which: the arrows between the rooms."""
import re

from tidying.tree import Finding

ROOMS = ("impl", "model", "properties", "checker", "traces", "ci")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def rule_of(source):
    """The rule for a directory: a sentence, and a predicate on what it may include besides itself."""
    room = source.split("/")[0]
    if source == "checker/cli" or room == "ci":
        return f"{source} may include everything", lambda target: True
    if source == "impl/store":
        return ("impl/store may include only impl/base and impl/raft, which it is built on",
                lambda target: target in ("impl/base", "impl/raft"))
    if source == "impl/service":
        return ("impl/service may include only impl/base and impl/overlay, whose tables it programs",
                lambda target: target in ("impl/base", "impl/overlay"))
    if room == "impl":
        return "impl may include only impl/base", lambda target: target == "impl/base"
    if room == "model":
        return ("model may include only checker/system and impl/base",
                lambda target: target in ("checker/system", "impl/base"))
    if room == "checker":
        return ("checker may include only checker (but not checker/cli) and impl/base",
                lambda target: target == "impl/base"
                or target.startswith("checker/") and target != "checker/cli")
    return ("properties may include impl, model, properties and checker (but not checker/cli)",
            lambda target: target.split("/")[0] in ("impl", "model", "properties", "checker")
            and target != "checker/cli")


def directory_of(path):
    """The second-level directory a path belongs to, or the room for a file directly in a room."""
    return "/".join(path.split("/")[:-1][:2])


def check(tree):
    for path in tree.cpp():
        source = directory_of(path)
        sentence, allowed = rule_of(source)
        for number, line in enumerate(tree.lines(path), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = directory_of(match[1])
            if target.split("/")[0] not in ROOMS:
                yield Finding(path, number, f'includes are rooted at the repository, "{match[1]}" is not')
            elif target != source and not allowed(target):
                yield Finding(path, number, f"{source} must not include {target}: {sentence}")
