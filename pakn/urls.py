"""Every address of the portal; each app owns what it includes here."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language

from . import health

admin.site.site_title = admin.site.site_header = _("Quản trị Cổng phản ánh, kiến nghị")
admin.site.index_title = _("Dữ liệu dùng chung")

handler500 = "pakn.failures.server_error"
urlpatterns = [
    path("", include("agencies.urls")),
    path("", include("submissions.urls")),
    path("", include("workflow.urls")),
    path("", include("reports.urls")),
    path("ngon-ngu/", set_language, name="set-language"),
    path("healthz", health.alive, name="healthz"),
    path("healthz/ready", health.ready, name="healthz_ready"),
    path("quan-tri/", admin.site.urls),
]
