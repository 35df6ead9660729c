"""Signing in and out: one door for citizens with an account, staff and the administration."""

from threading import BoundedSemaphore

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.template.response import TemplateResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from .forms import LoginForm
from .limits import Rate, client_address, forget, is_spent, retry_after
from .memberships import HANDLING_ROLES
from .models import Membership, User

FAILED, FAILURES = "login-failed", Rate(10, 15 * 60)
"""Wrong passwords for one name from one address, and how long these count, in seconds. LIMIT_LOGIN: for any name."""
HASHING, PATIENCE = BoundedSemaphore(2), 0.5
"""Passwords that one process hashes at a time, and for how many seconds others wait: pages go on meanwhile (R43)."""


class SignIn(LoginView):
    """`next` is followed within this site only; without it staff land on their queue, citizens on their cases."""

    template_name = "agencies/login.html"
    form_class = LoginForm

    def post(self, request, *args, **kwargs):
        now = timezone.now()
        wait = is_spent(FAILED, self._pair(), FAILURES, now)
        wait = wait or is_spent(FAILED, client_address(request), settings.LIMIT_LOGIN, now)
        if wait or not HASHING.acquire(timeout=PATIENCE):
            return TemplateResponse(request, "429.html", status=429, headers={"Retry-After": str(wait or 1)})
        try:
            return super().post(request, *args, **kwargs)
        finally:
            HASHING.release()

    def _pair(self):
        """A name from one address: nobody can shut a leader out from elsewhere (R38)."""
        name = self.request.POST.get("username") or self.request.POST.get("login", "")
        return f"{name.strip().casefold()} {client_address(self.request)}"

    def get_form_kwargs(self):
        """The field may be called `login` too."""
        kwargs = super().get_form_kwargs()
        if "login" in self.request.POST and "username" not in self.request.POST:
            kwargs["data"] = self.request.POST.copy()
            kwargs["data"]["username"] = kwargs["data"]["login"]
        return kwargs

    def form_valid(self, form):
        forget(FAILED, self._pair(), FAILURES, timezone.now())
        return super().form_valid(form)

    def form_invalid(self, form):
        if form.non_field_errors():
            retry_after(FAILED, self._pair(), FAILURES, timezone.now())
            retry_after(FAILED, client_address(self.request), settings.LIMIT_LOGIN, timezone.now())
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | (demo_accounts() if settings.DEMO else {})


class Activate(PasswordResetConfirmView):
    """Whoever was invited sets the first password; the link serves once."""

    template_name = "agencies/activate.html"
    success_url = reverse_lazy("account_login")

    def form_valid(self, form):
        messages.success(self.request, _("Đã đặt mật khẩu. Xin đăng nhập."))
        return super().form_valid(form)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


def demo_accounts():
    """The accounts that the demo's login page names, with the password that all of them have.

    Of citizens the first alone: the demo was made with it, the others are of people who signed up.
    """
    rows = Membership.objects.on(timezone.localdate()).select_related("user", "agency").order_by("user__pk")
    return {
        "demo_password": settings.DEMO_PASSWORD,
        "demo_central": [row for row in rows if row.role not in HANDLING_ROLES],
        "demo_handling": [row for row in rows if row.role in HANDLING_ROLES],
        "demo_citizens": User.objects.filter(memberships=None, is_superuser=False).order_by("pk")[:1],
    }
