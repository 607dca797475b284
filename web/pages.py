"""Writes the site's pages from the notebooks, the catalogue and the self-assessment list."""

import contextlib
import io
import itertools
import json
import re
import shutil
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.text import UserError
from web import kit
from web.cells import Runnable
from web.lessons import Cell, Lesson, Piece, Text, read_lessons
from web.packing import smaller_png

WEB = Path(__file__).resolve().parent
_MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
# Figures are drawn at 150 dots per inch and shown at 88, as in the notebooks.
_SHOWN = 88 / 150


@dataclass
class Output:
    """One output of a cell, from the build of the site: text, an image, or a separate page."""

    text: str = ""
    image: str = ""
    frame: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass
class ShownText:
    """A piece of the story as HTML."""

    html: str


@dataclass
class ShownCell:
    """A cell on a page: run at build time, or, if `live`, in the browser with learner's code."""

    key: str
    code: str
    live: bool
    draws: bool
    needs_matplotlib: bool
    outputs: list[Output] = field(default_factory=list)


class Formulas:
    """Collects the formulas of all texts, and converts them to MathML in one call."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bool]] = []

    def keep(self, tex: str, display: bool) -> str:
        """Remember a formula, and return a mark that takes its place in the text."""
        self.found.append((tex, display))
        return f"{_MARK}{len(self.found) - 1}{_MARK}"

    def put_in(self, texts: dict[str, str]) -> dict[str, str]:
        """Replace every mark by its formula in MathML.

        Raises:
            UserError: if KaTeX cannot read a formula.
        """
        if not self.found:
            return texts
        done = subprocess.run(
            ["node", str(WEB / "js" / "render_math.mjs")],
            input=json.dumps(self.found),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise UserError(f"a formula cannot be read: {done.stderr.strip()}")
        for number, mathml in enumerate(json.loads(done.stdout)):
            mark = f"{_MARK}{number}{_MARK}"
            texts = {name: text.replace(mark, mathml) for name, text in texts.items()}
        return texts


class _Renderer(IPythonRenderer):
    """nbconvert's own renderer for notebooks, but with a mark for each formula."""

    def __init__(self, formulas: Formulas) -> None:
        super().__init__(escape=False)
        self._formulas = formulas

    def heading(self, text: str, level: int, **_attrs: Any) -> str:
        """A heading without nbconvert's anchor: screen readers would read its sign aloud."""
        return f"<h{level}>{text}</h{level}>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        """A block that can be scrolled from the keyboard."""
        return f'<pre tabindex="0"><code>{jinja2.utils.markupsafe.escape(code)}</code></pre>\n'

    def table(self, text: str) -> str:
        """A table in a box that can be scrolled."""
        box = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
        return f"{box}<table>{text}</table></div>\n"

    def inline_math(self, body: str) -> str:
        """`$...$`."""
        return self._formulas.keep(body, display=False)

    def block_math(self, body: str) -> str:
        """`$$...$$`."""
        return self._formulas.keep(body, display=True)

    def multiline_math(self, text: str) -> str:
        """`$$...$$` over several lines; `text` includes the dollar signs."""
        return self._formulas.keep(text.strip().strip("$"), display=True)

    def latex_environment(self, name: str, body: str) -> str:
        """An environment such as align."""
        return self._formulas.keep(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)


def pages(root: Path, stubs: dict[str, str], policy: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Write every page, and collect the cells that run in the browser.

    Args:
        root: the checkout.
        stubs: text of each file to write, by its path below assignments/.
        policy: the Content-Security-Policy of every page.

    Returns:
        texts by file name, among them figures as bytes under "figures/", and the cells that run
        in the browser by their key.

    Raises:
        UserError: if a cell that needs no learner's code fails, or a formula cannot be read.
    """
    course = kit.course()
    formulas = Formulas()
    cells: dict[str, Any] = {}
    figures: dict[str, bytes] = {}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    markdown = MarkdownWithMath(renderer=_Renderer(formulas))
    assignments = {assignment.name for assignment in course.assignments}
    order = {exercise.name: k for k, exercise in enumerate(course.exercises)}

    def shown(pieces: Iterable[Piece], assignment: str) -> list[ShownText | ShownCell]:
        found: list[ShownText | ShownCell] = []
        for piece in pieces:
            if isinstance(piece, Text):
                if piece.markdown.strip():
                    html = jinja2.utils.markupsafe.Markup(markdown.render(piece.markdown))
                    found.append(ShownText(html))
                continue
            found.append(shown_cell(piece, assignment))
        return found

    def shown_cell(cell: Cell, assignment: str) -> ShownCell:
        key = f"{assignment}/{cell.id}"
        run = cell.runnable
        one = ShownCell(
            key, run.code, run.needs_learner(assignments), run.draws, run.needs_matplotlib
        )
        if one.live:
            cells[key] = {"before": run.before, "code": run.code, "figure": one.needs_matplotlib}
            return one
        name = f"figures/{assignment}-{cell.id}"
        one.outputs = _constant(run, name, figures)
        return one

    texts: dict[str, str] = {}
    for assignment in course.assignments:
        notebook = root / "source" / assignment.name / f"{assignment.name}.ipynb"
        names = [exercise.name for exercise in assignment.exercises]
        lessons = {lesson.exercise: lesson for lesson in read_lessons(notebook, names)}
        for exercise in assignment.exercises:
            lesson: Lesson = lessons[exercise.name]
            number = order[exercise.name]
            around = course.exercises
            texts[f"{exercise.name}.html"] = environment.get_template("lesson.html.j2").render(
                course=course,
                assignment=assignment,
                exercise=exercise,
                number=number + 1,
                previous=around[number - 1] if number else None,
                next=around[number + 1] if number + 1 < len(around) else None,
                builds_on=exercise.needs,
                story=shown(lesson.story, assignment.name),
                after=shown(lesson.after, assignment.name),
                questions=kit.questions(exercise),
                drills=kit.has_drills(exercise),
                stub=stubs[exercise.path],
                policy=policy,
            )
    abilities = [
        (heading, list(lines))
        for heading, lines in itertools.groupby(kit.abilities(), key=lambda one: one.heading)
    ]
    titles = {}
    for name, text in kit.reading(root).items():
        titles[name] = text.splitlines()[0].removeprefix("# ")
        html = markdown.render(text)
        if local := re.search(r'href="(?!https?://|#)([^"]*)"', html):
            raise UserError(f"{name}.md links to {local[1]}, which is no page of the site")
        texts[f"{name}.html"] = environment.get_template("reading.html.j2").render(
            course=course,
            title=titles[name],
            html=jinja2.utils.markupsafe.Markup(html),
            policy=policy,
        )
    for name in ("index", "skills", "drills", "network", "folder"):
        texts[f"{name}.html"] = environment.get_template(f"{name}.html.j2").render(
            course=course,
            abilities=abilities,
            reading=titles,
            assignments=assignments,
            policy=policy,
        )
    texts["stepper.html"] = kit.stepper_page()
    files: dict[str, Any] = {**formulas.put_in(texts), **figures}
    return files, cells


def _constant(run: Runnable, name: str, figures: dict[str, bytes]) -> list[Output]:
    """Run a cell that needs no learner's code, and return its outputs."""
    outputs: list[Output] = []
    printed = io.StringIO()

    def keep_text() -> None:
        if printed.getvalue():
            outputs.append(Output(text=printed.getvalue().rstrip("\n")))
        printed.seek(0)
        printed.truncate()

    def display(value: Any) -> None:
        keep_text()
        png = getattr(value, "png", None)
        stepper = kit.stepper_data(value)
        if stepper is not None:
            # A stepper has its own scripts, so it needs a separate document.
            file = f"{name}-{len(outputs)}.html"
            figures[file] = value.page().encode("utf-8")
            outputs.append(Output(frame=file, alt=f"Step through {stepper['operation']}"))
            return
        if png is None:
            outputs.append(Output(text=repr(value)))
            return
        file = f"{name}-{len(outputs)}.png"
        figures[file] = smaller_png(png)
        width, height = struct.unpack(">II", png[16:24])  # the header of a PNG
        size = round(width * _SHOWN), round(height * _SHOWN)
        outputs.append(Output(image=file, alt=value.alt, width=size[0], height=size[1]))

    namespace: dict[str, Any] = {"__name__": "__story__", "display": lambda *_: None}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(run.before, name, "exec"), namespace)
        namespace["display"] = display
        with contextlib.redirect_stdout(printed):
            exec(compile(run.code, name, "exec"), namespace)
    except Exception as error:
        raise UserError(
            f"the cell {name} cannot be run: {type(error).__name__}: {error}"
        ) from error
    keep_text()
    return outputs


def require_node() -> None:
    """Raise UserError, in one line, unless Node and npm are here."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise UserError(
            "Node.js 20 or newer with npm is needed to build the site (and only for that); on "
            "Debian and Ubuntu: apt-get install nodejs npm"
        )
