"""Looking up: by code the stages, by code and phone one's own case, by a sender's name what is published."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from submissions.codes import MistypedCode, NotACode, read_code
from submissions.contacts import contacts
from submissions.forms import PhoneForm
from submissions.lookup import open_by_phone
from submissions.models import Case
from submissions.sessions import open_in_session, public_viewer
from submissions.text import one_line
from submissions.viewers import ANONYMOUS
from workflow.dossier import dossier
from workflow.publications import register

from .cases import ANSWER, STAGES
from .refusals import seconds_to_wait, too_many

MISTYPED = _("Mã hồ sơ bị gõ sai hoặc thiếu ký tự. Vui lòng so lại với mã trên biên nhận.")
WRONG = _(
    "Mã hồ sơ và số điện thoại không khớp, hoặc đã nhập sai quá nhiều lần. Vui lòng kiểm tra lại cả hai; "
    "nếu vẫn không được, xin thử lại sau một giờ hoặc gọi tổng đài %(hotline)s."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request):
    typed = one_line(request.POST.get("q") or request.GET.get("q") or "")[:200]
    if not typed and request.method != "POST":
        return _show(request)
    if seconds := seconds_to_wait(request, "lookup", settings.LIMIT_LOOKUP):
        return too_many(request, seconds)
    return _by_phone(request) if request.method == "POST" else _by_code(request, typed)


def _by_code(request, typed):
    try:
        code = read_code(typed)
    except MistypedCode:
        return _show(request, q=typed, mistyped=MISTYPED)
    except NotACode:
        found = register(sender_name=typed, after=request.GET.get("page", ""))
        return _show(request, q=typed, found=found)
    viewer = public_viewer(request)
    case = Case.objects.known_by_code().select_related(*STAGES, *ANSWER).filter(code=code).first()
    if case is None and Case.objects.visible_to(viewer).filter(code=code).exists():
        return redirect("case", code=code)
    view = dossier(ANONYMOUS, case) if case else None
    return _show(request, q=code, dossier=view, phone_form=PhoneForm(initial={"q": code}), asked=True)


def _by_phone(request):
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            case = open_by_phone(read_code(form.cleaned_data["q"]), form.cleaned_data["phone"], timezone.now())
        except MistypedCode:
            form.add_error("q", MISTYPED)
        except NotACode:
            form.add_error("q", _("Đây không phải là mã hồ sơ. Mã có dạng PAKN-2603-ABCD-EFGHJ."))
        else:
            if case:
                open_in_session(request, case)
                return redirect("case", code=case.code)
            form.add_error(None, WRONG % {"hotline": contacts().hotline})
    return _show(request, status=422, q=form["q"].value() or "", phone_form=form)


def _show(request, status=200, **found):
    context = {"q": "", "dossier": None, "found": None, "mistyped": "", "asked": False, "phone_form": PhoneForm()}
    return render(request, "submissions/track.html", context | found, status=status)
