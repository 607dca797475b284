# Every command a person types. `make` alone says what there is.
# A learner's target installs only what a learner needs; an instructor's installs everything.

PYTHON ?= python3
DIR ?= assignments
VENV := .venv
BIN := $(VENV)/bin
AUTOGRADER := $(BIN)/autograder
LEARNER := $(VENV)/.learner
EVERYTHING := $(VENV)/.everything

.PHONY: help install check watch hint can train draw notebook pictures release gradebook grade feedback \
	report export handout pitfalls mutants demo test bench e2e lock doctor clean
.DEFAULT_GOAL := help

help:  ## What there is to type
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
	  { echo "Python 3.11 to 3.14 is needed, and this is $$($(PYTHON) --version); try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }

$(LEARNER): $(BIN)/python pyproject.toml requirements/learner.txt
	@echo "installing what a learner needs into $(VENV)/ (once) ..."
	@# Not compiled ahead: a learner uses a small part of it, and Python compiles that on first use.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements/learner.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(EVERYTHING): $(LEARNER) requirements/everything.txt
	@echo "installing what an instructor needs into $(VENV)/ (once, a few minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/everything.txt
	@sh autograder/grading/install_bubblewrap.sh
	@$(BIN)/python -c 'from pathlib import Path; from autograder.instructor.run_nbgrader import point_from_everywhere as point; point(Path.cwd())'
	@echo "installed; make alone lists the commands, make demo shows them at work"
	@touch $@

install: $(EVERYTHING)  ## Build .venv/ with everything, and the sandbox where it may

# --- learner ---

check: $(LEARNER)  ## Check your work; one exercise: make check EX=im2col; one assignment: A=a1
	@$(AUTOGRADER) check $(DIR) $(if $(EX),--exercise $(EX)) $(if $(A),--assignment $(A))

watch: $(LEARNER)  ## Check again on every save
	@$(AUTOGRADER) watch $(DIR)

hint: $(LEARNER)  ## The next hint: make hint EX=im2col
	@$(AUTOGRADER) hint $(EX) --dir $(DIR)

can: $(LEARNER)  ## What you can by now, ticked where the checks can tell
	@$(AUTOGRADER) can $(DIR)

train: $(LEARNER)  ## Train your network on digits, with pictures: make train MODEL=full
	@$(AUTOGRADER) train $(DIR) $(if $(MODEL),--model $(MODEL)) $(if $(DATA),--data $(DATA)) $(if $(EPOCHS),--epochs $(EPOCHS)) $(if $(RESUME),--resume)

draw: $(LEARNER)  ## Draw a digit in the browser: your trained network reads it
	@$(AUTOGRADER) draw $(DIR)

notebook: $(LEARNER)  ## Open the notebooks in JupyterLab
	@$(BIN)/python -c 'import jupyterlab' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[notebook]'
	@$(BIN)/jupyter lab $(DIR)

# --- instructor ---

release: $(EVERYTHING)  ## nbgrader: write assignments/ from source/ and solutions/
	@$(AUTOGRADER) release $(A)

gradebook: $(EVERYTHING)  ## Rebuild gradebook.db: every assignment, cell and point, and no student
	@$(AUTOGRADER) gradebook

grade: $(EVERYTHING)  ## nbgrader: grade everything in submitted/; some of it: A=a1, STUDENT=ada
	@$(AUTOGRADER) autograde $(A) $(if $(STUDENT),--student $(STUDENT)) $(if $(FORCE),--force) $(if $(SCHEDULER),--scheduler $(SCHEDULER))

feedback: $(EVERYTHING)  ## nbgrader: write feedback/, one page a student and notebook
	@$(AUTOGRADER) feedback $(A)

report: $(EVERYTHING)  ## What the class understood: a page for each assignment
	@$(AUTOGRADER) report $(A)

export: $(EVERYTHING)  ## The marks: make export, make export FORMAT=canvas (moodle, json, gradescope)
	@$(AUTOGRADER) export $(if $(FORMAT),--format $(FORMAT)) $(if $(A),--assignment $(A))

handout: $(EVERYTHING)  ## The zip that a learner receives, in build/
	@$(AUTOGRADER) handout

doctor: $(EVERYTHING)  ## What this machine can do, and what to install
	@$(AUTOGRADER) doctor

# --- anyone ---

demo: $(EVERYTHING)  ## The whole way on a sample class, in a scratch folder
	@$(AUTOGRADER) demo

test: $(EVERYTHING)  ## The kit's own tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@# The slowest files first, so that no core waits for them at the end.
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder \
	  tests/test_nothing_lost.py tests/test_red_team.py tests/test_substitutes.py tests/test_nbgrader.py tests

e2e: $(EVERYTHING)  ## The kit in a real browser (needs Chromium); screenshots in build/e2e/
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { echo "no Chromium here; on Debian: apt-get install chromium; elsewhere: make e2e CHROMIUM=/path/to/it" >&2; exit 2; }
	@$(BIN)/python -m pytest e2e -n 2 --dist loadfile

bench: $(EVERYTHING)  ## The measurements, each beside its peer (installs PyTorch)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@for b in submission class check training; do $(BIN)/python benchmarks/bench_$$b.py || exit; done

mutants: $(EVERYTHING)  ## Break the solutions in every small way, and count what the checks notice
	@$(BIN)/python benchmarks/mutation_score.py

pitfalls: $(EVERYTHING)  ## The bank of known mistakes, and which checks catch each: make pitfalls EX=im2col
	@$(BIN)/python -m autograder.author.bank $(EX)

lock:  ## Compile requirements/ anew from pyproject.toml (needs uv)
	uv pip compile -q --universal --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements/learner.txt
	uv pip compile -q --universal --no-emit-index-url --python-version 3.11 --extra instructor --extra cluster --extra dev --extra e2e --extra similar pyproject.toml -o requirements/everything.txt

clean:  ## Remove what was built (.venv/ and caches), nothing of yours
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build dist
