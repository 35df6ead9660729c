"""What makes the portal an app on a phone without a store: manifest, service worker, and a page for when offline.

The worker keeps style and logo and that one page, never anything of a case.
"""

import hashlib

from django.http import JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ONE_DAY = 24 * 60 * 60
NAVY = "#12355b"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)
KEPT = ("bootstrap/css/bootstrap.min.css", "pakn.css", "logo.svg")


@require_safe
@cache_control(max_age=ONE_DAY)
def manifest(request):
    content = {
        "id": "/",
        "name": _("Cổng phản ánh, kiến nghị"),
        "short_name": "PAKN",
        "description": _("Tiếp nhận và trả lời phản ánh của người dân, doanh nghiệp"),
        "lang": get_language(),
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": NAVY,
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("Gửi phản ánh"), "url": reverse("lodge")},
            {"name": _("Tra cứu"), "url": reverse("track")},
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def service_worker(request):
    kept = [reverse("offline"), *map(static, KEPT)]
    content = "\n".join([*kept, render_to_string("submissions/offline.html", request=request)])
    context = {"kept": kept, "version": hashlib.sha256(content.encode()).hexdigest()[:12]}
    return render(request, "submissions/service_worker.js", context, content_type="text/javascript")


@require_safe
def offline(request):
    """Kept on the phone: it holds nothing of whoever asked for it."""
    return render(request, "submissions/offline.html")
