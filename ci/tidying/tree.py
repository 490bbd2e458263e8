"""The files of a source tree and what was found in them."""
import dataclasses
import functools
import os
import pathlib
import subprocess

SKIPPED = (".git", "build", "results", "__pycache__")  # when git cannot say what is ignored


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int  # from 1
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Tree:
    """Paths are relative to the root, sorted. Ignored and deleted files are not part of the tree."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        listed = self._from_git()
        if listed is None:
            listed = self._from_walk()
        self.paths = sorted(path for path in listed if (self.root / path).is_file())

    def _from_git(self):
        # A hook exports GIT_DIR and the like, which would point git at another tree.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        git = functools.partial(subprocess.run, cwd=self.root, env=environment, capture_output=True)
        try:
            top = git(["git", "rev-parse", "--show-toplevel"])
            if top.returncode != 0 or pathlib.Path(os.fsdecode(top.stdout.strip())).resolve() != self.root:
                return None
            listed = git(["git", "ls-files", "-co", "--exclude-standard", "-z"])
        except OSError:
            return None
        if listed.returncode != 0:
            return None
        return [os.fsdecode(path) for path in listed.stdout.split(b"\0") if path]

    def _from_walk(self):
        paths = []
        for directory, children, files in os.walk(self.root):
            here = pathlib.Path(directory).relative_to(self.root)
            children[:] = [child for child in children if child not in SKIPPED]
            paths += [(here / file).as_posix() for file in files]
        return paths

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        """Contents, or the empty string for a file that is not UTF-8."""
        try:
            return (self.root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return ""

    def lines(self, path):
        return self.text(path).splitlines()

    def cpp(self):
        return [path for path in self.paths if path.endswith((".hpp", ".cpp", ".h", ".cc"))]

    def headers(self):
        return [path for path in self.paths if path.endswith((".hpp", ".h"))]

    def sources(self):
        """Everything people write as code: C++, CMake, and scripts (known by their first line)."""
        def is_source(path):
            if path.endswith((".hpp", ".cpp", ".h", ".cc", ".cmake", ".py", "CMakeLists.txt")):
                return True
            return "." not in path.rsplit("/", 1)[-1] and self.text(path).startswith("#!")
        return [path for path in self.paths if is_source(path)]
