"""What `manage.py check --deploy` says about this portal's own settings."""

from django.conf import settings
from django.core.checks import Info, Tags, register


@register(Tags.security, deploy=True)
def staff_mfa_is_not_built(app_configs, **kwargs):
    """STAFF_MFA is read and validated already, but nothing asks staff for a second factor yet."""
    return [
        Info(
            f"STAFF_MFA={settings.STAFF_MFA} has no effect: sign-in with a second factor is not built yet.",
            hint="Keep the staff pages inside the agencies' network until it is.",
            id="pakn.I001",
        )
    ]
