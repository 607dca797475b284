"""The Python side of the site: runs in the browser, in Pyodide, inside a Worker.

The Worker calls the functions here with plain values and gets JSON back. `prepare` first adds what
the platform lacks: a timer (`signal.setitimer`), and clear messages for `input` and for missing
files.
"""

import ast
import builtins
import contextlib
import importlib
import io
import json
import linecache
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from web import kit

FOLDER = Path("/home/learner/assignments")
NO_INPUT = (
    "input() cannot ask anything here: the code runs apart from the page. Write the value in the "
    "code."
)
NO_FILE = (
    "there is no file {name!r}: code in the browser cannot reach this computer's files, and what "
    "it writes is gone when the page is closed. The digits come from cnnlab.digits.load_digits()."
)

Send = Callable[[str], None]


# --- what the platform lacks ---


class Timer:
    """A `signal.setitimer` for a system that has none: the page measures the time.

    The timers of processor time use the clock too, because a browser does not tell how much
    processor time a Worker has used.

    Args:
        arm: tells the page to send a signal after so many seconds: (seconds, signal). Each call
            replaces the one before; 0 seconds cancels it.
    """

    def __init__(self, arm: Callable[[float, int], None]) -> None:
        self._arm = arm
        self._ends: dict[int, float] = {}
        self._signals: dict[int, int] = {
            signal.ITIMER_REAL: signal.SIGALRM,
            signal.ITIMER_VIRTUAL: signal.SIGVTALRM,
            signal.ITIMER_PROF: signal.SIGPROF,
        }

    def __call__(self, which: int, seconds: float, _interval: float = 0.0) -> tuple[float, float]:
        """Like `signal.setitimer`: set the timer, and return the remaining time of the old one."""
        now = time.monotonic()
        first = self._first()
        ends = self._ends.pop(which, None)
        if seconds:
            self._ends[which] = now + seconds
        if self._first() != first or which == first:
            self._tell(now)
        return (0.0 if ends is None else max(ends - now, 0.001)), 0.0

    def _first(self) -> int | None:
        return min(self._ends, key=self._ends.__getitem__, default=None)

    def _tell(self, now: float) -> None:
        first = self._first()
        if first is None:
            self._arm(0.0, 0)
        else:
            self._arm(max(self._ends[first] - now, 0.001), int(self._signals[first]))


def prepare(arm: Callable[[float, int], None]) -> None:
    """Add what the platform lacks; call it once, before a module of the kit is imported.

    Args:
        arm: see `Timer`.
    """
    if not hasattr(signal, "setitimer"):
        signal.setitimer = Timer(arm)
    builtins.input = _no_input
    builtins.open = _open_or_say(builtins.open)
    io.open = builtins.open
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.path.insert(0, str(FOLDER))


def warm(stubs_json: str = "{}") -> None:
    """Check a stub once, so that the learner's first check is as fast as later ones.

    Args:
        stubs_json: path and text of the first assignment's files, as they are handed out; never
            the learner's code, which may run for ever.
    """
    importlib.import_module("autograder.judging.judge")
    stubs = json.loads(stubs_json)
    if stubs:
        with tempfile.TemporaryDirectory() as scratch:
            _write(Path(scratch), stubs)
            kit.check(Path(scratch), [kit.course().exercises[0].name])


def _no_input(_prompt: object = "") -> str:
    raise RuntimeError(NO_INPUT)


def _open_or_say(open_: Callable[..., Any]) -> Callable[..., Any]:
    def open_or_say(file: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return open_(file, *args, **kwargs)
        except FileNotFoundError as error:
            caller = sys._getframe(1).f_code.co_filename
            if caller.startswith((str(FOLDER), "<")) and not caller.startswith("<frozen"):
                raise FileNotFoundError(NO_FILE.format(name=str(file))) from None
            raise error

    return open_or_say


# --- the learner's folder ---


def write(files_json: str) -> None:
    """Write files into the learner's folder: path below assignments/, and text."""
    _write(FOLDER, json.loads(files_json))
    importlib.invalidate_caches()
    linecache.clearcache()


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            # Python compares whole seconds, and a learner may save twice in one second.
            shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)


def check(names_json: str) -> str:
    """Check exercises: JSON {"verdict", "line": the JSON line}, {"error"} or {"stopped"}."""
    try:
        found = kit.check(FOLDER, json.loads(names_json))
    except KeyboardInterrupt:
        return json.dumps({"stopped": True})
    except Exception as error:
        return json.dumps({"error": _for_a_person(error)})
    return json.dumps({"verdict": kit.plain(found), "line": found["json"]})


# --- drills ---


def next_drill(exercise: str, passed_json: str, missed_json: str) -> str:
    """The drill to ask now, or {"error": a sentence}; see `kit.next_drill`."""
    try:
        return json.dumps(
            kit.next_drill(exercise, json.loads(passed_json), json.loads(missed_json))
        )
    except Exception as error:
        return json.dumps({"error": _for_a_person(error)})


def answer_drill(id: str, choice: int, missed_json: str) -> str:
    """See `kit.answer_drill`."""
    return json.dumps(kit.answer_drill(id, choice, json.loads(missed_json)))


def ask_first(missed_json: str, mistakes_json: str) -> str:
    """See `kit.ask_first`."""
    return json.dumps(kit.ask_first(json.loads(missed_json), json.loads(mistakes_json)))


# --- running cells and single lines ---

TRY_SECONDS = 10.0
# The longest cell of the story trains six networks.
CELL_SECONDS = 300.0


class TooLong(BaseException):
    """Raised in running code at its time limit; `except Exception` does not catch it."""


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def too_long(*_: object) -> None:
        raise TooLong(f"it did not finish within {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Printed(io.TextIOBase):
    """Sends what is printed to the page, piece by piece."""

    LIMIT = 100_000

    def __init__(self, send: Send) -> None:
        self._send = send
        self._left = self.LIMIT

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._left > 0:
            self._event({"text": text[: self._left]})
            self._left -= len(text)
            if self._left <= 0:
                self._event({"text": "\n... the rest is not shown\n"})
        return len(text)

    def _event(self, event: dict[str, Any]) -> None:
        self._send(json.dumps(event))


def run_cell(before: str, code: str, send: Send) -> None:
    """Run a cell of the story with the learner's code; print and display go to the page."""
    namespace: dict[str, Any] = {"__name__": "__story__", "display": lambda *_: None}
    with _output(send), _fresh_modules(), _at_most(CELL_SECONDS):
        with contextlib.redirect_stdout(io.StringIO()):
            if not _run(before, "<earlier cells>", namespace):
                return

        def display(*values: Any) -> None:
            for value in values:
                _show(value, send)

        namespace["display"] = display
        _run(code, "<cell>", namespace)


def try_code(module: str, code: str, send: Send) -> None:
    """Run a few lines with all names of a learner's module; show the last value."""
    namespace: dict[str, Any] = {"__name__": "__try__"}
    with _output(send), _fresh_modules(), _at_most(TRY_SECONDS):
        try:
            tree = ast.parse(code, "<try>")
        except SyntaxError as error:
            print(f"line {error.lineno}: {error.msg}")
            return
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        if not _run(f"import numpy as np\nfrom {module} import *\n", "<try>", namespace):
            return
        linecache.cache["<try>"] = (len(code), None, code.splitlines(True), "<try>")
        if not _run(compile(tree, "<try>", "exec"), "<try>", namespace) or last is None:
            return
        expression = compile(ast.Expression(last.value), "<try>", "eval")  # type: ignore[attr-defined]

        def show(value: Any) -> None:
            if value is not None:
                _show(value, send)

        namespace["__show"] = show
        namespace["__expression"] = expression
        _run("__show(eval(__expression))", "<try it>", namespace)


def _run(code: Any, name: str, namespace: dict[str, Any]) -> bool:
    """Execute code; on an exception, print the learner's lines of it and return False."""
    try:
        exec(compile(code, name, "exec") if isinstance(code, str) else code, namespace)
    except KeyboardInterrupt:
        print("Stopped.")
        return False
    except BaseException as error:
        print(_own_traceback(error))
        return False
    return True


def _own_traceback(error: BaseException) -> str:
    """The exception, with only the lines of the learner's files and of Try it."""
    lines = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file.startswith(str(FOLDER)) or file == "<try>":
            where = "Try it" if file == "<try>" else str(Path(file).relative_to(FOLDER))
            source = linecache.getline(file, line).strip()
            lines.append(f"{where}, line {line}: {source}")
    if isinstance(error, SyntaxError) and error.filename:
        place = error.filename.removeprefix(f"{FOLDER}/")
        lines.append(f"{place}, line {error.lineno}: {(error.text or '').strip()}")
        return "\n".join([*lines, f"{type(error).__name__}: {error.msg}"])
    said = str(error)
    return "\n".join([*lines, f"{type(error).__name__}: {said}" if said else type(error).__name__])


def _show(value: Any, send: Send) -> None:
    stepper = kit.stepper_data(value)
    if stepper is not None:
        send(json.dumps({"stepper": stepper}))
    elif hasattr(value, "_repr_html_"):
        send(json.dumps({"html": value._repr_html_(), "alt": getattr(value, "alt", "")}))
    else:
        print(repr(value))


@contextlib.contextmanager
def _output(send: Send) -> Iterator[None]:
    printed = _Printed(send)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield


@contextlib.contextmanager
def _fresh_modules() -> Iterator[None]:
    """Remove the learner's modules first, so that the newest text of each is imported."""
    names = {assignment.name for assignment in kit.course().assignments}
    for name in [name for name in sys.modules if name.split(".")[0] in names]:
        del sys.modules[name]
    yield


# --- training, and reading a digit ---

EXAM = "mnist"
TINY = "tiny"
LOOKS = 60
"""So often the loss is measured while it trains, evenly spread."""

_network: dict[str, Any] = {}


def train(what: str, send: Send) -> str:
    """Train the learner's network; the page gets the loss and the filters as they change.

    Args:
        what: "tiny", a preset of cnnlab, or "mnist", the network of that exercise.
        send: takes one JSON object at a time: {"step", "steps", "loss", "accuracy", "filters":
            rows of numbers for each filter}.

    Returns:
        JSON: {"accuracy", "seconds", "stopped"} or {"error": a sentence}.
    """
    from cnnlab.errors import LabError
    from cnnlab.learners_network import learners_code

    started = time.monotonic()
    try:
        with _fresh_modules(), learners_code(FOLDER):
            model, centre, loop = _tiny() if what == TINY else _exam()
            stopped = _train(model, centre, loop, send)
            accuracy = _look(model, centre, 1000)["accuracy"]
    except LabError as error:
        return json.dumps({"error": _with_the_pages_words(str(error))})
    except KeyboardInterrupt:
        return json.dumps({"error": "Stopped before the network was built."})
    except Exception as error:
        return json.dumps({"error": _own_traceback(error)})
    _network.update(model=model, centre=centre)
    seconds = round(time.monotonic() - started, 1)
    return json.dumps({"accuracy": accuracy, "seconds": seconds, "stopped": stopped})


def _with_the_pages_words(said: str) -> str:
    """A message of the kit, with the page's button in the place of the command."""
    said = re.sub(r"`make check EX=(\w+)`", r"Check on the page of \1", said)
    return said.replace("`make check`", "Check on the exercises' pages")


def _train(model: Any, centre: float, loop: Callable[..., None], send: Send) -> bool:
    def look(step: int, steps: int) -> None:
        if step % max(steps // LOOKS, 1) == 0 or step == steps:
            seen = {"step": step, "steps": steps, "filters": _filters(model)}
            send(json.dumps({**seen, **_look(model, centre, 200)}))

    try:
        loop(look)
    except KeyboardInterrupt:
        return True
    return False


def _tiny() -> tuple[Any, float, Callable[..., None]]:
    """cnnlab's preset `tiny`, for one epoch: network, centre and training loop."""
    import dataclasses

    import numpy as np

    from cnnlab import training
    from cnnlab.digits import load_digits
    from cnnlab.learners_network import load_network

    preset = dataclasses.replace(training.PRESETS[TINY], epochs=1)
    network = load_network(FOLDER)
    rng = np.random.default_rng(0)
    model = training.build(preset, network, rng)
    steps = -(-(preset.images or 0) // preset.batch_size)

    def loop(look: Callable[[int, int], None]) -> None:
        done = 0

        def on_step() -> None:
            nonlocal done
            done += 1
            look(done, steps)

        look(0, steps)
        for _ in training.train(model, network, preset, load_digits(), rng, on_step):
            pass

    return model, preset.centre, loop


def _exam() -> tuple[Any, float, Callable[..., None]]:
    """The same for the exercise `mnist`, which trains with the numbers of its check."""
    import numpy as np

    from cnnlab.digits import load_digits
    from cnnlab.learners_network import load_network

    exam = kit.exam()
    network = load_network(FOLDER)
    rng = np.random.default_rng(exam["seed"])
    model = exam["build"](network, rng)
    optimizer = network.SGD(model.parameters(), exam["learning_rate"], exam["momentum"])
    digits = load_digits()
    images, labels = digits.train_images[: exam["images"]], digits.train_labels[: exam["images"]]
    steps = exam["epochs"] * -(-len(images) // exam["batch_size"])

    def loop(look: Callable[[int, int], None]) -> None:
        done = 0
        own_step = optimizer.step

        def step() -> None:
            nonlocal done
            own_step()
            done += 1
            look(done, steps)

        optimizer.step = step
        look(0, steps)
        for _ in range(exam["epochs"]):
            network.train_epoch(model, optimizer, images, labels, exam["batch_size"], rng)

    return model, 0.0, loop


def _look(model: Any, centre: float, count: int) -> dict[str, float]:
    """Loss and accuracy on the first test digits."""
    from cnnlab import training
    from cnnlab.digits import load_digits

    if "test" not in _network:
        digits = load_digits()
        _network["test"] = digits.test_images, digits.test_labels
    images, labels = _network["test"]
    result = training.evaluate(model, images[:count] - images.dtype.type(centre), labels[:count])
    return {"loss": result.loss, "accuracy": result.accuracy}


def _filters(model: Any) -> list[list[list[float]]]:
    """The first layer's filters, each as rows of numbers."""
    weights = model.layers[0].weights.value
    return [[[round(float(v), 4) for v in row] for row in one[0]] for one in weights]


def read_digit(pixels_json: str) -> str:
    """Let the last trained network read one drawn digit.

    Args:
        pixels_json: 28 rows of 28 numbers in 0..1, white on black.

    Returns:
        JSON: {"probabilities": ten numbers}, or {"error": a sentence}.
    """
    import numpy as np

    if "model" not in _network:
        return json.dumps({"error": "Train a network first; then it can read."})
    image = np.array(json.loads(pixels_json), dtype=np.float32)[None, None]
    try:
        scores = np.asarray(_network["model"].forward(image - np.float32(_network["centre"])))
    except Exception as error:
        return json.dumps({"error": _own_traceback(error)})
    exponents = np.exp(scores[0].astype(np.float64) - scores[0].max())
    return json.dumps({"probabilities": (exponents / exponents.sum()).tolist()})


def test_digit(number: int) -> str:
    """One digit of the test set: JSON {"pixels": 28 rows in 0..1, "label"}."""
    from cnnlab.digits import load_digits

    digits = load_digits()
    return json.dumps(
        {
            "pixels": digits.test_images[number, 0].round(3).tolist(),
            "label": int(digits.test_labels[number]),
        }
    )


def _for_a_person(error: BaseException) -> str:
    """An exception as one sentence; the kit's own messages are sentences already."""
    from autograder.text import sentence

    return sentence(error)
