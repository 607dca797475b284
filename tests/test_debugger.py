"""breakpoint() in a learner's function opens the debugger there, in a real terminal."""

import shutil
import sys
from pathlib import Path

import pexpect
import pytest

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent


def test_breakpoint_opens_in_the_learners_own_line(tmp_path: Path) -> None:
    tree = tmp_path / "assignments"
    shutil.copytree(ROOT / "solutions" / "a1_convolution", tree / "a1_convolution")
    file = tree / "a1_convolution" / "convolution.py"
    line = "    _require_kernel_fits(input_size, kernel_size, stride, padding)\n"
    text = file.read_text(encoding="utf-8").replace(line, line + "    breakpoint()\n", 1)
    file.write_text(text, encoding="utf-8")
    command = ["-m", "autograder", "check", str(tree), "--exercise", "output_size"]
    terminal = pexpect.spawn(sys.executable, command, timeout=60, encoding="utf-8")
    terminal.expect(r"\(Pdb\)")
    assert "output_size()" in terminal.before
    terminal.sendline("p 'kernel', kernel_size")
    terminal.expect(r"\('kernel', \d\)")
    while True:
        terminal.sendline("c")
        if terminal.expect([r"\(Pdb\)", pexpect.EOF]) == 1:
            break
    assert "5 of 5" in terminal.before
