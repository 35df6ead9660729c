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


def percent(part, whole, digits=1) -> Decimal | None:
    """In percent, rounded half up; None where there is nothing to divide by."""
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@register.simple_tag
def share(part, whole, digits=1):
    """ "12/40 = 30,0 %"; a dash where either is not shown or there is nothing to divide by."""
    if part is None or not whole:
        return "–"
    return f"{grouped(part)}/{grouped(whole)} = {number_format(percent(part, whole, digits))} %"


@register.filter
def first_rows(table, most):
    """Of a table of cases no more than fit on a page."""
    return table.rows[:most] if table.of_cases else table.rows


@register.filter
def with_columns(row, table):
    return zip(table.columns, row.cells, strict=True)


@register.filter
def of(numbers, key):
    """What a dictionary of counts has for a row; nought where the row did not exist then, a dash without any counts."""
    if not numbers:
        return "–"
    return grouped(numbers.get(key, 0) or 0)
