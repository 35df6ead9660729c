"""For whoever has lost the codes: they are sent to the phone, and the page says the same to everybody."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from submissions.captcha import wants_new_captcha
from submissions.forms import LostCodesForm
from submissions.sessions import draft_key
from workflow.lost_codes import send_codes

from .refusals import seconds_to_wait, too_many


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_codes(request):
    key = draft_key(request)
    if request.method != "POST":
        return _show(request, LostCodesForm(draft_key=key))
    if wants_new_captcha(request.POST):
        return _show(request, LostCodesForm(draft_key=key, initial={"phone": request.POST.get("phone", "")}))
    if seconds := seconds_to_wait(request, "lookup", settings.LIMIT_LOOKUP):
        return too_many(request, seconds)
    form = LostCodesForm(request.POST, draft_key=key)
    if not form.is_valid():
        return _show(request, form, status=422)
    send_codes(form.cleaned_data["phone"], timezone.now())
    messages.success(
        request,
        _(
            "Nếu số này đã gửi phản ánh, chúng tôi vừa gửi các mã hồ sơ đến số điện thoại hoặc thư điện tử đã đăng ký. "
            "Mỗi số được gửi nhiều nhất hai lần một ngày."
        ),
    )
    return redirect("track")


def _show(request, form, status=200):
    return render(request, "submissions/lost_codes.html", {"form": form}, status=status)
