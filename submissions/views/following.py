""" "Tôi cũng gặp": being counted with a published case, and the letters of whoever left an address with it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.limits import Rate
from submissions import followers
from submissions.accounts import verified_email
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.follow_forms import FollowForm
from submissions.lookalikes import published_like
from submissions.models import Case
from submissions.sessions import DRAFT_KEY, draft_key, public_viewer
from submissions.text import one_line
from workflow.following import ask_to_confirm

from .refusals import posts_allowed, seconds_to_wait, too_many

LOOKS_AT_MOST = Rate(120, 60)
"""A minute's titles of an office behind one address."""
SAME_CASE = Rate(10, 86400)
"""How often one address may be counted in or out at one case, and in how many seconds."""
LONGEST = 250


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request, code):
    case = _published(code)
    user = public_viewer(request).user
    known = verified_email(user) if user else ""
    if request.method != "POST":
        key = followers.key_of(request.session.get(DRAFT_KEY), user)
        return _show(request, case, key, FollowForm(initial={"email": known}))
    if seconds := _seconds_to_follow(request, case):
        return too_many(request, seconds)
    key = followers.key_of(draft_key(request), user)
    if "stop" in request.POST:
        followers.unfollow(case, key)
        messages.success(request, _("Đã bỏ. Hồ sơ này không còn tính Ông/Bà."))
        return redirect("case", case.code)
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _show(request, case, key, form, status=422)
    email, now = form.cleaned_data["email"], timezone.now()
    follower = followers.follow(case, key, now, email, is_verified=bool(email) and email == known)
    messages.success(request, _("Đã ghi nhận Ông/Bà cũng gặp việc này."))
    if follower.email and not follower.confirmed_at:
        _say_what_was_sent(request, follower, now)
    return redirect("case", case.code)


def _published(code):
    try:
        return get_object_or_404(Case.objects.public(), code=read_code(code))
    except (NotACode, MistypedCode):
        raise Http404 from None


def _seconds_to_follow(request, case):
    seconds = seconds_to_wait(request, "submit-posts", posts_allowed())
    return seconds or seconds_to_wait(request, f"follow-{case.pk}", SAME_CASE)


def _say_what_was_sent(request, follower, now):
    if ask_to_confirm(follower, now):
        messages.info(request, _("Xin mở thư vừa gửi đến %s và bấm xác nhận để nhận tin.") % follower.email)
    else:
        messages.warning(
            request, _("Hôm nay đã gửi nhiều thư xác nhận đến %s. Xin mở một thư đã nhận, hoặc thử lại ngày mai.")
            % follower.email,
        )  # fmt: skip


def _show(request, case, key, form, status=200):
    context = {"code": case.code, "title": case.shown_title, "form": form}
    context["is_following"] = followers.is_following(case, key)
    return render(request, "submissions/follow.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follower(request, code, token):
    """Opened from a letter: nothing happens before a button is pressed."""
    found = followers.follower_by_token(code, token)
    if found is None:
        raise Http404
    if request.method != "POST":
        context = {"code": code, "title": found.case.shown_title, "follower": found}
        return render(request, "submissions/follower.html", context)
    if "stop" in request.POST:
        followers.stop(found)
        messages.success(request, _("Đã thôi gửi tin của hồ sơ này."))
    else:
        followers.confirm(found, timezone.now())
        messages.success(request, _("Đã xác nhận. Tin của hồ sơ này sẽ được gửi đến email của Ông/Bà."))
    return redirect("case", code)


@require_safe
def look_alikes(request):
    """Part of a page, asked for by `static/lookalikes.js` while a case is being written."""
    if seconds := seconds_to_wait(request, "look-alikes", LOOKS_AT_MOST):
        return too_many(request, seconds)
    title, place = (one_line(request.GET.get(name, ""))[:LONGEST] for name in ("title", "place"))
    return render(request, "submissions/_look_alikes.html", {"alike": published_like(title, place)})
