"""Reads an exercise's diagnosis.json: the right results of its grid, and those of known mistakes.

The right results are stored in full: they are small examples like those of the public checks. A
mistake is stored as one short hash for each call, from which its code cannot be read.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.judging.values import as_numbers

FILE = "diagnosis.json"
# Separates the names of returned values in `Alternative.part`.
AND = " + "
CODE_BYTES = 4
SAME, RAISES = bytes(CODE_BYTES), b"\xff" * CODE_BYTES
# Numbers are rounded to whole steps of 1/256. The boundary between two steps is at 0.7 of a step,
# where no half, quarter, third or fifth is, so that an error in the last bit moves none across it.
STEPS, EDGE = 256, 0.7
LARGE = 1e9


@dataclass(frozen=True)
class Alternative:
    """What a known mistake, or the right code on an altered call, returns.

    Attributes:
        name: the pitfall's name, or "" for an altered call.
        sentence: what is true of code that returns the same; "{name}" is replaced by the result's
            name.
        part: the name of the returned value that it is about, or several names with AND between
            them; "" for all together.
        codes: for each call of the grid, the hash; SAME if it is right, RAISES if it raises.
    """

    name: str
    sentence: str
    part: str
    codes: tuple[bytes, ...]


@dataclass(frozen=True)
class KnownResults:
    """The known results of one exercise's grid.

    Attributes:
        right: for each call, the right values, one for each returned value.
        alternatives: in the order in which they are preferred.
        steps: numbers are rounded to whole steps of 1/steps before they are hashed.
    """

    right: tuple[tuple[Any, ...], ...]
    alternatives: tuple[Alternative, ...]
    steps: int


@cache
def read_known_results(file: Path) -> KnownResults | None:
    """The content of the file; None if there is no file."""
    if not file.is_file():
        return None
    form = json.loads(file.read_text(encoding="utf-8"))
    alternatives = tuple(
        Alternative(name, form["sentences"][sentence], part, _codes(codes))
        for name, part, sentence, codes in form["alternatives"]
    )
    right = tuple(tuple(map(_decoded, values)) for values in form["right"])
    return KnownResults(right, alternatives, form["steps"])


def as_text(known: KnownResults, made_from: str = "") -> str:
    """The text of a diagnosis.json.

    Args:
        known: its content.
        made_from: the digest of the files that it was made from.
    """
    sentences = list(dict.fromkeys(a.sentence for a in known.alternatives))
    places = {sentence: place for place, sentence in enumerate(sentences)}
    form: dict[str, Any] = {
        "generated": "by `make pitfalls` from probes.py and pitfalls.py; do not edit",
        "made_from": made_from,
        "steps": known.steps,
        "right": [[_encoded(value) for value in values] for values in known.right],
        "sentences": sentences,
        "alternatives": [
            [a.name, a.part, places[a.sentence], base64.b64encode(b"".join(a.codes)).decode()]
            for a in known.alternatives
        ],
    }
    lines = []
    for key, value in form.items():
        if isinstance(value, list):
            # One line for each entry, so that a diff shows which entry changed.
            rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def made_from_of(file: Path) -> str:
    """The digest of the files that a diagnosis.json was made from; "" if it has none."""
    try:
        return str(json.loads(file.read_text(encoding="utf-8")).get("made_from", ""))
    except (OSError, ValueError):
        return ""


def code_of(value: Any, steps: int = STEPS) -> bytes:
    """The short hash of a value's shape and rounded numbers; equal for integers and floats."""
    array = as_numbers(value)
    if array is None and isinstance(value, tuple):
        text = " ".join(code_of(item, steps).hex() for item in value)
    elif array is None:
        text = f"no numbers {type(value).__name__}"
    else:
        text = json.dumps([list(array.shape), _rounded(array.ravel(), steps)])
    code = hashlib.blake2b(text.encode(), digest_size=CODE_BYTES, person=b"diagnosis").digest()
    return b"\x01" * CODE_BYTES if code in (SAME, RAISES) else code


def distance_to_an_edge(value: Any, steps: int) -> float:
    """The least distance of a number in `value` to a rounding boundary, in steps: 0 to 0.5."""
    array = as_numbers(value)
    if array is None:
        return 0.5
    finite = array[np.isfinite(array) & (np.abs(array) < LARGE)]
    above_edge = (finite * steps - EDGE) % 1
    return float(np.minimum(above_edge, 1 - above_edge).min(initial=0.5))


def _rounded(numbers: np.ndarray, steps: int) -> list[int | str]:
    """The numbers in whole steps; "nan", "large" or "-large" for others."""
    ordinary = np.abs(numbers) < LARGE
    whole = np.floor(np.where(ordinary, numbers, 0) * steps + 1 - EDGE).astype(np.int64).tolist()
    for place in np.flatnonzero(~ordinary):
        number = numbers[place]
        whole[place] = "nan" if np.isnan(number) else "large" if number > 0 else "-large"
    return whole


def _codes(text: str) -> tuple[bytes, ...]:
    data = base64.b64decode(text)
    return tuple(data[k : k + CODE_BYTES] for k in range(0, len(data), CODE_BYTES))


def _encoded(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    array = np.asarray(value)
    numbers = [n + 0.0 if isinstance(n, float) else n for n in array.ravel().tolist()]
    numbers = [int(n) if isinstance(n, float) and n.is_integer() else n for n in numbers]
    return {"shape": list(array.shape), "dtype": array.dtype.kind, "numbers": numbers}


_DTYPES = {"f": np.float64, "i": np.int64, "u": np.int64, "b": np.bool_}


def _decoded(form: Any) -> Any:
    if not isinstance(form, dict):
        return form
    dtype: Any = _DTYPES[form["dtype"]]
    array = np.array(form["numbers"], dtype=dtype).reshape(form["shape"])
    return array if array.ndim else array[()]
