"""`make watch`: on every save, checks the saved exercises and those that call them."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import watchfiles
from rich.console import Console
from rich.text import Text

from autograder.catalogue import Course, Exercise, load
from autograder.judging.results import ChecksError
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.learner.check import check_folder, where_to_write
from autograder.learner.hints import next_hint
from autograder.learner.terminal import show_verdict
from autograder.text import clean

KEYS = "h hint · n next · l list · a all again · q quit"
NO_KEYS = "no keys can be pressed here · stop with Ctrl-C · a hint: python -m autograder hint NAME"
TICK_MILLISECONDS = 200


class Watch:
    """One run of `make watch`: the last verdict on every exercise, and the display.

    Args:
        folder: shaped like assignments/.
        console: where to print.
    """

    def __init__(self, folder: Path, console: Console) -> None:
        self.folder = folder
        self.console = console
        self.course: Course = load()
        self.known: dict[str, ExerciseVerdict] = {}
        self.current = self.course.exercises[0]
        self.keys = KEYS

    def run(self, *, poll: bool = False) -> None:
        """Watch until q is pressed or the terminal is closed.

        Args:
            poll: read the files at intervals instead of waiting for events of the system; for
                network folders.
        """
        # Watch reads the keys, so nobody could type into a debugger; make check allows one.
        os.environ["PYTHONBREAKPOINT"] = "0"

        try:
            changes = self.changes(poll)
        except (OSError, RuntimeError) as error:
            # Usually an editor or a synchronized folder has used up the user's inotify instances.
            reason = " ".join(clean(str(error)).split())[:120]
            line = f"The system cannot tell of saves, so files are read again and again: {reason}"
            self.console.print(Text(line, "yellow"), soft_wrap=True)
            changes = self.changes(True)
        seen = self.written()
        with _keys() as pressed, contextlib.suppress(KeyboardInterrupt):
            self.keys = KEYS if pressed.can else NO_KEYS
            self.check(self.course.exercises)
            # At each event or tick, compare times and sizes of the files: polling can miss the
            # second half of a save that falls into the same second as the first.
            for _ in changes:
                before, seen = seen, self.written()
                self.check(self.touched({path for path, _ in before.items() ^ seen.items()}))
                if self.act(pressed()):
                    return

    def changes(self, poll: bool) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        """Start to watch; return an iterator over changes, with an empty set at every tick."""
        found = watchfiles.watch(
            self.folder,
            watch_filter=watchfiles.PythonFilter(),
            yield_on_timeout=True,
            rust_timeout=TICK_MILLISECONDS,
            debounce=100,
            step=20,
            force_polling=poll or None,
            raise_interrupt=False,
        )
        # The watcher starts on first use: start it now, or a save during the first check is missed.
        next(found, None)
        return found

    def written(self) -> dict[Path, tuple[int, int]]:
        """When each exercise's file was last written, in nanoseconds, and its size in bytes."""
        found = {}
        for name in dict.fromkeys(exercise.path for exercise in self.course.exercises):
            path = (self.folder / name).resolve()
            with contextlib.suppress(OSError):
                status = path.stat()
                found[path] = status.st_mtime_ns, status.st_size
        return found

    def touched(self, files: set[Path]) -> tuple[Exercise, ...]:
        """The exercises in these files, and all exercises that call them."""
        names: set[str] = set()
        for exercise in self.course.exercises:
            own = (self.folder / exercise.path).resolve() in files
            if own or names.intersection(exercise.needs):
                names.add(exercise.name)
        return tuple(e for e in self.course.exercises if e.name in names)

    def check(self, exercises: tuple[Exercise, ...], *, slow: bool = False) -> None:
        """Check these exercises; show the first that is not right, and the progress.

        Args:
            exercises: the exercises to check.
            slow: whether to check slow exercises too; they take too long for every save.
        """
        if not slow:
            for exercise in exercises:
                if exercise.slow:
                    self.known.pop(exercise.name, None)
            exercises = tuple(e for e in exercises if not e.slow)
        if not exercises:
            return
        if slow:
            self.console.print(Text("checking everything, the slow exercises too ...", "dim"))
        try:
            verdict = check_folder(self.folder, exercises)
        except ChecksError as error:
            self.console.print(Text(f"the checks could not be run: {error}", "red"))
            return
        self.known.update({one.exercise: one for one in verdict.exercises})
        self.console.clear()
        wrong = [one for one in verdict.exercises if one.status in ("failed", "error")]
        if wrong:
            self.current = self.course.exercise(wrong[0].exercise)
            show_verdict(self.console, Verdict("", "", wrong[:1]), self.course, details=2)
        else:
            done = [one.exercise for one in verdict.exercises if one.status == "passed"]
            if done and len(exercises) < len(self.course.exercises):
                self.console.print(Text(f"✓ {', '.join(done)}", "green"))
        self.show_progress()

    def act(self, key: str) -> bool:
        """Run the command of a key; return True to stop."""
        match key:
            case "q":
                return True
            case "h" if self.current.hints:
                number, text = next_hint(self.folder, self.current)
                title = f"{self.current.name}, hint {number} of {len(self.current.hints)}: "
                self.console.print(Text.assemble((title, "bold"), text))
            case "n":
                self.show_next()
            case "l":
                everything = [v for e in self.course.exercises if (v := self.known.get(e.name))]
                show_verdict(self.console, Verdict("", "", everything), self.course, details=0)
                self.show_progress()
            case "a":
                self.check(self.course.exercises, slow=True)
        return False

    def show_progress(self) -> None:
        """Print a bar of the whole course, the next exercise, and the keys."""
        passed = sum(v.status == "passed" for v in self.known.values())
        total = len(self.course.exercises)
        score = sum(v.score for v in self.known.values())
        points = sum(e.points for e in self.course.exercises)
        bar = "█" * round(30 * passed / total)
        self.console.print()
        self.console.print(
            Text.assemble(
                (f"{bar:░<30}", "green"),
                f"  {passed} of {total} exercises, {score:g} of {points:g} points",
            )
        )
        self.show_next()
        self.console.print(Text(self.keys, "dim"))

    def show_next(self) -> None:
        """Print the place of the exercise to write or fix next."""
        for exercise in self.course.exercises:
            verdict = self.known.get(exercise.name)
            if verdict is None or verdict.status not in ("passed", "blocked"):
                self.current = exercise
                if exercise.slow and verdict is None:
                    how = "press a" if self.keys == KEYS else f"make check EX={exercise.name}"
                    line = f"{exercise.name}, which takes up to 2 minutes: {how}"
                    self.console.print(Text.assemble(("Next: ", "bold"), line))
                    return
                place = where_to_write(self.folder, exercise)
                self.console.print(
                    Text.assemble(("Next: ", "bold"), f"{exercise.name}, in ", (place, "cyan")),
                    soft_wrap=True,
                )
                return
        self.console.print(Text("Everything passes.", "bold green"))


@contextlib.contextmanager
def _keys() -> Iterator["_Keys"]:
    """Read single keys without waiting; without a terminal, no key is ever read."""
    with contextlib.ExitStack() as stack:
        try:
            keys: _Keys = _WindowsKeys() if sys.platform == "win32" else _TerminalKeys(stack)
        except Exception:  # no termios or no terminal; without termios there is no termios.error
            keys = _Keys()
        yield keys


class _Keys:
    """Reads no keys."""

    can = False

    def __call__(self) -> str:
        """The key pressed since the last call, or ""."""
        return ""


class _TerminalKeys(_Keys):
    """Reads keys of a POSIX terminal, which stays in cbreak mode until `stack` is closed."""

    can = True

    def __init__(self, stack: contextlib.ExitStack) -> None:
        import select
        import termios
        import tty

        self.select = select.select
        self.descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(self.descriptor)
        tty.setcbreak(self.descriptor)
        stack.callback(termios.tcsetattr, self.descriptor, termios.TCSADRAIN, before)

    def __call__(self) -> str:
        ready, _, _ = self.select([self.descriptor], [], [], 0)
        return os.read(self.descriptor, 1).decode(errors="ignore").lower() if ready else ""


class _WindowsKeys(_Keys):
    """Reads keys of a Windows console."""

    can = True

    def __init__(self) -> None:
        import msvcrt

        if not sys.stdin.isatty():
            raise OSError("no console")
        self.console: Any = msvcrt

    def __call__(self) -> str:
        return str(self.console.getwch()).lower() if self.console.kbhit() else ""
