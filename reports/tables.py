"""The nine tables of a report (regulation §8), each figure in the words and by the queries of `figures`.

A cell holds a number, a share with its numerator and denominator (A16), or words; a number knows which figure of which
group it counts, so that a page can lead to its cases.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import shown
from agencies.models import AdministrativeUnit, Agency, Field
from submissions.models import Channel
from submissions.states import State
from workflow.dossier import GROUNDS, remaining_words
from workflow.models import Approval, CaseEvent, Clock, Rating

from . import figures
from .figures import FIGURES, counted_together, totals
from .ratios import COSTING, COSTING_OWN, ratios
from .templatetags.figures import grouped, percent, share

TITLES = {
    "overview": gettext_lazy("Tổng quan"),
    "agencies": gettext_lazy("Theo cơ quan"),
    "fields": gettext_lazy("Theo lĩnh vực"),
    "areas": gettext_lazy("Theo địa bàn của người gửi"),
    "overdue": gettext_lazy("Quá hạn, chưa xử lý và giải trình"),
    "ratings": gettext_lazy("Mức độ hài lòng"),
    "questions": gettext_lazy("Câu hỏi của người gửi"),
    "instant": gettext_lazy("Sự cố theo quy trình tức thời"),
    "ratios": gettext_lazy("Tỷ lệ theo Quyết định 766/QĐ-TTg"),
}
NOT_APPLICABLE = "N/A"
ANSWERS = ("answered", "given", "given_late", "slow_from_receipt")
TOGETHER = (
    ANSWERS, ("received", "instant"), ("answered_late", "answered_late_own"),
    ("in_progress", "over_limit"), ("questions", "questions_answered"), ("turned", "turned_late"),
    ("not_good", "not_good_own"), ("returned", "extended"),
)  # fmt: skip
"""Figures that one question counts."""
BY_AGENCY = (
    "unclassified", "turned", "turned_late", "not_good", "not_good_own", "returned", "extended", "questions",
    "questions_answered",
)  # fmt: skip
BY_SPLIT = ("refused", "ratings")
"""Figures that no table groups by anything else."""
BY_CASE = ("agency", "field", "place")
MORE = {"received": ("channel",), "instant": ("channel",)} | dict.fromkeys(ANSWERS, ("holder",))
"""What the others are grouped by."""
ALONE = ("accepted", "sent_back", "refused", "withdrawn", "late_limits")
"""Figures of which a table wants the total."""


@dataclass(frozen=True)
class Cell:
    """`value`: a number, a moment or words, None where there is nothing. A share has `part`, `whole` and `digits`.

    `figure`, `dimension` and `key` name what a number counts.
    """

    value: int | str | datetime | None = None
    part: int | None = None
    whole: int | None = None
    digits: int = 1
    figure: str = ""
    dimension: str = ""
    key: str = ""

    @property
    def is_share(self):
        return self.part is not None

    @property
    def leads_on(self):
        """Whether it counts cases that a page can show."""
        if self.value is None:
            return bool(self.figure) and self.part != self.whole
        return bool(self.figure and self.value)

    @property
    def said(self) -> str:
        """As people read it: "2.928", "74/360 = 20,6 %", "17:00 09/03/2026"; empty for nothing."""
        if self.is_share:
            return share(self.part, self.whole, self.digits) if self.whole or self.digits == 1 else NOT_APPLICABLE
        if isinstance(self.value, datetime):
            return shown(self.value)
        return grouped(self.value) if isinstance(self.value, int) else self.value or ""

    @property
    def percent(self) -> Decimal | None:
        """In percent, to `digits`; None where there is nothing to divide by (N/A)."""
        return percent(self.part, self.whole, self.digits)


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    definition: str = ""


@dataclass(frozen=True)
class Row:
    key: str
    label: str
    cells: list[Cell]
    url_code: str = ""


@dataclass(frozen=True)
class Table:
    """`rows` of a table of cases is an iterable that reads as it goes, `count` how many there are."""

    key: str
    first: str
    columns: list[Column]
    rows: object
    count: int
    of_cases: bool = False

    @property
    def title(self):
        return str(TITLES[self.key])


class Tally:
    """Each figure counted once by all that the tables group by, then summed for each of them."""

    def __init__(self, scope):
        self.scope, self._counts = scope, {}

    def _of(self, name):
        if name not in self._counts:
            self._counts |= counted_together(self._with(name), self.scope, *_dimensions(name))
        return self._counts[name]

    def _with(self, name):
        """The figures that one question counts with this one; narrowed to an agency, those of the same agency."""
        names = next((names for names in TOGETHER if name in names), (name,))
        path = FIGURES[name].agency
        return [one for one in names if not self.scope.agency or FIGURES[one].agency == path]

    def total(self, name):
        return sum(self._of(name).values())

    def by(self, name, dimension) -> Counter:
        place = _dimensions(name).index(dimension)
        sums = Counter()
        for values, number in self._of(name).items():
            sums[values[place]] += number
        return sums


def _dimensions(name):
    if name in BY_AGENCY:
        return ("agency",)
    return ("split",) if name in BY_SPLIT else (*BY_CASE, *MORE.get(name, ()))


def _names_of(rows):
    """A function of keys that gives {key: name} of these rows."""
    return lambda keys: dict(rows.filter(pk__in=keys).values_list("pk", "name"))


class Tables:
    """The tables of one scope, each put together when it is first asked for."""

    def __init__(self, scope):
        self.scope, self._tally = scope, Tally(scope)

    @cached_property
    def all(self) -> list[Table]:
        return [
            self.overview, self.agencies, self.fields, self.areas, self.overdue, self.ratings, self.questions,
            self.instant, self.ratios,
        ]  # fmt: skip

    @cached_property
    def _codes_and_names(self):
        found = list(Agency.objects.values_list("pk", "code", "name"))
        return {pk: code for pk, code, _name in found}, {pk: name for pk, _code, name in found}

    @cached_property
    def _totals(self):
        return totals(self.scope, *ALONE)

    @cached_property
    def _own(self):
        """An agency's report counts the limits that it held itself, not those of others."""
        return "_own" if self.scope.agency else ""

    @property
    def _late(self):
        """By figure: late and answered, late and not answered."""
        return f"answered_late{self._own}", f"unanswered_late{self._own}"

    # 1

    @cached_property
    def overview(self) -> Table:
        tally, own = self._tally, self._own
        received, answered = tally.total("received"), tally.total("answered")
        late_then, late_still = (tally.total(name) for name in self._late)
        over = tally.total("over_limit")
        rows = self._accounts() if self.scope.is_whole else []
        rows += [self._row("received", received)]
        channels = tally.by("received", "channel")
        rows += [
            self._row("received", channels[channel], dimension="channel", key=channel, label=f"– {label}")
            for channel, label in Channel.choices
        ]
        rows += [self._row(name, self._totals[name]) for name in ("accepted", "sent_back", "refused")]
        grounds = tally.by("refused", "split")
        rows += [
            self._row("refused", grounds[ground], dimension="split", key=ground, label=f"– {label}")
            for ground, label in GROUNDS.items()
            if grounds[ground]
        ]
        rows += [
            self._row("withdrawn", self._totals["withdrawn"]),
            self._row("answered", answered),
            self._row(f"answered_on_time{own}", answered - late_then, of=answered),
            self._row(f"answered_late{own}", late_then, of=answered),
            self._row("in_progress", tally.total("in_progress")),
            self._row("within_limit", tally.total("in_progress") - over),
            self._row("over_limit", over),
            self._row(f"unanswered_late{own}", late_still),
            self._row(f"late{own}", late_then + late_still, of=received),
            self._row("questions", tally.total("questions")),
            self._row("ratings", tally.total("ratings")),
            self._row("unsatisfied", tally.by("ratings", "split")[Rating.Score.UNSATISFIED], of=tally.total("ratings")),
        ]
        columns = [Column("count", _("Số lượng")), Column("share", _("Tỷ lệ"))]
        return Table("overview", _("Chỉ tiêu"), columns, rows, len(rows))

    def _accounts(self):
        every, new = figures.accounts(self.scope)
        return [
            Row("accounts", _("Tài khoản của người dân, doanh nghiệp"), [Cell(every), Cell()]),
            Row("accounts_new", _("– mở trong kỳ"), [Cell(new), Cell()]),
        ]

    @staticmethod
    def _row(name, number, *, of=None, dimension="", key="", label=""):
        share = Cell() if of is None else Cell(part=number, whole=of)
        cells = [Cell(number, figure=name, dimension=dimension, key=key), share]
        return Row(f"{name}:{key}" if key else name, str(label or FIGURES[name].label), cells)

    # 2 to 4

    @cached_property
    def agencies(self) -> Table:
        codes, names = self._codes_and_names
        columns = (
            "received", "answered", "answered_on_time_own", "answered_late_own", "unanswered_late_own", "in_progress",
            "over_limit", "returned", "extended",
        )  # fmt: skip
        return self._grouped("agencies", _("Cơ quan"), "agency", columns, lambda _keys: names, codes)

    @cached_property
    def fields(self) -> Table:
        return self._grouped("fields", _("Lĩnh vực"), "field", self._by_case(), _names_of(Field.objects))

    @cached_property
    def areas(self) -> Table:
        communes = AdministrativeUnit.objects.filter(level="commune")
        return self._grouped("areas", _("Phường, xã"), "place", self._by_case(), _names_of(communes))

    def _by_case(self):
        late_then, late_still = self._late
        return ("received", "answered", f"answered_on_time{self._own}", late_then, late_still, "in_progress")

    def _grouped(self, table, first, dimension, names_of_figures, names_of, codes=None):
        counts = {name: self._column(name, dimension) for name in names_of_figures}
        keys = {key for numbers in counts.values() for key, number in numbers.items() if number and key is not None}
        labels = names_of(keys)
        rows = [
            self._group(dimension, str(codes[key] if codes else key), labels[key], key, counts)
            for key in sorted(keys & labels.keys(), key=labels.get)
        ]
        if any(numbers[None] for numbers in counts.values()):
            rows.append(self._group(dimension, "none", _("Chưa có"), None, counts))
        columns = [Column(name, str(FIGURES[name].label), str(FIGURES[name].definition)) for name in names_of_figures]
        return Table(table, first, columns, rows, len(rows))

    def _column(self, name, dimension):
        """On time is what is left of the answers: never counted by itself."""
        if name.startswith("answered_on_time"):
            late_then = self._tally.by(name.replace("on_time", "late"), dimension)
            return Counter({k: n - late_then[k] for k, n in self._tally.by("answered", dimension).items()})
        return self._tally.by(name, dimension)

    @staticmethod
    def _group(dimension, code, label, key, counts):
        cells = []
        for name, numbers in counts.items():
            link = {"figure": name, "dimension": dimension, "key": code}
            is_share = name.startswith("answered_on_time")
            shared = {"part": numbers[key], "whole": counts["answered"][key]} if is_share else {}
            cells.append(Cell(numbers[key], **link, **shared))
        return Row(code, label, cells)

    # 5

    @cached_property
    def overdue(self) -> Table:
        columns = [
            Column("field", _("Lĩnh vực")), Column("agency", _("Cơ quan giữ thời hạn")), Column("limit", _("Thời hạn")),
            Column("due", _("Đến hạn")), Column("done", _("Làm xong")), Column("late", _("Trễ")),
            Column("explanation", _("Giải trình")),
        ]  # fmt: skip
        clocks = FIGURES["late_limits"].within(self.scope)
        return Table(
            "overdue", _("Mã hồ sơ"), columns, self._overdue(clocks), self._totals["late_limits"], of_cases=True
        )

    def _overdue(self, clocks):
        calendar = self.scope.calendar
        read = clocks.select_related("case__field", "holder").prefetch_related("explanations").order_by("due_at", "pk")
        return Lines(read, lambda clock: self._late_limit(clock, calendar))

    def _late_limit(self, clock, calendar):
        if clock.case.state == State.SEALED:
            return self._stub(clock.case, 7)
        is_done = clock.ended_at is not None and clock.ended_at < self.scope.at
        done = clock.done_at if is_done else None
        said = "; ".join(explanation.note for explanation in clock.explanations.all())
        cells = [
            Cell(clock.case.field.name if clock.case.field else ""),
            Cell(clock.holder.name if clock.holder else ""),
            Cell(f"{clock.label} ({clock.article})"),
            Cell(clock.due_at),
            Cell(done),
            Cell(remaining_words(clock.due_at, done or self.scope.at, calendar, clock.unit)),
            Cell(said or _("chưa giải trình")),
        ]
        return Row(clock.case.code, clock.case.code, cells, url_code=clock.case.code)

    @staticmethod
    def _stub(case, columns):
        """Of a sealed case nothing but that it is there (Đ9.3)."""
        return Row(case.code, case.code, [Cell(_("Hồ sơ đã niêm phong")), *[Cell()] * (columns - 1)])

    # 6 and 7

    @cached_property
    def ratings(self) -> Table:
        numbers = self._tally.by("ratings", "split")
        total = sum(numbers.values())
        rows = [
            Row(
                score, label,
                [
                    Cell(numbers[score], figure="ratings", dimension="split", key=score),
                    Cell(part=numbers[score], whole=total),
                ],
            )
            for score, label in Rating.Score.choices
        ]  # fmt: skip
        rows.append(Row("total", _("Cộng"), [Cell(total, figure="ratings"), Cell()]))
        columns = [Column("count", _("Số lượt"), str(FIGURES["ratings"].definition)), Column("share", _("Tỷ lệ"))]
        return Table("ratings", _("Mức"), columns, rows, len(rows))

    @cached_property
    def questions(self) -> Table:
        codes, agencies = self._codes_and_names
        asked, told = (self._tally.by(name, "agency") for name in ("questions", "questions_answered"))
        rows = [
            self._asked(
                codes.get(key, "none"), agencies.get(key, _("Không có hạn trả lời")), asked[key], told[key], "agency"
            )
            for key in sorted(asked, key=lambda key: agencies.get(key, ""))
        ]
        rows.append(self._asked("total", _("Cộng"), sum(asked.values()), sum(told.values()), ""))
        columns = [
            Column("asked", _("Đã hỏi"), str(FIGURES["questions"].definition)),
            Column("answered", _("Đã trả lời"), str(FIGURES["questions_answered"].definition)),
            Column("unanswered", _("Chưa trả lời")),
        ]
        return Table("questions", _("Cơ quan phải trả lời"), columns, rows, len(rows))

    @staticmethod
    def _asked(code, label, asked, told, dimension):
        link = {"dimension": dimension, "key": code} if dimension else {}
        return Row(
            code, label,
            [
                Cell(asked, figure="questions", **link),
                Cell(told, part=told, whole=asked, figure="questions_answered", **link),
                Cell(asked - told),
            ],
        )  # fmt: skip

    # 8

    @cached_property
    def instant(self) -> Table:
        columns = [
            Column("incident", _("Sự cố")), Column("agency", _("Cơ quan")), Column("received", _("Nhận")),
            Column("taken", _("Trung tâm tiếp nhận")), Column("distributed", _("Phân phối")),
            Column("accepted", _("Tiếp nhận xử lý")), Column("contained", _("Khắc phục tạm thời")),
            Column("answered", _("Trả lời")), Column("late", _("Thời hạn bị quá")),
        ]  # fmt: skip
        cases = FIGURES["instant"].within(self.scope)
        events = CaseEvent.objects.filter(case=OuterRef("pk"), at__lt=self.scope.at)
        taken = events.filter(action__in=("receive", "distribute")).order_by("at").values("at")[:1]
        accepted = events.filter(action="accept").order_by("-at").values("at")[:1]
        given = Approval.objects.filter(case=OuterRef("pk"), given_at__lt=self.scope.at).order_by("given_at")
        read = (
            cases.select_related("agency")
            .order_by("received_at", "pk")
            .annotate(
                taken_at=Subquery(taken),
                accepted_at=Subquery(accepted),
                first_given_at=Subquery(given.values("given_at")[:1]),
            )
            .prefetch_related(Prefetch("clocks", Clock.objects.late(self.scope.at), to_attr="late_clocks"))
        )
        return Table(
            "instant", _("Mã hồ sơ"), columns, Lines(read, self._incident), self._tally.total("instant"), of_cases=True
        )

    def _incident(self, case):
        """Only what had happened by the moment of the report."""
        if case.state == State.SEALED:
            return self._stub(case, 9)
        cells = [
            Cell(case.get_incident_display()), Cell(case.agency.name if case.agency else ""), Cell(case.received_at),
            Cell(case.taken_at), Cell(self._then(case.first_distributed_at)), Cell(case.accepted_at),
            Cell(self._then(case.contained_at)), Cell(case.first_given_at),
            Cell(", ".join(clock.label for clock in case.late_clocks)),
        ]  # fmt: skip
        return Row(case.code, case.code, cells, url_code=case.code)

    def _then(self, moment):
        return moment if moment and moment < self.scope.at else None

    # 9

    @cached_property
    def ratios(self) -> Table:
        codes, names = self._codes_and_names
        found = ratios(lambda name: self._tally.by(name, "holder" if name in ANSWERS else "agency"))
        rows = [] if self.scope.agency else [self._ratios("province", _("Toàn tỉnh"), found[None], COSTING, "")]
        rows += [
            self._ratios(codes[key], names[key], found[key], COSTING_OWN, "agency")
            for key in sorted(found.keys() - {None}, key=names.get)
        ]
        columns = [
            Column("classified", _("5.1 Phân loại"), _("Đã phân loại trên số tiếp nhận trong kỳ.")),
            Column(
                "on_time", _("5.2 Đúng hạn"),
                _("Trên số đã có kết quả trong kỳ: từ chối trong 2, trả lại lần đầu trong 5, trả lời trong 15, "
                  "công khai trong 2 ngày làm việc."),
            ),
            Column(
                "from_receipt", _("Trong 15 ngày từ lúc nhận"),
                _("Trên số trả lời trong kỳ: phê duyệt trong 15 ngày làm việc từ lúc nhận, dù đã chuyển cơ quan khác."),
            ),
            Column(
                "good", _("5.3 Chất lượng"),
                _("Tiếp nhận trong kỳ, trừ hồ sơ không hài lòng hoặc quá hạn (mỗi hồ sơ một lần), trên số tiếp nhận."),
            ),
        ]  # fmt: skip
        return Table("ratios", _("Cơ quan"), columns, rows, len(rows))

    @staticmethod
    def _ratios(code, label, found, costing, dimension):
        cells = [
            Cell(part=part, whole=whole, digits=2, figure=name, dimension=dimension, key=code if dimension else "")
            for name, (part, whole) in zip(costing, found, strict=True)
        ]
        return Row(code, label, cells)


class Lines:
    """Rows of a long table, read from the database as they are wanted, two hundred at a time."""

    def __init__(self, queryset, line):
        self.queryset, self.line = queryset, line

    def __iter__(self):
        return (self.line(row) for row in self.queryset.iterator(chunk_size=200))

    def __getitem__(self, wanted):
        return [self.line(row) for row in self.queryset[wanted]]


def as_data(tables) -> list[dict]:
    """Tables as plain data, to be kept and compared; `from_data` makes them anew."""
    return [
        {
            "key": table.key, "first": str(table.first), "of_cases": table.of_cases,
            "columns": [[column.key, str(column.label), str(column.definition)] for column in table.columns],
            "rows": [
                [row.key, str(row.label), row.url_code, [_cell_data(cell) for cell in row.cells]] for row in table.rows
            ],
        }
        for table in tables
    ]  # fmt: skip


def _cell_data(cell):
    """What differs from an empty cell; a moment in ISO form under "at"."""
    data = {name: value for name, value in vars(cell).items() if value != getattr(EMPTY, name)}
    if isinstance(cell.value, datetime):
        data["at"] = data.pop("value").isoformat()
    elif "value" in data and not isinstance(cell.value, int):
        data["value"] = str(cell.value)
    return data


def from_data(data) -> list[Table]:
    return [
        Table(
            table["key"], table["first"], [Column(*column) for column in table["columns"]],
            [
                Row(key, label, [_cell_of(cell) for cell in cells], url_code=code)
                for key, label, code, cells in table["rows"]
            ],
            len(table["rows"]), of_cases=table["of_cases"],
        )
        for table in data
    ]  # fmt: skip


def _cell_of(data):
    if "at" in data:
        return Cell(datetime.fromisoformat(data["at"]))
    return Cell(**data)


EMPTY = Cell()
