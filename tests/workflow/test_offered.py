"""The reference data of a page: kept by a process, and read anew once somebody has changed it."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.loaders.rows import bring_to
from agencies.models import Agency, Field, Phrase, RuleSet
from tests.cast import at
from workflow.offered import Offered

NOW = at("2026-03-02 09:00")
TODAY = date(2026, 3, 2)


def names(viewer):
    """Everything that a page of the centre chooses among, by name."""
    offered = Offered(viewer, NOW)
    urban = offered.field("ha-tang-do-thi")
    return {
        "agencies": [agency.name for agency in offered.agencies],
        "fields": [field.name for field in offered.fields],
        "phrases": [phrase.title for phrase in offered.phrases],
        "fitting": [agency.name for agency in offered.agencies_for(urban, None)],
        "rule sets": [rules.name for rules in offered.rule_sets(TODAY)],
        "centre": offered.centre.name,
    }


def test_a_second_page_asks_for_one_row(cast):
    viewer = cast.oanh
    first = names(viewer)
    with CaptureQueriesContext(connection) as queries:
        assert names(viewer) == first
    assert len(queries) == 1


def new_agency(cast):
    Agency.objects.create(code="moi", name="Ban mới", kind="department", valid_from=TODAY)


def renamed_centre(cast):
    Agency.objects.filter(kind="centre").update(name="Trung tâm mới")


def new_field(cast):
    Field.objects.create(code="moi", name="Lĩnh vực mới")


def loaded_field(cast):
    bring_to(Field, {"moi": {"name": "Lĩnh vực nạp", "position": 9}})


def changed_field(cast):
    bring_to(Field, {"y-te": {"name": "Y tế, dân số", "position": 1}})


def new_phrase(cast):
    Phrase.objects.create(agency=Agency.objects.get(kind="centre"), title="Câu mới")


def agency_of_a_field(cast):
    cast.agency("soyt").fields.add("ha-tang-do-thi")


def renamed_rule_set(cast):
    RuleSet.objects.filter(code="khanh-hoa-2022").update(name="Bộ mới")


@pytest.mark.parametrize(
    ("change", "part", "expected"),
    [
        (new_agency, "agencies", "Ban mới"),
        (renamed_centre, "centre", "Trung tâm mới"),
        (new_field, "fields", "Lĩnh vực mới"),
        (loaded_field, "fields", "Lĩnh vực nạp"),
        (changed_field, "fields", "Y tế, dân số"),
        (new_phrase, "phrases", "Câu mới"),
        (agency_of_a_field, "fitting", "Sở Y tế"),
        (renamed_rule_set, "rule sets", "Bộ mới"),
    ],
)
def test_what_somebody_changed_is_on_the_next_page(cast, change, part, expected):
    assert expected not in names(cast.oanh)[part]
    change(cast)
    assert expected in names(cast.oanh)[part]


def test_what_is_deleted_is_gone(cast):
    field = Field.objects.create(code="tam", name="Tạm")
    assert "Tạm" in names(cast.oanh)["fields"]
    field.delete()
    assert "Tạm" not in names(cast.oanh)["fields"]


def test_a_change_that_is_taken_back_is_not_seen_afterwards(cast):
    before = names(cast.oanh)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Agency.objects.filter(code="soxd").update(name="Sở khác")
        assert "Sở khác" in names(cast.oanh)["agencies"]
        raise ZeroDivisionError
    assert names(cast.oanh) == before
