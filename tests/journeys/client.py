"""A visitor like a script from outside: reads a page, keeps what its forms hold, fills in what it knows, sends it back.

Nothing here knows the project's code: only addresses, field names and markers of the contract.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.test import Client

NOT_SENT = {"submit", "button", "image", "reset", "file"}


@dataclass
class Form:
    """A form as its page gives it: `kept` is what a browser would send of it untouched, name by name."""

    action: str
    method: str
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, answers, *, hidden_only=False):
        """What is sent: answers over what the form holds (or only over its hidden fields); None takes a field off."""
        unknown = set(answers) - self.names
        assert not unknown, f"{self.action} has no field {sorted(unknown)}, only {sorted(self.names)}"
        sent = dict(self.hidden if hidden_only else self.kept)
        for name, answer in answers.items():
            sent[name] = [] if answer is None else self._values(name, answer)
        return {name: values for name, values in sent.items() if values}

    def _values(self, name, answer):
        if answer is True:
            return self.choices.get(name) or ["on"]
        if answer is False:
            return []
        values = answer if isinstance(answer, list) else [answer]
        offered = self.choices.get(name)
        refused = [value for value in values if offered and value and str(value) not in offered]
        assert not refused, f"{self.action} does not offer {refused} in {name}, only {offered}"
        return values


@dataclass
class ClockMark:
    """An element with `data-clock`."""

    key: str
    id: str
    due: str
    outcome: str
    provisional: bool


class _Reader(HTMLParser):
    """Collects forms, markers, links, titles of links and the text people see."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.clocks, self.cases, self.words, self.links = [], [], [], [], []
        self.form = self.select = self.textarea = None
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if "data-case-code" in at:
            self.cases.append((at["data-case-code"], at.get("data-state")))
        if "data-clock" in at:
            mark = (at["data-clock"], at.get("data-id"), at.get("data-due"), at.get("data-outcome"))
            self.clocks.append(ClockMark(*mark, "data-provisional" in at))
        if tag in ("script", "style"):
            self.silent += 1
        for link in ("href", "src"):
            if link in at:
                self.links.append(at[link])
        if tag == "form":
            self.form = Form(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None:
            self._read_control(tag, at)

    def _read_control(self, tag, at):
        name = at.get("name")
        if tag == "input" and name:
            self._read_input(name, at)
        elif tag == "select" and name:
            self.select = (name, "multiple" in at, [])
            self.form.names.add(name)
        elif tag == "option" and self.select:
            self.select[2].append((at.get("value", ""), "selected" in at))
        elif tag == "textarea" and name:
            self.textarea = (name, [])
            self.form.names.add(name)

    def _read_input(self, name, at):
        kind, value = at.get("type", "text").lower(), at.get("value")
        if kind in NOT_SENT - {"file"}:
            return
        self.form.names.add(name)
        if kind == "file":
            return
        if kind in ("checkbox", "radio"):
            self.form.choices.setdefault(name, []).append(value or "on")
            if "checked" in at:
                self.form.kept.setdefault(name, []).append(value or "on")
            return
        self.form.kept.setdefault(name, []).append(value or "")
        if kind == "hidden":
            self.form.hidden.setdefault(name, []).append(value or "")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.silent -= 1
        elif tag == "form":
            self.form = None
        elif tag == "select" and self.select:
            name, is_multiple, options = self.select
            chosen = [value for value, selected in options if selected]
            if not chosen and not is_multiple and options:
                chosen = [options[0][0]]
            self.form.choices[name] = [value for value, _selected in options]
            self.form.kept[name] = chosen
            self.select = None
        elif tag == "textarea" and self.textarea:
            name, typed = self.textarea
            self.form.kept[name] = ["".join(typed).removeprefix("\n")]
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)
        if not self.silent:
            self.words.append(data)


class Page:
    """What came back: `status`, `location` of a redirect, and what a reader finds in the HTML."""

    def __init__(self, response, address):
        self.status, self.address = response.status_code, address
        self.location = response.headers.get("Location", "")
        self.headers = response.headers
        self.raw = b"".join(response.streaming_content) if response.streaming else response.content
        reader = _Reader()
        if response.headers.get("Content-Type", "").startswith("text/html"):
            self.html = self.raw.decode()
            reader.feed(self.html)
        self.forms, self.clocks, self.cases, self.links = reader.forms, reader.clocks, reader.cases, reader.links
        self.text = " ".join(" ".join(reader.words).split())

    @property
    def marker(self):
        """(code, state) of the one element that names the case."""
        assert len(self.cases) == 1, f"{self.address}: {len(self.cases)} elements with data-case-code"
        return self.cases[0]

    @property
    def state(self):
        return self.marker[1]

    @property
    def files(self):
        """Addresses of attachments, each once, in order; without their small pictures."""
        found = (link for link in self.links if link.startswith("/tep/") and not link.endswith("/nho/"))
        return list(dict.fromkeys(found))

    @property
    def offers(self):
        """Names of the actions whose forms are on the page."""
        posts = [form.action.strip("/").split("/") for form in self.forms if form.method == "post"]
        return [parts[-1] for parts in posts if len(parts) > 2 and parts[0] in ("can-bo", "phan-anh")]

    def form(self, action):
        """The form that posts to this action, or to this whole address."""
        found = [form for form in self.forms if action in (form.action, form.action.strip("/").split("/")[-1])]
        assert len(found) == 1, f"{self.address} has {len(found)} forms for {action}; status {self.status}"
        return found[0]

    def outcomes(self, key):
        return [clock.outcome for clock in self.clocks if clock.key == key]


class Visitor:
    """One browser session; its posts need the CSRF token of the page, as everywhere outside tests."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True)

    def get(self, address):
        return Page(self.client.get(address), address)

    def post(self, address, data):
        return Page(self.client.post(address, data), address)

    def send(self, page, form, *, hidden_only=False, **answers):
        """Post a form of a page with these answers; the answer is not followed."""
        data = form.filled(answers, hidden_only=hidden_only)
        assert form.method == "post", form.action
        return self.post(urlsplit(form.action).path or page.address, data)

    def follow(self, page):
        assert page.status == 302, f"{page.address}: {page.status} {page.text}"
        return self.get(page.location)
