# Every command that a person types. `make` alone lists them.
# A learner's target installs only what a learner needs; an instructor's installs everything.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Not $(BIN)/autograder: that file names the folder it was installed in, which may be moved.
AUTOGRADER := $(BIN)/python -m autograder
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LEARNER := $(VENV)/.learner
EVERYTHING := $(VENV)/.everything

.PHONY: help install check watch hint can train draw notebook update pictures web release gradebook grade feedback \
	report export handout pitfalls mutants sentences demo quick test soak bench e2e lock doctor clean
.DEFAULT_GOAL := help
# grade before feedback before export, also under make -j.
.NOTPARALLEL:

# Arguments come from the command line only: a variable of that name in the environment (DIR and
# A are common names) is ignored.
$(foreach name,EX A ZIP MODEL DATA EPOCHS RESUME SERVE FIGURES STUDENT FORCE SCHEDULER FORMAT,\
  $(if $(filter environment,$(origin $(name))),$(eval $(name) :=)))
ifneq ($(origin DIR),command line)
DIR := assignments
endif

# Quotes a value, so that the shell takes it as one word, also with spaces and quotes in it.
quote = '$(subst ','\'',$(1))'

# The user's pip settings must not install the packages outside $(VENV)/.
export PIP_USER := 0
# Without compiled files every start of Python takes twice as long.
unexport PYTHONDONTWRITEBYTECODE
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIRE_HASHES PIP_REQUIREMENT PIP_EDITABLE PIP_NO_DEPS \
	PIP_ONLY_BINARY PIP_DRY_RUN PYTHONHOME

# If the folder was moved, the installation still names the old path: install again. A $(VENV)/ that
# is a link belongs to another folder, and is not touched.
PLACE := $(shell test -L $(VENV) || cat $(LEARNER) 2>/dev/null)
ifneq ($(PLACE),)
ifneq ($(PLACE),$(shell pwd -P))
.PHONY: $(LEARNER)
endif
endif
# A command with warnings ends with status 3; make goes on with the next command.
GO_ON := || test $$? -eq 3

help:  ## List the commands
	@awk -F':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
	  { echo "Python 3.11 to 3.14 is needed, and this is $$($(PYTHON) --version); try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }

NOT_INSTALLED = { echo "pip could not install what is needed into $(VENV)/ (its reason stands above); see Installing in docs/troubleshooting.md, then type the same again" >&2; exit 2; }

$(LEARNER): $(BIN)/python pyproject.toml requirements/learner.txt
	@echo "installing what a learner needs into $(VENV)/ (once) ..."
	@# Not compiled ahead: a learner uses a small part of it, and Python compiles that on first use.
	@$(PIP) install --no-compile -r requirements/learner.txt || $(NOT_INSTALLED)
	@$(PIP) install --no-deps --editable . || $(NOT_INSTALLED)
	@pwd -P > $@

$(EVERYTHING): $(LEARNER) requirements/everything.txt
	@echo "installing what an instructor needs into $(VENV)/ (once, a few minutes) ..."
	@$(PIP) install -r requirements/everything.txt || $(NOT_INSTALLED)
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib autograder cnnlab || true
	@sh autograder/grading/install_bubblewrap.sh
	@$(BIN)/python -c 'from pathlib import Path; from autograder.instructor.run_nbgrader import point_from_everywhere as point; point(Path.cwd())'
	@echo "installed; make alone lists the commands, make demo shows them at work"
	@touch $@

install: $(EVERYTHING)  ## Build .venv/ with everything, and install the sandbox if allowed

# --- learner ---

check: $(LEARNER)  ## Check your work; one exercise: make check EX=im2col; one assignment: A=a1
	@$(AUTOGRADER) check $(call quote,$(DIR)) $(if $(EX),--exercise $(call quote,$(EX))) $(if $(A),--assignment $(call quote,$(A)))

watch: $(LEARNER)  ## Check again on every save
	@$(AUTOGRADER) watch $(call quote,$(DIR))

hint: $(LEARNER)  ## The next hint: make hint EX=im2col
	@$(AUTOGRADER) hint $(if $(EX),$(call quote,$(EX))) --dir $(call quote,$(DIR))

can: $(LEARNER)  ## What you can do by now; the checks tick what they can prove
	@$(AUTOGRADER) can $(call quote,$(DIR))

train: $(LEARNER)  ## Train your network on digits, with pictures: make train MODEL=full
	@$(AUTOGRADER) train $(call quote,$(DIR)) $(if $(MODEL),--model $(call quote,$(MODEL))) $(if $(DATA),--data $(call quote,$(DATA))) $(if $(EPOCHS),--epochs $(call quote,$(EPOCHS))) $(if $(RESUME),--resume)

draw: $(LEARNER)  ## Draw a digit in the browser: your trained network reads it
	@$(AUTOGRADER) draw $(call quote,$(DIR))

notebook: $(LEARNER)  ## Open the notebooks in JupyterLab
	@$(BIN)/python -c 'import jupyterlab' 2>/dev/null || $(PIP) install --editable '.[notebook]' || $(NOT_INSTALLED)
	@$(BIN)/python -m jupyterlab $(call quote,$(DIR))

doctor: $(LEARNER)  ## What this machine can do, and what to install
	@$(AUTOGRADER) doctor

update: $(LEARNER)  ## Install a newer handout and keep your work: make update ZIP=../handout.zip
	@$(AUTOGRADER) update $(if $(ZIP),$(call quote,$(ZIP)))

# --- instructor ---

release: $(EVERYTHING)  ## nbgrader: write assignments/ from source/ and solutions/
	@$(AUTOGRADER) release $(if $(A),$(call quote,$(A)))

gradebook: $(EVERYTHING)  ## Rebuild gradebook.db: every assignment, cell and point, and no student
	@$(AUTOGRADER) gradebook

grade: $(EVERYTHING)  ## nbgrader: grade everything in submitted/; some of it: A=a1, STUDENT=ada
	@$(AUTOGRADER) autograde $(if $(A),$(call quote,$(A))) $(if $(STUDENT),--student $(call quote,$(STUDENT))) $(if $(FORCE),--force) $(if $(SCHEDULER),--scheduler $(call quote,$(SCHEDULER))) $(GO_ON)

feedback: $(EVERYTHING)  ## nbgrader: write feedback/, one page a student and notebook
	@$(AUTOGRADER) feedback $(if $(A),$(call quote,$(A))) $(GO_ON)

report: $(EVERYTHING)  ## What the class understood: a page for each assignment
	@$(AUTOGRADER) report $(if $(A),$(call quote,$(A))) $(GO_ON)

export: $(EVERYTHING)  ## The marks: make export, make export FORMAT=canvas (moodle, json, gradescope)
	@$(AUTOGRADER) export $(if $(FORMAT),--format $(call quote,$(FORMAT))) $(if $(A),--assignment $(call quote,$(A))) $(GO_ON)

handout: $(EVERYTHING)  ## The zip that a learner receives, in build/
	@$(AUTOGRADER) handout

web: $(EVERYTHING)  ## The browser edition, in build/web/; to look at it: make web SERVE=1
	@$(BIN)/python -m web.build $(if $(FIGURES),--figures $(FIGURES)) $(if $(SERVE),--serve $(if $(filter-out 1,$(SERVE)),$(SERVE)))

# --- anyone ---

demo: $(EVERYTHING)  ## Release, grade and give back a sample class, in a temporary folder
	@$(AUTOGRADER) demo

PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest

quick: $(EVERYTHING)  ## Style, types and the tests that take a minute together
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(PYTEST) -n 2 --dist loadfile -m quick $$(grep -l 'pytestmark = pytest.mark.quick' tests/*.py)

test: $(EVERYTHING)  ## The kit's own tests, without the long ones (make soak)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@# The slowest files first, so that no core waits for them at the end.
	@$(PYTEST) -n 4 --dist loadfile --no-loadscope-reorder -m 'not soak' \
	  tests/test_red_team.py tests/test_substitutes.py tests/test_nbgrader.py tests

SOAK_MINUTES ?= 60

soak: $(EVERYTHING)  ## The long tests: every kill, mutant, guide and notebook; SOAK_MINUTES=60 at most
	@OPENBLAS_NUM_THREADS=1 timeout --signal=INT $(SOAK_MINUTES)m $(BIN)/python -m pytest -n 4 --dist load -m soak tests || { \
	  status=$$?; \
	  case $$status in \
	    124) echo "not done after $(SOAK_MINUTES) minutes: make soak SOAK_MINUTES=90" >&2 ;; \
	    1) echo "once more, with less at a time, what failed:"; \
	      $(PYTEST) -n 2 --dist load --last-failed tests; status=$$? ;; \
	  esac; exit $$status; }

e2e: $(EVERYTHING)  ## The kit in a real browser (needs Chromium); screenshots in build/e2e/
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { echo "no Chromium here; on Debian: apt-get install chromium; elsewhere: make e2e CHROMIUM=/path/to/it" >&2; exit 2; }
	@command -v npm >/dev/null || { echo "no Node.js here, which builds the browser edition; on Debian: apt-get install nodejs npm" >&2; exit 2; }
	@$(BIN)/python -m web.build
	@SITE=build/web $(BIN)/python -m pytest e2e -n 2 --dist loadfile --timeout 900
	@cd web && npm run --silent check

bench: $(EVERYTHING)  ## The measurements, each beside its peer (installs PyTorch)
	@$(PIP) install --editable '.[bench]' || $(NOT_INSTALLED)
	@for b in submission class check training web; do $(BIN)/python benchmarks/bench_$$b.py || exit; done

sentences: $(EVERYTHING)  ## Every sentence that the kit can say to a person, to be read in one sitting
	@$(BIN)/python -m autograder.author.sentences

mutants: $(EVERYTHING)  ## Break the solutions in every small way, and count what the checks notice
	@$(BIN)/python -m autograder.author.mutation_score $(if $(EX),--exercise $(EX))

pitfalls: $(EVERYTHING)  ## The bank of known mistakes, its drills, and what catches each: make pitfalls EX=im2col
	@$(BIN)/python -m autograder.author.bank $(if $(EX),$(call quote,$(EX)))
	@$(BIN)/python -m autograder.author.drills $(if $(EX),$(call quote,$(EX)))

pictures: $(EVERYTHING)  ## Draw the README's pictures again
	@$(BIN)/python docs/pictures/make.py

lock:  ## Compile requirements/ again from pyproject.toml (needs uv)
	uv pip compile -q --universal --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements/learner.txt
	uv pip compile -q --universal --no-emit-index-url --python-version 3.11 --extra instructor --extra cluster --extra dev --extra e2e --extra similar pyproject.toml -o requirements/everything.txt

clean:  ## Remove .venv/, caches and builds; your work stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build dist
