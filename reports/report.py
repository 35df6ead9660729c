"""One report: its figures, who issues it to whom, and what people wrote into it."""

from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import AdministrativeUnit, Agency

from .figures import FIGURES
from .kinds import ARTICLES
from .models import ClosedPeriod, Kind, LetterTemplate, Narrative
from .tables import Tables, from_data


class Report:
    """A report of `kind` over a `reports.scope.Scope`, made at the aware moment `now`."""

    def __init__(self, kind, scope, now):
        self.kind, self.scope, self.now = Kind(kind), scope, now
        self.counted = Tables(scope)

    @cached_property
    def closed(self) -> ClosedPeriod | None:
        """This very report as it was closed, if it was; a part of it never is."""
        if self.scope.narrowed or self.scope.agency and self.kind != Kind.AGENCY:
            return None
        return ClosedPeriod.objects.filter(**of_report(self.kind, self.scope)).select_related("closed_by").first()

    @cached_property
    def tables(self):
        """As they were closed, else as they are counted now."""
        return from_data(self.closed.figures) if self.closed else self.counted.all

    @cached_property
    def definitions(self) -> dict:
        """{figure: (label, what it means)}; of a closed report as they were then, whatever figures there are now."""
        if self.closed:
            return self.closed.definitions
        return {name: (str(figure.label), str(figure.definition)) for name, figure in FIGURES.items()}

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """(label, what it counts) of the figures and columns that stand in the tables, each once."""
        found = {}
        for table in self.tables:
            rows = [] if table.of_cases else table.rows
            for cell in (cell for row in rows for cell in row.cells if cell.figure):
                label, meaning = self.definitions[cell.figure]
                found.setdefault(meaning, label)
            for column in table.columns:
                found.setdefault(column.definition, f"{table.title} – {column.label}")
        found.pop("", None)
        return [(label, meaning) for meaning, label in found.items()]

    @cached_property
    def overview_before(self) -> dict:
        """{row: number} of the period before; empty where nothing was received in it."""
        found = {row.key: row.cells[0].value for row in Tables(self.scope.before()).overview.rows}
        return found if found["received"] else {}

    # The document

    @property
    def title(self):
        return _("Báo cáo kết quả tiếp nhận, xử lý phản ánh, kiến nghị")

    @property
    def article(self):
        return str(ARTICLES[self.kind])

    @cached_property
    def issuer(self) -> Agency:
        agencies = Agency.objects.select_related("parent")
        if self.kind == Kind.AGENCY:
            return agencies.get(pk=self.scope.agency)
        kind = Agency.Kind.CENTRE if self.kind == Kind.OPERATOR else Agency.Kind.REPORTING
        return agencies.on(self.scope.period.last).filter(kind=kind).order_by("pk").first()

    @cached_property
    def addressee(self):
        """Through the department to the People's Committee; the operator to the department alone."""
        today = timezone.localdate(self.now)
        department, province = (
            Agency.objects.on(today).filter(kind=kind).values_list("name", flat=True).order_by("pk").first() or ""
            for kind in (Agency.Kind.REPORTING, Agency.Kind.PROVINCE)
        )
        if self.kind == Kind.AGENCY:
            return _("%(province)s (qua %(department)s)") % {"province": province, "department": department}
        return department if self.kind == Kind.OPERATOR else province

    @property
    def place(self):
        """Of the line with the date: the province's name without what kind of unit it is."""
        unit = AdministrativeUnit.objects.filter(pk=settings.OFFICE_PROVINCE).first()
        return unit.name.removeprefix(f"{unit.kind} ".capitalize()) if unit else "…"

    @cached_property
    def narrative(self) -> Narrative:
        """As it was written, or empty; one for the whole report, whatever a reader narrows."""
        return narrative_of(self.kind, self.scope) or Narrative()

    @property
    def template(self) -> bytes | None:
        """The issuing agency's own, where it keeps one."""
        kept = LetterTemplate.objects.filter(agency=self.issuer).values_list("content", flat=True).first()
        return None if kept is None else bytes(kept)

    @property
    def summary(self):
        rows = {row.key: row.cells for row in self.tables[0].rows}
        own = "_own" if self.scope.agency else ""
        found = {name: rows[name][0].said for name in ("received", "answered", "questions", "ratings")}
        return _(
            "Trong kỳ đã tiếp nhận %(received)s phản ánh, kiến nghị; %(answered)s đã có kết quả trả lời. "
            "Trễ hạn %(late)s số tiếp nhận. Người gửi có %(questions)s ý kiến trao đổi, %(ratings)s đánh giá, "
            "trong đó không hài lòng %(unsatisfied)s."
        ) % (found | {"late": rows[f"late{own}"][1].said, "unsatisfied": rows["unsatisfied"][1].said})


def of_report(kind, scope) -> dict:
    """By which fields a row belongs to a report."""
    period = scope.period
    return {
        "kind": kind, "agency_id": scope.agency if kind == Kind.AGENCY else None, "first": period.first,
        "last": period.last,
    }  # fmt: skip


def narrative_of(kind, scope):
    return Narrative.objects.filter(**of_report(kind, scope)).first()
