"""The rules tested: one offence of each kind in an otherwise clean tree must yield exactly that finding."""
import pathlib
import shutil
import tempfile

from tidying import arrows, cpp, rules, tree

HEADER = "// What it is.\n#pragma once\n"
SOURCE = '#include "impl/base/clean.hpp"\n'
CLEAN = {
    "CMakeLists.txt": "project(clean)\n",
    "CMakePresets.json": "{}\n",
    "LICENSE": "free\n",
    "README.md": "# Clean\n",
    **{f"{room}/README.md": f"# {room}\n" for room in arrows.ROOMS},
    "impl/base/clean.hpp": HEADER,
    "impl/base/clean.cpp": SOURCE + '\nint answer() {\n  return 42;  // not assert(, nor std::rand\n}\n',
    "impl/base/clean_test.cpp": "#include <boost/test/unit_test.hpp>\n\nBOOST_AUTO_TEST_SUITE(clean_test)\n"
                                "BOOST_AUTO_TEST_SUITE_END()\n",
    "impl/ipam/clean.hpp": HEADER + '\n#include "impl/base/clean.hpp"\n',
    "checker/system/clean.hpp": HEADER + '\n#include "impl/base/clean.hpp"\n',
    "checker/cli/clean.cpp": '#include "properties/ipam/clean.hpp"\n',
    "model/ipam/clean.hpp": HEADER + '\n#include "checker/system/clean.hpp"\n',
    "properties/ipam/clean.hpp": HEADER + '\n#include "impl/ipam/clean.hpp"\n'
                                          '#include "model/ipam/clean.hpp"\n',
}


def _long_function(lines):
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


def _include(target):
    return f'#include "{target}/clean.hpp"\n'


# (path, its text, line of the finding, part of the message); halves of words keep this file clean.
OFFENCES = [
    ("impl/ipam/x.cpp", _include("model/ipam"), 1, "impl/ipam must not include model/ipam: impl may include"),
    ("impl/base/x.cpp", _include("impl/ipam"), 1, "impl/base must not include impl/ipam"),
    ("impl/base/x.cpp", _include("checker/system"), 1, "impl/base must not include checker/system"),
    ("impl/base/x.cpp", _include("properties/ipam"), 1, "impl/base must not include properties/ipam"),
    ("model/ipam/x.cpp", _include("impl/ipam"), 1, "model/ipam must not include impl/ipam: model may"),
    ("model/ipam/x.cpp", _include("properties/ipam"), 1, "model/ipam must not include properties/ipam"),
    ("model/ipam/x.cpp", _include("checker/world"), 1, "model/ipam must not include checker/world"),
    ("checker/world/x.cpp", "\n" + _include("impl/ipam"), 2, "checker/world must not include impl/ipam:"),
    ("checker/world/x.cpp", _include("model/ipam"), 1, "checker/world must not include model/ipam"),
    ("checker/world/x.cpp", _include("properties/ipam"), 1, "checker/world must not include properties/ipam"),
    ("checker/world/x.cpp", _include("checker/cli"), 1, "checker/world must not include checker/cli"),
    ("properties/ipam/x.cpp", _include("checker/cli"), 1, "properties/ipam must not include checker/cli"),
    ("properties/ipam/x.cpp", '#include "clean.hpp"\n', 1, "includes are rooted at the repository"),
    ("impl/base/x.cpp", "int i;\n" * 401, 401, "401 lines, 400 are allowed"),
    ("ci/examples/spec/x.cpp", "int i;\n" * 100, 100, "100 lines, 99 are allowed in an example"),
    ("impl/base/x.cpp", "int i;\n// " + "x" * 108 + "\n", 2, "111 columns, 110 are allowed"),
    ("impl/base/x.cpp", "int i;\n" + _long_function(61), 2, "61 lines, 60 are allowed"),
    ("impl/base/x.cpp", "int f() {\n  return std::r" "and();\n}\n", 2, "std::r" "and"),
    ("impl/base/x.cpp", "std::random" "_device d;\n", 1, "random" "_device"),
    ("impl/base/x.cpp", "std::uniform_int" "_distribution<int> d;\n", 1, "_distribution"),
    ("impl/base/x.cpp", "auto h = std::ha" "sh<int>{}(1);\n", 1, "std::ha" "sh"),
    ("checker/world/x.cpp", "void f() {\n  std::this_thread::sleep" "_for(t);\n}\n", 2, "sleeping"),
    ("impl/base/x.cpp", 'auto s = std::for' 'mat("");\n', 1, "use fmt"),
    ("impl/base/x.cpp", "std::exp" "ected<int, int> e;\n", 1, "tl::expected"),
    ("impl/base/x.cpp", "void f() {\n  ass" "ert(true);\n}\n", 2, "PLIMSOLL_ASSERT"),
    ("impl/base/x.cpp", "using name" "space std;\n", 1, "name what is used"),
    ("impl/base/x.cpp", "#include <boost/test/incl" "uded/unit_test.hpp>\n", 1, "11 s per file"),
    ("checker/world/x.hpp", HEADER + "#include <yaml-cpp/yaml.h>\n", 3, "yaml-cpp/ is heavy"),
    ("checker/world/x.hpp", HEADER + "#include <CLI/CLI.hpp>\n", 3, "CLI/ is heavy"),
    ("checker/world/x.hpp", HEADER + "#include <boost/json.hpp>\n", 3, "boost/json is heavy"),
    ("checker/world/x.hpp", HEADER + "#include <boost/test/unit_test.hpp>\n", 3, "boost/test/ is heavy"),
    ("checker/world/x.hpp", HEADER + "#include <rapidcheck.h>\n", 3, "rapidcheck is heavy"),
    ("checker/world/x.hpp", HEADER + "#include <fmt/core.h>\n", 3, "fmt/ is heavy"),
    ("checker/world/x.hpp", HEADER + "#include <z3++.h>\n", 3, "z3 is heavy"),
    *((f"impl/base/x.cpp", f"\n#include <{header}>\n", 2, f"<{header}> has no place")
      for header in ("random", "thread", "fstream", "iostream")),
    ("impl/base/x.cpp", "auto t = std::chrono::steady_clock::now();\n", 1, "steady_clock has no place"),
    ("impl/base/x.cpp", "// TO" "DO: more\n", 1, 'leftover word "TO' 'DO"'),
    ("impl/base/x.cpp", "// FIX" "ME\n", 1, 'leftover word "FIX' 'ME"'),
    ("checker/x.md", "a\nXX" "X\n", 2, 'leftover word "XX' 'X"'),
    ("impl/base/x.cpp", "// Not imple" "mented.\n", 1, "leftover word"),
    ("impl/base/x.cpp", "// a place" "holder\n", 1, "leftover word"),
    ("impl/base/x.cpp", "// simpli" "fied\n", 1, "leftover word"),
    ("impl/base/x.cpp", "// good enough for n" "ow\n", 1, "leftover word"),
    ("README.md", "# Clean\ncd /wo" "rk/main\n", 2, "is a path of one machine"),
    ("README.md", "see /ho" "me/me\n", 1, "is a path of one machine"),
    ("README.md", "see /tmp/ba" "sh_jobs\n", 1, "is a path of one machine"),
    ("checker/util/x.cpp", "int i;\n", 1, 'a directory named "util"'),
    ("checker/system/helpers/x.cpp", "int i;\n", 1, 'a directory named "helpers"'),
    ("checker/common/x.cpp", "int i;\n", 1, 'a directory named "common"'),
    ("checker/misc/x.cpp", "int i;\n", 1, 'a directory named "misc"'),
    ("checker/world/x.hpp", "// What it is.\n", 1, "needs #pragma once"),
    ("checker/world/x.hpp", "#pragma once\n", 1, "begins with its prologue"),
    ("checker/world/x_test.cpp", "BOOST_AUTO_TEST_SUITE(y_test)\n", 1, "needs BOOST_AUTO_TEST_SUITE(x_test)"),
    ("model/README.md", None, 1, "every room has a README.md"),
    ("model/README.md", "line\n" * 31, 31, "31 lines, 30 are allowed"),
    ("LICENSE", None, 1, "is missing on the top level"),
    ("docs", {"docs/x.md": "x\n"}, 1, "does not belong on the top level"),
]

# (a piece of C++, the lines its functions span): what the brace matcher must not get wrong.
FUNCTIONS = [
    ("namespace a {\nclass B : C<int> {\n public:\n  B() : x_{1}, y_{2} {\n    f();\n  }\n int x_{0};\n};}\n",
     [(4, 6)]),
    ('const char* s = R"(\n{ (\n)";\nint f(X x = {}) {\n  return \'{\';  // }\n}\n', [(4, 6)]),
    ("const std::vector<int> table = make({\n 1,\n 2});\nint g()\n{\n}\n", [(4, 6)]),
    ("bool operator<(A a, B b) {\n  return true;\n}\nauto l = [](int x) {\n  return x;\n};\n",
     [(1, 3), (4, 6)]),
    ("BOOST_AUTO_TEST_SUITE(s)\nBOOST_AUTO_TEST_CASE(c) {\n  if (x) {\n  }\n}\n", [(2, 5)]),
    ("#define M(x) \\\n  { x\nenum class E : int { a, b };\nint t[] = {1, 2};\n", []),
    ("template <class T>\nstruct S<T*> final {\n  auto f() const -> vector<T> {\n    return {};\n  }\n};\n",
     [(3, 5)]),
]


def _problem(format_file, offence):
    """None if the tree with this offence (or with none) yields what it should, else a sentence."""
    path, text, line, message = offence or (None, None, 0, "")
    with tempfile.TemporaryDirectory(prefix="tidy-") as directory:
        root = pathlib.Path(directory)
        for name, contents in {**CLEAN, **(text if isinstance(text, dict) else {path: text})}.items():
            if name and contents is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(contents, encoding="utf-8")
        shutil.copy(format_file, root)
        findings, _ = rules.check(tree.Tree(root))
    if message != "not formatted":
        findings = [finding for finding in findings if "not formatted" not in finding.message]
    expected = [(path, line)] if path else []
    found = [(finding.path, finding.line) for finding in findings]
    if found == expected and all(message in finding.message for finding in findings):
        return None
    return f"expected {path}:{line}: ...{message}..., found {[str(finding) for finding in findings]}"


def run(root):
    """Returns the exit code. `root` is where .clang-format lies."""
    offences = [None, *OFFENCES]
    if shutil.which("clang-format-19"):
        offences.append(("impl/base/x.cpp", "int i;\nint   j;\n", 2, "not formatted"))
    else:
        print("note: clang-format-19 is not installed, that rule was not tested")
    problems = [_problem(pathlib.Path(root) / ".clang-format", offence) for offence in offences]
    for text, expected in FUNCTIONS:
        found = list(cpp.functions(text))
        spans = [span for span in found if span[0] != span[1]]
        if spans != expected:
            problems.append(f"expected functions {expected}, found {found} in\n{text}")
    problems = [problem for problem in problems if problem]
    for problem in problems:
        print(problem)
    print(f"tidy self-test: {len(offences) + len(FUNCTIONS)} cases, {len(problems)} wrong")
    return 1 if problems else 0
