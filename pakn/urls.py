"""Every address of the portal; each app owns what it includes here."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_title = admin.site.site_header = _("Quản trị Cổng phản ánh, kiến nghị")
admin.site.index_title = _("Dữ liệu dùng chung")


def healthz(request):
    """Liveness for load balancers and scripts: says nothing of versions, database or load."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", include("agencies.urls")),
    path("", include("submissions.urls")),
    path("", include("workflow.urls")),
    path("healthz", healthz, name="healthz"),
    path("captcha/", include("captcha.urls")),
    path("quan-tri/", admin.site.urls),
]
