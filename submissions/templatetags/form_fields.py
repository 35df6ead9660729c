"""How a form field is drawn: Bootstrap's class by kind of widget, for `django/forms/field.html`."""

from django import template

register = template.Library()

CLASSES = {"checkbox": "form-check-input", "select": "form-select", "selectmultiple": "form-select"}
DRAWS_ITSELF = frozenset({"captcha", "radioselect", "checkboxselectmultiple"})


@register.filter
def drawn(field):
    """The widget with its class; `is-invalid` where there is something to put right."""
    if field.widget_type in DRAWS_ITSELF:
        return field.as_widget()
    own = field.field.widget.attrs.get("class", "")
    invalid = "is-invalid" if field.errors else ""
    classes = " ".join(filter(None, [CLASSES.get(field.widget_type, "form-control"), own, invalid]))
    return field.as_widget(attrs={"class": classes})
