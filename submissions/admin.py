"""`/quan-tri/`: the texts of the public pages, which the operator edits. No content of any case is shown here, and
no address of any citizen."""

from allauth.account import admin as account_admin
from django.contrib import admin

from agencies.admin import OPERATOR, ByRole

from .contacts import contacts, forget
from .models import Contact, PublicText

admin.site.unregister(account_admin.EmailAddress)


@admin.register(PublicText)
class PublicTextAdmin(ByRole, admin.ModelAdmin):
    added_by = changed_by = deleted_by = OPERATOR
    list_display = ["title", "kind", "position", "shown_from"]
    list_filter = ["kind"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(Contact)
class ContactAdmin(ByRole, admin.ModelAdmin):
    changed_by = OPERATOR
    list_display = ["__str__", "short_number", "email"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """An empty field shows what counts in its place."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["placeholder"] = getattr(contacts(), db_field.name, "")
        return field

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        forget()
