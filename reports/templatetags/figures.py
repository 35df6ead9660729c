"""Numbers of reports in templates: never a share without its numerator and denominator (A16)."""

from django import template
from django.utils.formats import localize, number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def cell(number):
    """A count; "dưới 5" where it is too small to be shown."""
    return _("dưới 5") if number is None else localize(number)


@register.simple_tag
def share(part, whole):
    """ "12/40 = 30,0 %"; a dash where either is not shown or there is nothing to divide by."""
    if part is None or not whole:
        return "–"
    percent = number_format(100 * part / whole, decimal_pos=1)
    return f"{localize(part)}/{localize(whole)} = {percent} %"
