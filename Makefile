# What each target does and needs: README.md. All state of the demo is under var/.
PYTHON ?= python3
PORT ?= 8000
VENV = .venv/bin/python
STRICT = -p no:locust --strict-markers --strict-config --import-mode=importlib

.PHONY: demo clean-demo test lint test-browser test-deployment bench proof messages lock

demo:
	@$(PYTHON) scripts/environment.py requirements.lock "$(PORT)"
	@exec $(VENV) -m pakn.demo "$(PORT)"

clean-demo:
	rm -rf var

test: packages
	@$(VENV) -m pytest -n 2

proof: packages
	@$(VENV) -m pytest --override-ini addopts="$(STRICT)" -m proof

test-browser: packages
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { echo "error: Chromium is needed (Debian: apt install chromium), or CHROMIUM=/path/to/it" >&2; exit 1; }
	@$(VENV) -m pytest --override-ini addopts="$(STRICT)" -m "not proof" tests/browser

test-deployment: packages
	@command -v nginx >/dev/null || { echo "error: nginx is needed (Debian: apt install nginx-light)" >&2; exit 1; }
	@$(VENV) -m pytest --override-ini addopts="$(STRICT)" -m "not proof" tests/deployment

lint: export READING = SECRET_KEY=just-to-read-the-sources DEMO=off
lint: export PRODUCTION = SECRET_KEY=tK3vPq9xWb7LmZr2YcNf8sHd5gJe1uAo4iTyRwQz6XnV0CkMxx DEMO=off DEBUG=off CAPTCHA_TEST_MODE=off STAFF_MFA=required ALLOWED_HOSTS=pakn.gov.vn SITE_URL=https://pakn.gov.vn DATABASE_URL=postgres://pakn@db/pakn REDIS_URL=redis://redis EMAIL_URL=smtp://mail SMS_BACKEND=https://sms TRUSTED_PROXY_COUNT=1
lint: packages
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m djlint --quiet --check --lint templates
	.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose/compose.yaml
	env $$READING $(VENV) manage.py makemigrations --check --dry-run
	env $$READING $(VENV) manage.py check_catalogues
	env $$PRODUCTION $(VENV) manage.py collectstatic --noinput --verbosity 0
	env $$PRODUCTION $(VENV) manage.py check --deploy --fail-level WARNING

bench: packages
	@for script in bench/*.py; do echo "== $$script"; $(VENV) "$$script" || exit 1; done

messages: packages
	@command -v xgettext >/dev/null || { echo "error: gettext is needed (Debian: apt install gettext)" >&2; exit 1; }
	env SECRET_KEY=only-to-read-the-sources $(VENV) manage.py makemessages --locale en --no-location --ignore .venv --ignore var --ignore tests --ignore bench
	env SECRET_KEY=only-to-read-the-sources $(VENV) manage.py compilemessages --ignore .venv

lock:
	@command -v uv >/dev/null || { echo "error: uv is needed (pip install uv)" >&2; exit 1; }
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --output-file requirements.lock requirements.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --output-file requirements-dev.lock requirements-dev.txt

.PHONY: packages
packages:
	@$(PYTHON) scripts/environment.py requirements-dev.lock
