"""How people reach the portal by other ways (Đ4): tags, for the page of an error has no context."""

from django import template
from django.conf import settings
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def hotline():
    return settings.HOTLINE


@register.simple_tag
def hotline_link():
    """The number to tap on."""
    number = settings.HOTLINE.replace(" ", "")
    return format_html('<a href="tel:{}">{}</a>', number, settings.HOTLINE)


@register.simple_tag
def contact_email():
    return settings.CONTACT_EMAIL


@register.simple_tag
def short_number():
    """What a text message is sent to; empty where there is none."""
    return settings.SHORT_NUMBER
