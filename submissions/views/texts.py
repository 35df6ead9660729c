"""Guidance, questions and answers, news: pages whose texts the operator edits, and the banner for other sites."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from submissions import texts
from submissions.models import PublicText
from workflow.paging import after_key, cut

BANNER = settings.BASE_DIR / "static" / "banner.svg"
ONE_DAY = 24 * 60 * 60


@require_safe
def guidance(request):
    context = {"texts": texts.texts_of(PublicText.Kind.GUIDE, timezone.now())}
    return render(request, "submissions/guidance.html", context)


@require_safe
def questions(request):
    context = {"texts": texts.texts_of(PublicText.Kind.QUESTION, timezone.now())}
    return render(request, "submissions/questions.html", context)


@require_safe
def news(request):
    rows = after_key(texts.news(timezone.now()), request.GET.get("page", ""), "shown_from", descending=True)
    found, following = cut(rows, "shown_from")
    return render(request, "submissions/news.html", {"texts": found, "next": following})


@require_safe
def news_item(request, slug):
    text = get_object_or_404(texts.news(timezone.now()), slug=slug)
    return render(request, "submissions/news_item.html", {"text": text})


@require_safe
def banner(request):
    """What another site puts on its page to lead here (S4 §1)."""
    addresses = {"target": settings.SITE_URL + reverse("lodge"), "image": settings.SITE_URL + reverse("banner-image")}
    return render(request, "submissions/banner.html", addresses)


@require_safe
@cache_control(public=True, max_age=ONE_DAY)
def banner_image(request):
    """Under an address that no release changes, and for every site."""
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(BANNER.read_bytes(), content_type="image/svg+xml", headers=headers)
