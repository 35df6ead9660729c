"""Phone numbers in templates."""

from django import template

from submissions.phones import show_phone

register = template.Library()
register.filter("spoken", show_phone)
