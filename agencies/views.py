"""Signing in and out: one door for citizens with an account, staff and the administration."""

from allauth.account.views import LoginView
from django.conf import settings
from django.template.response import TemplateResponse
from django.utils import timezone

from .forms import LoginForm
from .limits import client_address, retry_after
from .memberships import HANDLING_ROLES
from .models import Membership, User


class SignIn(LoginView):
    """`next` is followed within this site only; without it staff land on their queue, citizens on their cases."""

    template_name = "agencies/login.html"
    form_class = LoginForm

    def post(self, request, *args, **kwargs):
        wait = retry_after("login", client_address(request), settings.LIMIT_LOGIN, timezone.now())
        if wait:
            return TemplateResponse(request, "429.html", status=429, headers={"Retry-After": str(wait)})
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        """The field may be called `login` too."""
        kwargs = super().get_form_kwargs()
        if "login" in self.request.POST and "username" not in self.request.POST:
            kwargs["data"] = self.request.POST.copy()
            kwargs["data"]["username"] = kwargs["data"]["login"]
        return kwargs

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | (demo_accounts() if settings.DEMO else {})


def demo_accounts():
    """The accounts that the demo's login page names, with the password that all of them have."""
    rows = Membership.objects.on(timezone.localdate()).select_related("user", "agency").order_by("user__pk")
    return {
        "demo_password": settings.DEMO_PASSWORD,
        "demo_central": [row for row in rows if row.role not in HANDLING_ROLES],
        "demo_handling": [row for row in rows if row.role in HANDLING_ROLES],
        "demo_citizens": User.objects.filter(memberships=None, is_superuser=False).order_by("pk")[:3],
    }
