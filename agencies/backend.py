"""Who is signed in, read together with what they do here: one query for staff, on each of their pages."""

from allauth.account.auth_backends import AuthenticationBackend

from .models import Membership


class Backend(AuthenticationBackend):
    def get_user(self, user_id):
        appointments = tuple(Membership.objects.filter(user=user_id).select_related("user", "agency").order_by("pk"))
        user = appointments[0].user if appointments else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.appointments = appointments
        return user
