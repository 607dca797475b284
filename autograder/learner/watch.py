"""`make watch`: checks again on every save what the save touches, and what depends on it."""

import contextlib
import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.catalogue import Course, Exercise, load
from autograder.judging.judge import ChecksError
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.learner.check import check_folder, where_to_write
from autograder.learner.hints import next_hint
from autograder.learner.terminal import show_verdict

KEYS = "h hint · n next · l list · a all again · q quit"
TICK_MILLISECONDS = 200


class Watch:
    """One sitting: what is known of every exercise, and what is shown.

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

    def run(self, *, poll: bool = False) -> None:
        """Watch until q is pressed or the terminal is closed.

        Args:
            poll: look at the files again and again instead of waiting for the system to
                tell: for network folders.
        """
        import watchfiles

        # The keys go to the watch, so nobody could answer a debugger; make check opens one.
        os.environ["PYTHONBREAKPOINT"] = "0"

        changes = watchfiles.watch(
            self.folder,
            watch_filter=watchfiles.PythonFilter(),
            yield_on_timeout=True,
            rust_timeout=TICK_MILLISECONDS,
            debounce=100,
            step=20,
            force_polling=poll or None,
            raise_interrupt=False,
        )
        # The watcher starts on first use: before the first check, or a save meanwhile is missed.
        next(changes, None)
        seen = self.written()
        self.check(self.course.exercises)
        with _keys() as pressed:
            # A change, or a tick, is the time to look. What has changed the files say themselves: a
            # poll that finds a file half written does not tell of the rest, within one second.
            for _ in changes:
                before, seen = seen, self.written()
                self.check(self.touched({path for path, _ in before.items() ^ seen.items()}))
                if self.act(pressed()):
                    return

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
        """The exercises written in these files, and all that call them."""
        names: set[str] = set()
        for exercise in self.course.exercises:
            own = (self.folder / exercise.path).resolve() in files
            if own or names.intersection(exercise.needs):
                names.add(exercise.name)
        return tuple(e for e in self.course.exercises if e.name in names)

    def check(self, exercises: tuple[Exercise, ...], *, slow: bool = False) -> None:
        """Check these, and show the first that is not right and how far the course is.

        Args:
            exercises: which.
            slow: the slow ones too, which take too long for every save.
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
        """Do what a key asks for; True to stop."""
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
        self.console.print(Text(KEYS, "dim"))

    def show_next(self) -> None:
        """Print the place of the exercise to write or mend next."""
        for exercise in self.course.exercises:
            verdict = self.known.get(exercise.name)
            if verdict is None or verdict.status not in ("passed", "blocked"):
                self.current = exercise
                if exercise.slow and verdict is None:
                    line = f"{exercise.name}, which takes up to 2 minutes: press a"
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
def _keys() -> Iterator["_Pressed"]:
    """Read single keys without waiting, where there is a terminal to press them on."""
    try:
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
    except (ImportError, OSError, ValueError, AttributeError):
        yield _Pressed(None)
        return
    except Exception:  # termios.error, which is not there to be named where termios is not
        yield _Pressed(None)
        return
    tty.setcbreak(descriptor)
    try:
        yield _Pressed(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class _Pressed:
    """Gives the key pressed since it was last asked, or ""."""

    def __init__(self, descriptor: int | None) -> None:
        self.descriptor = descriptor

    def __call__(self) -> str:
        if self.descriptor is None:
            return ""
        ready, _, _ = select.select([self.descriptor], [], [], 0)
        return os.read(self.descriptor, 1).decode(errors="ignore").lower() if ready else ""
