"""One case: left what it is about, right what I may do."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.roles import Role
from submissions.sessions import draft_key
from workflow import audit
from workflow.advice import advice
from workflow.dossier import dossier, read_whole
from workflow.forms import FORMS
from workflow.forms.action import GRAVE, ActionForm
from workflow.offered import Offered
from workflow.permissions import actions_for
from workflow.procedure import SAME, Action

from .access import seen_case, staff_page, staff_render
from .masking import may_mask

NEXT, TALK, FOR_SENDER, CAREFUL = (
    _("Bước tiếp theo"),
    _("Trao đổi, cập nhật"),
    _("Thay mặt người gửi"),
    _("Cân nhắc trước khi làm"),
)


DUTIES = frozenset({"contain", "opinion", "decline", "conclude", "fulfil", "explain"})
"""Owed within a limit although the case stays at its step."""


@dataclass(frozen=True)
class Offer:
    """An action that the viewer may take now, with its form."""

    row: Action
    form: ActionForm

    @property
    def group(self):
        if self.form.is_on_behalf:
            return FOR_SENDER
        if self.row.key in GRAVE:
            return CAREFUL
        return TALK if self.row.to is SAME and self.row.key not in DUTIES else NEXT

    @property
    def place(self):
        """Among the next steps: what brings the case on, what leaves it where it is, what sends it back."""
        if self.group != NEXT:
            return 0
        if self.row.undoes or self.row.key == "send_back":
            return 2
        return 1 if self.row.to is SAME else 0


def form_for(request, row, case, now, offered, data=None, files=None):
    """The row's form for this case, bound where data is given."""
    return FORMS[row.form](
        data, files, case=case, viewer=offered.viewer, key=row.key, draft_key=draft_key(request), now=now,
        offered=offered,
    )  # fmt: skip


def grouped(offers):
    """(heading, offers) in the order in which people look for them; empty groups left out."""
    ordered = sorted(offers, key=lambda offer: offer.place)
    found = (
        (group, [offer for offer in ordered if offer.group == group]) for group in (NEXT, TALK, FOR_SENDER, CAREFUL)
    )
    return [(group, members) for group, members in found if members]


def opened(groups):
    """The offer whose form stands open: the next step, or the only one of the first group; None without either."""
    if not groups:
        return None
    heading, members = groups[0]
    return members[0] if heading == NEXT or len(members) == 1 else None


def pressing(clocks):
    """The running clock that is due first; last days for a branch, nobody's lateness, only where no other runs."""
    running = [clock for clock in clocks if clock.ended_at is None]
    return min(running, key=lambda clock: (clock.conditional, clock.due_at), default=None)


@staff_page
@require_safe
def case_page(request, viewer, code):
    now = timezone.now()
    case, offered = seen_case(viewer, code, read=()), Offered(viewer, now)
    read_whole(case)
    rows = actions_for(viewer, case, now)
    offers = [Offer(row, form_for(request, row, case, now, offered)) for row in rows]
    view, groups = dossier(viewer, case, now, offered), grouped(offers)
    context = {
        "case": view,
        "groups": groups,
        "opened": opened(groups),
        "pressing": pressing(view.clocks),
        "others": audit.look(viewer, case, now),
        "advice": advice(viewer, case, offered),
        "may_mask": may_mask(viewer, case),
        "may_export": viewer.exporting.has(Role.OPERATOR),
    }
    return staff_render(request, viewer, "case.html", context)
