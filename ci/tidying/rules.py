"""Every rule of ci/tidy except the arrows, and the list of all of them."""
import re
import shutil
import subprocess

from tidying import arrows, cpp
from tidying.tree import Finding

FILE_LINES_MAX = 400
LINE_COLUMNS_MAX = 110
FUNCTION_LINES_MAX = 60
README_LINES_MAX = 30
EXAMPLE_LINES_MAX = 99
TOP_LEVEL = ("CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", *arrows.ROOMS)
NAMELESS = {"util", "utils", "common", "helper", "helpers", "misc"}

# (pattern on code without comments and literals, what to do instead)
BANNED = [(re.compile(pattern), advice) for pattern, advice in (
    (r"\bstd::s?rand\b|(?<![\w.>:])s?rand\s*\(", "std::rand: take a seeded generator as an argument"),
    (r"\brandom_device\b", "random_device: take the seed of the run as an argument"),
    (r"\b\w+_distribution\b", "std::*_distribution differs between libraries: draw integers by hand"),
    (r"\bstd::hash\b", "std::hash differs between libraries: use the content hash of the type"),
    (r"\bsleep_(?:for|until)\b", "sleeping makes runs depend on the machine: model time as an input"),
    (r"\bstd::(?:v?format|print|println)\b", "std::format is not in g++ 12: use fmt in a .cpp file"),
    (r"\bstd::expected\b", "std::expected is not in C++20: use tl::expected"),
    (r"(?<![\w.>:])assert\s*\(|#\s*include\s*<cassert>", "assert( is off in release: use PLIMSOLL_ASSERT"),
    (r"\busing\s+namespace\s+std\s*;", "using namespace std: name what is used"),
    (r"#\s*include\s*<boost/test/included",
     "boost/test/included costs 11 s per file: use <boost/test/unit_test.hpp>"),
)]
HEAVY = re.compile(r"^\s*#\s*include\s*[<\"](yaml-cpp/|CLI/|boost/json|boost/test/|rapidcheck|fmt/|z3)")
IMPURE = re.compile(r"#\s*include\s*<(random|thread|fstream|iostream)>"
                    r"|\b(?:system|steady|high_resolution|file|utc)_clock\b")
# Written in halves, so that this file passes its own rule.
LEFTOVER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b|(?i:\b(?:not imple" r"mented|place" r"holders?"
                      r"|simpli" r"fied|for n" r"ow)\b)")
MACHINE_PATH = re.compile(r"(?<![\w.)}$-])/(?:wo" r"rk|ho" r"me)/|/tmp/ba" r"sh")
SUITE = r"\bBOOST_(?:AUTO|FIXTURE)_TEST_SUITE\s*\(\s*{}\s*[,)]"


def sizes(tree):
    for path in tree.sources():
        lines = tree.lines(path)
        if len(lines) > FILE_LINES_MAX:
            yield Finding(path, FILE_LINES_MAX + 1,
                          f"{len(lines)} lines, {FILE_LINES_MAX} are allowed in a file")
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_COLUMNS_MAX:
                yield Finding(path, number, f"{len(line)} columns, {LINE_COLUMNS_MAX} are allowed in a line")


def example_sizes(tree):
    for path in tree.cpp():
        count = len(tree.lines(path)) if path.startswith("ci/examples/") else 0
        if count > EXAMPLE_LINES_MAX:
            yield Finding(path, EXAMPLE_LINES_MAX + 1,
                          f"{count} lines, {EXAMPLE_LINES_MAX} are allowed in an example")


def function_sizes(tree):
    for path in tree.cpp():
        for first, last in cpp.functions(tree.text(path)):
            if last - first >= FUNCTION_LINES_MAX:
                yield Finding(path, first,
                              f"{last - first + 1} lines, {FUNCTION_LINES_MAX} are allowed in a function")


def banned_names(tree):
    for path in tree.cpp():
        for number, line in enumerate(cpp.code_of(tree.text(path)).splitlines(), 1):
            for pattern, advice in BANNED:
                if pattern.search(line):
                    yield Finding(path, number, f"banned: {advice}")


def heavy_headers(tree):
    for path in tree.headers():
        for number, line in enumerate(tree.lines(path), 1):
            match = HEAVY.match(line)
            if match:
                yield Finding(path, number, f"{match[1]} is heavy: include it in .cpp files only")


def purity(tree):
    for path in tree.cpp():
        if not path.startswith("impl/") or path.endswith("_test.cpp"):
            continue
        for number, line in enumerate(cpp.code_of(tree.text(path)).splitlines(), 1):
            match = IMPURE.search(line)
            if match:
                yield Finding(path, number,
                              f"impl is sans-IO and deterministic: {match[0].strip()} has no place in it")


def words(tree):
    for path in tree.paths:
        if path == "LICENSE" or path.endswith(".json") or "/corpus/" in path:  # other people's words
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for match in LEFTOVER.finditer(line):
                yield Finding(path, number, f'leftover word "{match[0]}": finish it, or say what holds')
            for match in MACHINE_PATH.finditer(line):
                yield Finding(path, number, f'"{match[0]}" is a path of one machine')


def layout(tree):
    top = {path.split("/")[0] for path in tree.paths}
    for entry in sorted(top):
        if entry not in TOP_LEVEL and not entry.startswith("."):
            yield Finding(entry, 1, "does not belong on the top level, which is " + " ".join(TOP_LEVEL))
    for entry in TOP_LEVEL:
        if entry not in top:
            yield Finding(entry, 1, "is missing on the top level")
    for room in arrows.ROOMS:
        readme = f"{room}/README.md"
        if readme not in tree.paths:
            if room in top:
                yield Finding(readme, 1, "every room has a README.md: what lives here, what to open first")
            continue
        count = len(tree.lines(readme))
        if count > README_LINES_MAX:
            yield Finding(readme, README_LINES_MAX + 1,
                          f"{count} lines, {README_LINES_MAX} are allowed in a room's README")
    nameless = {}
    for path in tree.paths:
        for part in path.split("/")[:-1]:
            if part.lower() in NAMELESS:
                nameless.setdefault(part, path)
    for part, path in sorted(nameless.items()):
        yield Finding(path, 1, f'a directory named "{part}" says nothing: name the thing')


def headers(tree):
    for path in tree.headers():
        lines = tree.lines(path)
        if not lines or not lines[0].startswith("//"):
            yield Finding(path, 1, "a header begins with its prologue: what it is, its source, what deviates")
        if not any(line.strip() == "#pragma once" for line in lines):
            yield Finding(path, 1, "a header needs #pragma once")


def suites(tree):
    for path in tree.cpp():
        if not path.endswith("_test.cpp"):
            continue
        stem = path.rsplit("/", 1)[-1].removesuffix(".cpp")
        if not re.search(SUITE.format(re.escape(stem)), cpp.code_of(tree.text(path))):
            yield Finding(path, 1, f"needs BOOST_AUTO_TEST_SUITE({stem}): ctest selects by that name")


def formatting(tree):
    """One finding per file. Yields nothing without clang-format-19; check() says so."""
    paths = tree.cpp()
    tool = shutil.which("clang-format-19")
    if not tool or not paths:
        return
    done = subprocess.run([tool, "--dry-run", "-Werror", "--ferror-limit=1", *paths], cwd=tree.root,
                          capture_output=True, text=True)
    seen = set()
    for match in re.finditer(r"^(\S+?):(\d+):\d+: error: ", done.stderr, re.MULTILINE):
        if match[1] not in seen:
            seen.add(match[1])
            yield Finding(match[1], int(match[2]), f"not formatted: run clang-format-19 -i {match[1]}")
    if done.returncode != 0 and not seen:
        yield Finding(".clang-format", 1, f"clang-format-19 failed: {done.stderr.strip().splitlines()[-1:]}")


RULES = (arrows.check, sizes, example_sizes, function_sizes, banned_names, heavy_headers, purity, words,
         layout, headers, suites, formatting)


def check(tree):
    """Returns the sorted findings, and remarks on what could not be checked."""
    findings = sorted({finding for rule in RULES for finding in rule(tree)})
    remarks = []
    if not shutil.which("clang-format-19"):
        remarks.append("clang-format-19 is not installed, the format was not checked (ci/setup installs it)")
    return findings, remarks
