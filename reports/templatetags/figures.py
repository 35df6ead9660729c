"""Numbers of reports in templates: never a share without its numerator and denominator (A16)."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


def grouped(number):
    """ "2.928": thousands with a dot."""
    return number_format(number, force_grouping=True)


@register.filter
def cell(number):
    """A count, or that it is not shown: for being too small, or because it would tell one that is."""
    return _("không hiện") if number is None else grouped(number)


@register.simple_tag
def share(part, whole):
    """ "12/40 = 30,0 %"; a dash where either is not shown or there is nothing to divide by."""
    if part is None or not whole:
        return "–"
    percent = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{grouped(part)}/{grouped(whole)} = {number_format(percent)} %"
