"""What search engines may list: the pages for everybody, and published cases."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone

from .models import Case
from .texts import news

PAGES = (
    "home",
    "lodge",
    "track",
    "register",
    "guidance",
    "questions",
    "news",
    "statistics",
    "promises",
    "procedure",
    "verify",
    "banner",
)


class OfThisSite(Sitemap):
    """Addresses as the public knows them, whatever name the request came by."""

    limit = 5000

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class PagesSitemap(OfThisSite):
    def items(self):
        return PAGES

    def location(self, item):
        return reverse(item)


class CasesSitemap(OfThisSite):
    """Oldest first, so that what is published today changes the last part only."""

    def items(self):
        return Case.objects.public().only("code", "published_at").order_by("published_at", "pk")

    def location(self, item):
        return reverse("case", args=[item.code])

    def lastmod(self, item):
        return item.published_at

    def get_latest_lastmod(self):
        return Case.objects.public().order_by("-published_at").values_list("published_at", flat=True).first()


class NewsSitemap(OfThisSite):
    def items(self):
        return news(timezone.now())

    def location(self, item):
        return reverse("news-item", args=[item.slug])

    def lastmod(self, item):
        return item.shown_from

    def get_latest_lastmod(self):
        return news(timezone.now()).values_list("shown_from", flat=True).first()


SITEMAPS = {"pages": PagesSitemap, "news": NewsSitemap, "cases": CasesSitemap}
