"""How people reach the portal by other ways: tags, for the page of an error has no context."""

from django import template
from django.utils.html import format_html

from submissions.contacts import contacts

register = template.Library()


@register.simple_tag
def hotline():
    return contacts().hotline


@register.simple_tag
def hotline_link():
    """The number to tap on."""
    number = contacts().hotline
    return format_html('<a href="tel:{}">{}</a>', number.replace(" ", ""), number)


@register.simple_tag
def contact_email():
    return contacts().email


@register.simple_tag
def short_number():
    """What a text message is sent to; empty where there is none."""
    return contacts().short_number
