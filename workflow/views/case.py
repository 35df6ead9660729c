"""One case: left what it is about, right what I may do."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from submissions.sessions import draft_key
from workflow.dossier import dossier
from workflow.forms import FORMS
from workflow.forms.action import GRAVE, ActionForm
from workflow.permissions import actions_for
from workflow.procedure import SAME, Action

from .access import seen_case, staff_page, staff_render

NEXT, TALK, FOR_SENDER, CAREFUL = (
    _("Bước tiếp theo"),
    _("Trao đổi, cập nhật"),
    _("Thay mặt người gửi"),
    _("Cân nhắc trước khi làm"),
)


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
        return TALK if self.row.to is SAME else NEXT


def form_for(request, viewer, row, case, now, data=None, files=None):
    """The row's form for this case, bound where data is given."""
    key = draft_key(request)
    return FORMS[row.form](data, files, case=case, viewer=viewer, key=row.key, draft_key=key, now=now)


def grouped(offers):
    """(heading, offers) in the order in which people look for them; empty groups left out."""
    found = (
        (group, [offer for offer in offers if offer.group == group]) for group in (NEXT, TALK, FOR_SENDER, CAREFUL)
    )
    return [(group, members) for group, members in found if members]


@staff_page
@require_safe
def case_page(request, viewer, code):
    now = timezone.now()
    case = seen_case(viewer, code)
    rows = actions_for(viewer, case, now)
    offers = [Offer(row, form_for(request, viewer, row, case, now)) for row in rows]
    context = {"case": dossier(viewer, case, now), "groups": grouped(offers)}
    return staff_render(request, viewer, "case.html", context)
