# The few commands that are not `dvc` or `dramatis`. Everything runs in .venv, which the first of them makes.
PYTHON ?= python3.11
BIN := .venv/bin
POCKET := $(addprefix models/pocket/dvc.yaml:,vae unet tagger embedder judge detector blur landmarks strangers text_to_image readme)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: install dev repro test test-slow seeds benchmark-identity benchmark-blur benchmark-landmarks rebuild-table
.PHONY: benchmark-scale benchmark-shots benchmark-dataset benchmark-train faults methods pocket picture report-picture
.PHONY: benchmark-rates benchmark-story benchmark-edits docs guide fuzz audit lint

install: .venv/.installed       ## the packages, as requirements.lock pins them

.venv/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	touch $@

dev: .venv/.dev                 ## what tests, lint and training the pocket models need beyond that

.venv/.dev: requirements-dev.lock .venv/.installed
	$(BIN)/python -m pip install --quiet -c requirements.lock -r requirements-dev.lock
	touch $@

repro: install                  ## the whole pipeline: whatever is stale
	dramatis check
	dvc repro

test: dev                       ## the quick tests
	OMP_NUM_THREADS=1 python -m pytest -n auto --dist worksteal

test-slow: dev                  ## the slow ones
	OMP_NUM_THREADS=1 python -m pytest -m slow -n auto --dist loadfile

seeds: install                  ## the pipeline on three other films; prints their scores
	python -m dramatis.bench.seeds

benchmark-identity: install     ## who is who, against truth, alternatives, ceilings: docs/identity.md; needs DRAMATIS_MEDIA
	python -m dramatis.bench.identity

benchmark-blur: install         ## every measure of blur on faces blurred by known amounts; needs DRAMATIS_MEDIA
	python -m dramatis.bench.blur

benchmark-landmarks: install    ## points and poses of faces against truth; needs DRAMATIS_MEDIA
	python -m dramatis.bench.landmarks

rebuild-table: install          ## which stages run after each of many edits: docs/rebuild.md
	python -m dramatis.bench.rebuild

benchmark-scale: install        ## what DVC costs on a show of 40 videos and 12 runs
	python -m dramatis.bench.scale

benchmark-rates: install        ## what a minute of film costs each stage: docs/scale.md
	python -m dramatis.bench.rates

benchmark-shots: install        ## cuts, fades and dissolves by ours and by others; needs DRAMATIS_MEDIA
	python -m pip install --quiet --no-deps scenedetect-headless==0.7.2   # its dependency would bring a second OpenCV
	python -m dramatis.bench.shots

benchmark-dataset: install      ## the dataset against truth, its rules and its readers: docs/dataset.md; needs DRAMATIS_MEDIA
	python -m dramatis.bench.dataset

benchmark-train: install        ## training beside diffusers' script and sd-scripts: cost of a step, start-up, memory
	python -m dramatis.bench.train

benchmark-story: install        ## do people stay the same over a story's panels: docs/panels.md; 8 minutes
	OMP_WAIT_POLICY=PASSIVE python -m dramatis.bench.story

benchmark-edits: install        ## edits by attention: what they change, what they leave alone: docs/attention.md
	OMP_NUM_THREADS=1 python -m dramatis.bench.edits
	OMP_NUM_THREADS=1 python -m dramatis.bench.edits_pairs

faults: install                 ## each stage, everything that can happen to it: docs/faults.md; as root, see there
	python -m dramatis.bench.faults

methods: install                ## every method on the sample film: docs/methods.md; 20 minutes
	python -m dramatis.bench.methods

pocket: dev                     ## the pocket models from nothing: hours; see models/pocket/dvc.yaml
	dvc unfreeze $(POCKET)
	dvc repro --force models/pocket/dvc.yaml; status=$$?; dvc freeze $(POCKET); exit $$status

picture: install               ## the README's pictures, from the last results
	python -m dramatis.bench.picture

report-picture: install         ## the picture of docs/report.md; needs chromium
	python -m dramatis.bench.report_picture

docs: install                   ## README's stage table, the picture of the pipeline, docs/
	dramatis docs

guide: dev                      ## the pages of docs/ as a site in work/site
	mkdocs build --strict
fuzz: dev                       ## 2,000 damaged and hostile files, read as stages read them: docs/security.md
	python -m dramatis.bench.fuzz
audit: dev                      ## licences of all packages, rules against unsafe code, known weaknesses (asks PyPI)
	python -m dramatis.bench.licences
	ruff check .                  # rules S and BLE among others
	test -x .audit/bin/pip-audit || { $(PYTHON) -m venv .audit && .audit/bin/pip install --quiet pip-audit==2.10.1; } || true
	python -m dramatis.bench.audit .audit/bin/pip-audit

lint: dev                       ## style and types
	ruff check .
	ruff format --check .
	mypy
