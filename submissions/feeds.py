"""Feed of the cases published last, by field and agency if asked for. Fed by the register's own rows: no sender."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflow.publications import latest

from .text import one_line

NEWEST = 30
FILTERS = ("field", "agency")


def _absolute(address):
    return settings.SITE_URL + address


class PublishedFeed(Feed):
    title = _("Phản ánh, kiến nghị đã công khai")
    description = _("Phản ánh, kiến nghị vừa được trả lời và công khai")

    def get_object(self, request):
        """The filters."""
        return {name: one_line(request.GET[name])[:200] for name in FILTERS if request.GET.get(name)}

    def link(self, filters):
        return _absolute(reverse("register") + self._asked(filters))

    def feed_url(self, filters):
        return _absolute(reverse("register-feed") + self._asked(filters))

    @staticmethod
    def _asked(filters):
        return f"?{urlencode(filters)}" if filters else ""

    def items(self, filters):
        return latest(NEWEST, **filters)

    def item_title(self, row):
        return one_line(row.title)

    def item_description(self, row):
        return " · ".join(filter(None, (row.agency, row.field_label, one_line(row.place), row.rating_label)))

    def item_link(self, row):
        return _absolute(reverse("case", args=[row.code]))

    def item_pubdate(self, row):
        return row.published_at
