"""Who sent a case is read on demand: the matter comes first; name, phone, address by a click with a reason (Đ14.2).

Each opening is an entry of the audit, and is told to the sender. It lasts for a while, then it is asked for again.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.roles import Role
from submissions.facets import Facet, facets
from submissions.states import WITH_CENTRE

from . import audit
from .models import AuditEntry
from .permissions import Forbidden


class Reason(models.TextChoices):
    CALL = "call", _("Gọi điện hoặc hẹn gặp người gửi")
    VISIT = "visit", _("Kiểm tra tại nơi xảy ra cùng người gửi")
    LETTER = "letter", _("Gửi văn bản trả lời qua bưu điện")
    CHECK = "check", _("Đối chiếu người gửi với giấy tờ, hồ sơ của cơ quan")


TASK = _("Gọi điện, gửi thư thay thông báo của cổng")


def is_open(viewer, case, now) -> bool:
    """Whether this viewer reads who sent the case: the sender, the centre at its own intake, who opened it just now."""
    if Facet.IDENTITY not in facets(viewer, case):
        return False
    if not viewer.memberships or viewer.has(Role.OPERATOR) and case.state in WITH_CENTRE:
        return True
    return audit.has_opened(viewer.user, case, now)


def open_for(viewer, case, reason):
    """Open it to this viewer for this reason, as the sender will read. Raises Forbidden."""
    if Facet.IDENTITY not in facets(viewer, case):
        raise Forbidden(_("Vai trò hoặc cơ quan của Ông/Bà không xem thông tin người gửi của hồ sơ này."))
    audit.record(
        AuditEntry.Kind.OPENED, case=case, actor=viewer.user, membership=audit.seat(viewer, case), reason=str(reason)
    )
