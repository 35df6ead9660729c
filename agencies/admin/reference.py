"""Places, fields and rule sets."""

from django.contrib import admin

from agencies.models import AdministrativeUnit, Field, FormerCommune, Limit, Phrase, RuleSet

from .by_role import BOTH, OPERATOR, ByRole, SettledOnceMade


@admin.register(AdministrativeUnit)
class AdministrativeUnitAdmin(ByRole, admin.ModelAdmin):
    list_display = ["code", "name", "level", "parent"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]


@admin.register(FormerCommune)
class FormerCommuneAdmin(ByRole, admin.ModelAdmin):
    list_display = ["code", "name", "district", "province"]
    search_fields = ["code", "name", "district"]


@admin.register(Field)
class FieldAdmin(SettledOnceMade, admin.ModelAdmin):
    added_by = changed_by = OPERATOR
    settled = ["code"]
    list_display = ["name", "code", "position"]


@admin.register(Phrase)
class PhraseAdmin(ByRole, admin.ModelAdmin):
    """What each agency writes again and again; its own people keep theirs at the desk."""

    added_by = changed_by = OPERATOR
    fields = ["agency", "title", "body"]
    list_display = ["title", "agency"]
    list_filter = ["agency"]
    list_select_related = ["agency"]
    search_fields = ["title", "body"]


class LimitInline(ByRole, admin.TabularInline):
    model = Limit
    fields = ["position", "label", "amount", "unit", "article", "holder", "conditional"]
    ordering = ["position"]


@admin.register(RuleSet)
class RuleSetAdmin(ByRole, admin.ModelAdmin):
    """Rule sets come from files, which are checked (`load_rules`); here is only the switch of R10."""

    changed_by = BOTH
    inlines = [LimitInline]
    list_display = ["name", "code", "valid_from", "valid_to", "source"]
    fields = [
        "code",
        "name",
        "source",
        "valid_from",
        "valid_to",
        "publishes_with_approval",
        "instant",
        "for_channel",
        "accepted_subjects",
        "historic_subjects",
        "show_historic_subjects",
        "refused_subjects",
    ]
    readonly_fields = [name for name in fields if name != "show_historic_subjects"]
