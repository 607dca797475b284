# ruff: noqa: E501 (attack code is easier to read unwrapped)
"""Hostile code, by family. Each attack is appended to a3's layers.py, whose relu_forward is wrong.

In the code, CANARY is a folder with files worth stealing or changing, SECRET is the beginning of
the text in them, and PACKAGE is the grader's own folder. An attack that obtains something prints
LEAK. `try_` calls functions one by one, even if some of them raise.
"""

from dataclasses import dataclass
from textwrap import dedent

# Wrong everywhere: no check of relu_forward passes.
WRONG = """

def relu_forward(x):
    return np.asarray(x) - 1.0


def try_(*attempts):
    for attempt in attempts:
        try:
            attempt()
        except BaseException as error:
            print("failed:", type(error).__name__)

"""


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Attributes:
        family: the family's name in the table of the threat model.
        name: what it does.
        code: Python code, appended after a wrong relu_forward.
        says: a regular expression that the verdict's sentences must match.
        beside: whether all other exercises in the same file must still pass.
    """

    family: str
    name: str
    code: str
    says: str = r"out\["
    beside: bool = False

    @property
    def id(self) -> str:
        return f"{self.family}-{self.name}".replace(" ", "_")


ATTACKS: list[Attack] = []


def add(family: str, name: str, code: str, says: str = r"out\[", *, beside: bool = False) -> None:
    ATTACKS.append(Attack(family, name, dedent(code), says, beside))


F = "patching asserts and NumPy"
add(
    F,
    "assert_allclose does nothing",
    """
    np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
""",
    beside=True,
)
add(
    F,
    "comparisons say yes",
    """
    np.allclose = np.array_equal = lambda *a, **k: True
    np.isclose = lambda a, b, **k: np.ones(np.shape(a), bool)
""",
    beside=True,
)
add(
    F,
    "all and any say yes",
    """
    import builtins
    builtins.all = builtins.any = lambda *a: True
""",
)
add(
    F,
    "displayhook",
    """
    import sys
    def relu_forward(x):
        sys.displayhook(10)
        return x - 1
""",
    beside=True,
)
add(
    F,
    "asserts dropped on import",
    """
    import ast, sys, builtins
    original = builtins.compile
    def compile(source, *a, **k):
        return original(source, *a, **{**k, "optimize": 2})
    builtins.compile = compile
""",
    beside=True,
)
add(
    F,
    "pytest of its own",
    """
    import sys, types
    fake = types.ModuleType("pytest")
    fake.approx = lambda *a, **k: type("Yes", (), {"__eq__": lambda s, o: True})()
    sys.modules["pytest"] = sys.modules["_pytest"] = fake
""",
    beside=True,
)
add(
    F,
    "asarray patched",
    """
    np.asarray = np.array = lambda *a, **k: 0
    def relu_forward(x):
        return np.asarray(x)
""",
    says=r"should have|should be|ended|out",
)
add(
    F,
    "the worker's own checks patched",
    """
    import sys
    host = sys.modules["host"]
    host._same_arrays = lambda *a: True
    host.Host.call = lambda self, *a, **k: host.Outcome(value=None)
""",
    says=r"None",
)

F = "special return objects"
RETURNS = {
    "equal to everything": ("type('E', (), {'__eq__': lambda s, o: True})()", "type E"),
    "array subclass": (
        "type('A', (np.ndarray,), {'__eq__': lambda s, o: True, '__sub__': lambda s, o: 0 * s,"
        " 'dtype': property(lambda s: np.dtype('f8'))})((2, 3))",
        r"out|cannot be sent|ended",
    ),
    "array_ufunc": (
        "type('A', (np.ndarray,), {'__array_ufunc__': lambda *a, **k: True})(x.shape)",
        "out",
    ),
    "object array": ("np.full(x.shape, type('E', (), {})(), dtype=object)", "objects"),
    "structured array": ("np.zeros(x.shape, dtype=[('a', 'f8')])", "out"),
    "not a number": ("np.full(x.shape, np.nan)", "nan"),
    "infinite": ("np.full(x.shape, np.inf)", "inf"),
    "ten to the thirteenth": ("np.broadcast_to(0.0, (10**6, 10**7))", "sent back|memory|raised"),
    "a gigabyte": ("np.zeros(10**8)", "sent back|MB|shape"),
    "holds itself": ("(lambda l: (l.append(l), l)[1])([])", "nested"),
    "nested deeply": ("eval('[' * 90 + ']' * 90)", "nested"),
    "generator": ("(v for v in x)", "generator"),
    "text": ("'10'", "text"),
    "texts that fill memory": ("['x' * 60_000] + ['y'] * 100_000", "out|sent back"),
    "number of many digits": ("10 ** 100_000", "sent back|raised"),
    "True": ("True", "out"),
    "complex": ("x + 0j", "out has dtype"),
    "dict": ("{'array': 0, 'dtype': 'O'}", "type dict"),
    "class": ("type('Ten', (float,), {})", "type"),
    "bytes": ("pickle.dumps(x)", "type bytes"),
    "dates": ("np.full(x.shape, '2026-01-01', dtype='M8[D]')", "out"),
}
for name, (value, says) in RETURNS.items():
    add(
        F,
        name,
        f"""
        import pickle
        def relu_forward(x):
            return {value}
    """,
        says,
        beside=name == "equal to everything",
    )

F = "reading tests and solutions"
add(
    F,
    "by every path",
    """
    import os
    def relu_forward(x):
        for top in (PACKAGE, PACKAGE + "/../solutions", CANARY, os.path.dirname(__file__) + "/../.."):
            for folder, folders, files in os.walk(top):
                folders[:] = [f for f in folders if f not in ("usr", "python", "packages")]
                for file in files:
                    if file in ("hidden.py", "secret.txt", "course.toml"):
                        try:
                            print("LEAK", folder, open(os.path.join(folder, file)).read(40))
                        except OSError:
                            pass
        return x - 1
""",
)
add(
    F,
    "by name",
    """
    def relu_forward(x):
        try_(*[lambda p=p: print("LEAK", open(p).read(40)) for p in (
            PACKAGE + "/exercises/a3_pooling_and_loss/relu_forward/hidden.py",
            PACKAGE + "/exercises/a3_pooling_and_loss/relu_forward/public.py",
            PACKAGE + "/../solutions/a3_pooling_and_loss/layers.py",
            CANARY + "/secret.txt", "/etc/passwd", "/etc/shadow")])
        return x - 1
""",
)
add(
    F,
    "by import",
    """
    def relu_forward(x):
        import importlib, sys
        sys.path[:0] = [PACKAGE, PACKAGE + "/..", PACKAGE + "/../solutions", CANARY]
        importlib.invalidate_caches()
        checks = "autograder.exercises.a3_pooling_and_loss.relu_forward.hidden"
        for name in ("autograder.judging.reference", "autograder", checks, "solutions", "spoils", "pytest"):
            try:
                print("LEAK", importlib.import_module(name))
            except ImportError:
                pass
        return x - 1
""",
)
add(
    F,
    "by a link made on the way",
    """
    import os
    def relu_forward(x):
        try_(lambda: os.symlink(CANARY + "/secret.txt", "/tmp/s"),
             lambda: print("LEAK", open("/tmp/s").read()),
             lambda: os.link(CANARY + "/secret.txt", "/tmp/t"),
             lambda: print("LEAK", open("/tmp/t").read()))
        return x - 1
""",
)

F = "frames and tracebacks"
add(
    F,
    "locals of the callers",
    """
    import sys
    def relu_forward(x):
        frame = sys._getframe()
        while frame:
            for name in ("expected", "wanted", "reference", "secret"):
                if name in frame.f_locals:
                    print("LEAK", name)
            frame = frame.f_back
        return x - 1
""",
    beside=True,
)
add(
    F,
    "everything the collector knows",
    """
    import gc
    def relu_forward(x):
        right = np.maximum(x, 0)
        for thing in gc.get_objects():
            for value in thing.values() if type(thing) is dict else [thing]:
                if type(value) is np.ndarray and value.shape == right.shape and x.size > 4:
                    if np.array_equal(value, right) and value is not right:
                        print("LEAK", value)
        return x - 1
""",
)
add(
    F,
    "an error without a message",
    """
    class Error(Exception):
        def __str__(self): raise SystemExit(0)
    def relu_forward(x):
        raise Error
""",
    says="ended",
    beside=True,
)
add(
    F,
    "an error that blames another exercise",
    """
    def relu_forward(x):
        code = compile("def softmax(): raise NotImplementedError", __file__, "exec")
        space = {}
        exec(code, space)
        space["softmax"]()
""",
    says="waits for softmax|Still to be written",
)
add(
    F,
    "an error that never ends",
    """
    class Error(Exception):
        def __str__(self): return "x" * 10**8
    def relu_forward(x):
        raise Error
""",
    says="raised Error",
)

F = "environment and /proc"
add(
    F,
    "environment",
    """
    import os
    def relu_forward(x):
        for key, value in os.environ.items():
            if "CANARY" in key or SECRET in value:
                print("LEAK", key, value)
        return x - 1
""",
    beside=True,
)
add(
    F,
    "reading /proc",
    """
    import os
    def relu_forward(x):
        for pid in ("1", "self", "thread-self", str(os.getppid()), *map(str, range(2, 400))):
            for name in ("environ", "cmdline", "maps", "mem", "cwd/secret.txt", "root/etc/passwd"):
                try_(lambda: print("LEAK", open(f"/proc/{pid}/{name}", "rb").read(40)))
        return x - 1
""",
)
add(
    F,
    "writing /proc and /sys",
    """
    def relu_forward(x):
        for path in ("/proc/sys/kernel/core_pattern", "/proc/self/mem", "/proc/self/oom_score_adj",
                     "/proc/sysrq-trigger", "/sys/kernel/mm/ksm/run", "/sys/fs/cgroup/cgroup.procs"):
            try_(lambda: print("LEAK", open(path, "r+b").write(b"0"), path))
        return x - 1
""",
)
add(
    F,
    "the kernel's doors",
    """
    import ctypes
    call = ctypes.CDLL(None, use_errno=True).syscall
    def relu_forward(x):
        doors = {"ptrace": 101, "mount": 165, "unshare": 272, "setns": 308, "bpf": 321, "keyctl": 250,
                 "io_uring_setup": 425, "userfaultfd": 323, "perf_event_open": 298, "memfd_create": 319,
                 "shmget": 29, "msgget": 68, "mq_open": 240, "socket": 41, "process_vm_readv": 310}
        for name, number in doors.items():
            if call(number, 0, 1 << 12, 0o1600, 0, 0) >= 0:
                print("LEAK", name)
        return x - 1
""",
)

F = "gradebook and configuration"
add(
    F,
    "gradebook by SQL",
    """
    import sqlite3
    def relu_forward(x):
        def forge():
            with sqlite3.connect(CANARY + "/gradebook.db") as db:
                db.execute("UPDATE grade SET auto_score = 100")
        try_(forge)
        return x - 1
""",
    says=r"out\[|cannot be loaded",
)
add(
    F,
    "nbgrader_config and the shell",
    """
    import os
    def relu_forward(x):
        for path in ("nbgrader_config.py", ".bashrc", "sitecustomize.py", "secret.txt"):
            for top in (CANARY, os.path.expanduser("~"), "/root", PACKAGE + "/.."):
                try_(lambda: open(f"{top}/{path}", "a").write("import os"))
        return x - 1
""",
)
add(
    F,
    "modes and owners and names",
    """
    import os
    def relu_forward(x):
        file = CANARY + "/secret.txt"
        try_(lambda: os.chmod(file, 0), lambda: os.chmod(CANARY, 0), lambda: os.utime(file, (0, 0)),
             lambda: os.rename(file, file + "x"), lambda: os.remove(file), lambda: os.truncate(file, 0),
             lambda: os.chown(file, 0, 0), lambda: os.rmdir(CANARY),
             lambda: os.mkfifo(CANARY + "/p"), lambda: os.setxattr(file, "user.x", b"y"))
        return x - 1
""",
)
add(
    F,
    "the worker's own files",
    """
    import os, sys
    def relu_forward(x):
        for module in ("host", "frames", "__main__", "numpy"):
            file = sys.modules[module].__file__
            for path in (file, os.path.dirname(file) + "/sitecustomize.py", __file__):
                try_(lambda: print("LEAK", open(path, "a").write("")))
        return x - 1
""",
)

F = "processes"
add(
    F,
    "fork bomb",
    """
    import os
    def relu_forward(x):
        for _ in range(50):
            try_(lambda: print("LEAK") if os.fork() else os._exit(0))
        return x - 1
""",
    beside=True,
)
add(
    F,
    "programs",
    """
    import os, subprocess
    def relu_forward(x):
        try_(lambda: print("LEAK", subprocess.check_output(["/bin/ls"])),
             lambda: os.system("touch " + CANARY + "/x") or print("LEAK"),
             lambda: os.posix_spawn("/bin/ls", ["ls"], {}) and print("LEAK"),
             lambda: os.popen("id").read(1) and print("LEAK"))
        return x - 1
""",
)
add(
    F,
    "another program in its place",
    """
    import os
    def relu_forward(x):
        try_(lambda: os.execv("/bin/sh", ["sh", "-c", "echo LEAK"]),
             lambda: os.execv("/usr/bin/env", ["env"]))
        return x - 1
""",
)
add(
    F,
    "threads",
    """
    import threading, time
    def relu_forward(x):
        for _ in range(20):
            try_(lambda: threading.Thread(target=time.sleep, args=(60,)).start() or print("LEAK"))
        return x - 1
""",
)
add(
    F,
    "killing others",
    """
    import os
    def relu_forward(x):
        for pid in (os.getppid(), GRADER):
            if pid > 1:
                try_(lambda: os.kill(pid, 9) or print("LEAK"))
        try_(lambda: os.kill(-1, 0) or print("LEAK"))
        return x - 1
""",
)
add(
    F,
    "limits of others",
    """
    import os, resource
    def relu_forward(x):
        for pid in (os.getppid(), GRADER):
            if pid > 1:
                try_(lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)) and print("LEAK"),
                     lambda: os.setpriority(os.PRIO_PROCESS, pid, 19) or print("LEAK"))
        return x - 1
""",
)
add(
    F,
    "signals by a pipe",
    """
    import fcntl, os
    def relu_forward(x):
        def arm():
            end, other = os.pipe()
            fcntl.fcntl(end, fcntl.F_SETFL, os.O_ASYNC)
            fcntl.fcntl(end, fcntl.F_SETOWN, GRADER)
            os.write(other, b"x")
        try_(arm)
        return x - 1
""",
)

F = "memory"
MEMORY = "MemoryError|memory|killed|cannot|raised|ended|finish"
add(
    F,
    "a list",
    """
    def relu_forward(x):
        held = []
        while True:
            held.append(bytearray(1 << 26))
""",
    MEMORY,
    beside=True,
)
add(
    F,
    "one array",
    """
    def relu_forward(x):
        return np.ones(1 << 40)
""",
    MEMORY,
)
add(
    F,
    "anonymous maps",
    """
    import mmap
    def relu_forward(x):
        held = []
        while True:
            held.append(mmap.mmap(-1, 1 << 28))
""",
    MEMORY,
)
add(
    F,
    "shared memory",
    """
    import mmap, os, ctypes
    from multiprocessing import shared_memory
    call = ctypes.CDLL(None).syscall
    def relu_forward(x):
        try_(lambda: shared_memory.SharedMemory(create=True, size=1 << 28) and print("LEAK shm"),
             lambda: os.memfd_create("x") and print("LEAK memfd"))
        if call(29, 0, 1 << 28, 0o1600) >= 0:
            print("LEAK shmget")
        return x - 1
""",
    says=r"out\[|cannot be loaded",
)
add(
    F,
    "recursion",
    """
    import sys
    sys.setrecursionlimit(10**9)
    def relu_forward(x):
        return relu_forward(x)
""",
    "segmentation|MemoryError|Recursion|ended|crashed|finish",
    beside=True,
)
add(
    F,
    "pipes",
    """
    import fcntl, os
    def relu_forward(x):
        held = []
        def fill():
            while True:
                ends = os.pipe()
                held.extend(ends)
                fcntl.fcntl(ends[1], 1031, 1 << 20)
                os.set_blocking(ends[1], False)
                os.write(ends[1], bytes(1 << 20))
        try_(fill)
        if len(held) > 40:
            print("LEAK", len(held))
        return x - 1
""",
)

F = "disk"
add(
    F,
    "filling /tmp",
    """
    import os
    def relu_forward(x):
        total = 0
        for place in ("/tmp", "/dev/shm", "/var/tmp", "/", CANARY, "/submission", os.path.dirname(np.__file__)):
            for k in range(40):
                try:
                    with os.fdopen(os.open(f"{place}/fill{k}", os.O_WRONLY | os.O_CREAT), "wb") as file:
                        total += file.write(bytes(1 << 20))
                except OSError:
                    break
        if total > 17 << 20:
            print("LEAK", total)
        return x - 1
""",
)
add(
    F,
    "one huge file",
    """
    def relu_forward(x):
        with open("/tmp/huge", "wb") as file:
            file.seek(1 << 40)
            file.write(b"x")
        return x - 1
""",
    says="raised|larger",
)
add(
    F,
    "a hundred thousand names",
    """
    import os
    def relu_forward(x):
        try_(lambda: [os.mkdir(f"/tmp/{k}") for k in range(100_000)])
        return x - 1
""",
    says=r"out\[|finish",
)

F = "output"
add(
    F,
    "flood",
    """
    import os
    def relu_forward(x):
        while True:
            os.write(1, b"x" * 65536)
""",
    says="printed more than",
    beside=True,
)
add(
    F,
    "flood of errors",
    """
    import os
    def relu_forward(x):
        while True:
            os.write(2, b"\\n" * 65536)
""",
    says="printed more than",
)
add(
    F,
    "control sequences",
    r"""
    def relu_forward(x):
        print("\x1b]0;title\x07\x1b[2J\x1b[31m\x9b31m\u202e\u2066 passed")
        raise ValueError("\x1b[2J\x1b]8;;http://x\x07 <script>alert(1)</script> \u202egnp\r\n\n✓ relu_forward passed")
""",
    says="raised ValueError",
    beside=True,
)
add(
    F,
    "names as messages",
    r"""
    def relu_forward(x):
        name = "<img src=x onerror=alert(1)>\x1b[2J\u202e"
        raise type(name, (Exception,), {})("no")
""",
    says="raised <img",
)
add(
    F,
    "parameters as messages",
    r"""
    import inspect
    def relu_forward(*args, **kwargs):
        return np.asarray(args[0]) - 1
    P = inspect.Parameter
    class Signature:
        parameters = {"<script>\x1b[2J" * 9: 1}
    relu_forward.__signature__ = Signature()
""",
    says="out",
)
add(
    F,
    "a line without end",
    """
    def relu_forward(x):
        print("y" * 5_000_000)
        raise ValueError("z" * 5_000_000)
""",
    says="raised ValueError",
)
add(
    F,
    "a verdict of its own",
    """
    def relu_forward(x):
        print("relu_forward  2 / 2  passed")
        print('{"score": 100, "points": 2}')
        return x - 1
""",
    beside=True,
)

F = "signals"
add(
    F,
    "alarm ignored",
    """
    import signal
    def relu_forward(x):
        signal.setitimer(signal.ITIMER_REAL, 0)
        while True:
            pass
""",
    says="finish",
    beside=True,
)
add(
    F,
    "every error swallowed",
    """
    def relu_forward(x):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
""",
    says="finish",
    beside=True,
)
add(
    F,
    "killing itself",
    """
    import os, signal
    def relu_forward(x):
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
            try_(lambda: os.kill(os.getpid(), number))
        return x - 1
""",
    says=r"out\[|ended|killed|finish",
)
add(
    F,
    "an alarm left behind",
    """
    import signal
    def relu_forward(x):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        return x - 1
""",
    says=r"out|ended|killed|came",
    beside=True,
)
add(
    F,
    "sleeping",
    """
    import time
    def relu_forward(x):
        time.sleep(10**6)
""",
    says="finish",
    beside=True,
)

F = "exits"
EXITS = {
    "sys.exit": ("raise SystemExit(0)", "SystemExit"),
    "os._exit": ("__import__('os')._exit(0)", "ended by itself"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "ended by itself"),
    "GeneratorExit": ("raise GeneratorExit", "GeneratorExit"),
    "segmentation fault": ("__import__('ctypes').string_at(0)", "crashed|ended"),
    "abort": ("__import__('os').abort()", "ended|crashed|killed"),
    "processor time": (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n    while True: pass",
        "finish|processor time",
    ),
}
for name, (code, says) in EXITS.items():
    add(
        F,
        name,
        f"""
def relu_forward(x):
    {code}
""",
        says,
        beside=True,
    )
add(F, "while it is loaded", "raise SystemExit(0)", says="cannot be loaded")
add(F, "never loaded", "while True: pass", says="finish")
add(F, "killed while it is loaded", "import os; os._exit(0)", says="ended by itself")
add(
    F,
    "on the way out",
    """
    import atexit
    atexit.register(lambda: open(CANARY + "/late", "w"))
""",
    beside=True,
)

F = "network"
add(
    F,
    "every socket",
    """
    import socket
    def relu_forward(x):
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                try_(lambda: socket.socket(family, kind) and print("LEAK", family, kind))
        try_(lambda: socket.socketpair() and print("LEAK"),
             lambda: print("LEAK", socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)))
        return x - 1
""",
    says=r"out\[|cannot be loaded",
)
add(
    F,
    "telling the score's address",
    """
    import urllib.request
    def relu_forward(x):
        try_(lambda: print("LEAK", urllib.request.urlopen("http://127.0.0.1:PORT/", timeout=1).read()))
        return x - 1
""",
    says=r"out\[|cannot be loaded",
)

F = "protocol forgery"
SPEAK = """
import os, struct, json, sys
host, frames = sys.modules["host"], sys.modules["frames"]
OUT = int(sys.argv[4])
class Raw:
    def write(self, data): return os.write(OUT, bytes(data))
    def flush(self): pass
def say(message): frames.write_frame(Raw(), message)
def answer(value): say({"value": value, "failure": None, "parameters": []})
def raw(text, buffers=0, body=b""):
    os.write(OUT, struct.pack(">II", len(text), buffers) + text + body)
def array(index, dtype, shape): return json.dumps({"dict": [
    ["value", {"array": index, "dtype": dtype, "shape": shape}], ["failure", None],
    ["parameters", {"list": []}]]}).encode()
"""
BROKEN_FRAME = "grader's own connection|cannot be read|is not an answer"
PROTOCOL = {
    "answering many times": (
        "for k in range(50): answer(np.zeros(x.shape))",
        r"out|answer|ended|connection",
    ),
    "claiming to have passed": (
        "say({'value': None, 'failure': None, 'parameters': [], 'passed': True, 'score': 2})",
        "not an answer|connection",
    ),
    "ten trillion entries": (
        "raw(array(0, '<f8', [10**6, 10**7]), 1, struct.pack('>Q', 8 * 10**13))",
        BROKEN_FRAME,
    ),
    "shape and bytes that differ": (
        "raw(array(0, '<f8', [2]), 1, struct.pack('>Q', 10**12))",
        BROKEN_FRAME,
    ),
    "an array of objects": (
        "raw(array(0, '|O', [2]), 1, struct.pack('>Q', 16) + bytes(16))",
        BROKEN_FRAME,
    ),
    "a dtype with a shape": (
        "raw(array(0, '2f8', [1]), 1, struct.pack('>Q', 16) + bytes(16))",
        BROKEN_FRAME,
    ),
    "four gigabytes of JSON": ("os.write(OUT, struct.pack('>II', 2**32 - 1, 0))", BROKEN_FRAME),
    "JSON without end": ("raw(b'[' * 500_000)", BROKEN_FRAME),
    "JSON that is none": ("raw(b'\\xff\\xfe{')", BROKEN_FRAME),
    "a number of a million digits": ("raw(b'9' * 1_000_000)", BROKEN_FRAME),
    "noise": ("os.write(OUT, os.urandom(100_000))", BROKEN_FRAME),
    "half a frame": ("os.write(OUT, struct.pack('>II', 100, 0) + b'{'); os._exit(0)", "ended"),
    "silence": ("os.close(OUT); __import__('time').sleep(60)", "closed|ended|finish"),
    "reading what is for another": ("os.read(int(sys.argv[3]), 1 << 20)", "finish"),
    "handles that are none": (
        "answer(frames.Handle(-5, 'ndarray')); answer(frames.Handle(2**70, 'x'))",
        "connection|answer|type",
    ),
    "asking the grader": (
        "[say({'callback': k, 'args': [], 'kwargs': {}}) for k in range(9)]",
        BROKEN_FRAME + "|ended",
    ),
    "a failure of its own making": (
        "say({'value': None, 'failure': {'kind': 'passed', 'type': '', 'message': '', 'trace': [],"
        " 'function': ''}, 'parameters': []})",
        "answer",
    ),
    "a failure with a line of many digits": (
        "say({'value': None, 'failure': {'kind': 'exception', 'type': 'E', 'message': '', 'trace': "
        "[{'file': '\\x1b[2J', 'line': 10**30, 'function': '', 'source': ''}], 'function': ''},"
        " 'parameters': []})",
        "answer",
    ),
}
for name, (code, says) in PROTOCOL.items():
    add(
        F,
        name,
        f"""{SPEAK}
def relu_forward(x):
    {code}
    return np.asarray(x) - 1.0
""",
        says,
        beside=name in ("noise", "silence", "answering many times"),
    )
add(
    F,
    "flood of frames",
    f"""{SPEAK}
def relu_forward(x):
    big = np.zeros(200_000)
    while True:
        say({{"value": big, "failure": None, "parameters": []}})
""",
    says=r"shape|finish|answer|ended|connection",
)
