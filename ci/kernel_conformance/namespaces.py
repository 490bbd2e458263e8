"""Network namespaces without names: each is held by a file descriptor of this process, and gone with it.

A namespace that has no name needs no cleaning up. Whatever ends the process, SIGKILL too, closes the
descriptors; the kernel then removes the namespaces and every device, route and rule in them.
"""
import contextlib
import ctypes
import os
import shutil
import socket
import subprocess

CLONE_NEWNET = 0x40000000
TOOLS = ("ip", "bridge")
RULES = ("iptables-legacy", "iptables")  # the first that works; each comes with -save and -restore
SEARCH = "/usr/local/sbin:/usr/sbin:/sbin:" + os.environ.get("PATH", "/usr/bin:/bin")


class Unavailable(Exception):
    """Packets cannot be sent on this machine, and why: one line."""


class Refused(Exception):
    """A command failed: which one, where, and what it said."""


def _libc(name, *arguments):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _own():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def run(words, text=None, check=True):
    """What the command prints. It runs in the namespace that this thread is in."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False,
                          env={"PATH": SEARCH, "LC_ALL": "C"})
    if check and done.returncode != 0:
        raise Refused(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Namespace:
    """A network namespace; `name` is what the topology calls it. Not for several threads."""

    def __init__(self, name):
        self.name = name
        home = _own()
        try:
            _libc("unshare", CLONE_NEWNET)
            self.fd = _own()
        finally:
            _libc("setns", home, CLONE_NEWNET)
            os.close(home)

    @property
    def path(self):
        """For other processes, as long as this one lives."""
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    @contextlib.contextmanager
    def entered(self):
        """What is opened and started inside belongs to the namespace for good."""
        home = _own()
        _libc("setns", self.fd, CLONE_NEWNET)
        try:
            yield
        finally:
            _libc("setns", home, CLONE_NEWNET)
            os.close(home)

    def run(self, *words, text=None, check=True):
        try:
            with self.entered():
                return run(list(words), text, check)
        except Refused as refused:
            raise Refused(f"{self.name}: {refused}") from None

    def batch(self, tool, lines, force=False):
        """Many commands of ip or bridge in one process; with `force`, those that fail are left out."""
        lines = list(lines)
        if lines:
            force_words = ["-force"] if force else []
            self.run(tool, *force_words, "-batch", "-", text="\n".join(lines) + "\n", check=not force)

    def socket(self, *arguments):
        with self.entered():
            return socket.socket(*arguments)

    def read(self, path):
        """A file below /proc/sys/net or /proc/thread-self/net; empty if there is none."""
        with self.entered():
            try:
                with open(path, encoding="ascii") as file:
                    return file.read()
            except FileNotFoundError:
                return ""

    def write_all(self, values):
        """Writes files below /proc/sys/net: {path: value}. Those that the kernel lacks are left out."""
        with self.entered():
            for path, value in values.items():
                with contextlib.suppress(FileNotFoundError):
                    with open("/proc/sys/net/" + path, "w", encoding="ascii") as file:
                        file.write(str(value))

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def rules_tool():
    """The iptables whose rules this kernel takes, tried in a namespace of its own."""
    trial = Namespace("trial")
    try:
        for name in RULES:
            if shutil.which(name + "-restore", path=SEARCH) and shutil.which(name + "-save", path=SEARCH):
                with contextlib.suppress(Refused):
                    trial.run(name + "-restore", "-w", text="*filter\n-A FORWARD -m conntrack --ctstate "
                              "INVALID -m comment --comment x -j DROP\nCOMMIT\n*nat\n-A POSTROUTING "
                              "-m mark --mark 1 -j MASQUERADE\nCOMMIT\n")
                    return name
    finally:
        trial.close()
    raise Unavailable("iptables is missing, or this kernel has no rules for it")


def require():
    """Raises Unavailable if namespaces, or the tools that fill them, are missing."""
    if not os.path.exists("/proc/thread-self/ns/net"):
        raise Unavailable("this is no Linux with network namespaces")
    if os.geteuid() != 0:
        raise Unavailable("only root may make network namespaces")
    for tool in TOOLS:
        if not shutil.which(tool, path=SEARCH):
            raise Unavailable(f"{tool} is missing: apt-get install iproute2")
    try:
        trial = Namespace("trial")
        trial.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
        trial.run("ip", "link", "add", "name", "trial0", "type", "bridge")
        trial.run("ip", "link", "add", "name", "trial1", "type", "vxlan", "id", "1", "dstport", "8472",
                  "local", "192.0.2.1")
        trial.close()
    except (OSError, Refused) as error:
        raise Unavailable(f"no network namespace, or no devices in it: {error}") from None
    return rules_tool()


def has_tun():
    return os.path.exists("/dev/net/tun")
