"""Around a period's end: explanations are chased, drafts prepared and told, each once."""

import pytest

from reports.drafts import prepare
from reports.jobs import write_waiting
from reports.models import ReportFile
from tests.cast import at
from tests.workflow.desk import desk_of
from workflow.models import Message


def told(notice):
    return list(Message.objects.filter(notice=notice).values_list("recipient", flat=True).order_by("recipient"))


def test_a_week_before_the_end_who_owes_explanations_is_asked_once(answered):
    answered(accepted="2026-03-02 16:01")
    prepare(at("2026-06-07 02:30"))
    assert told("report_chase") == []
    for day in range(8, 15):
        prepare(at(f"2026-06-{day:02} 02:30"))
    assert told("report_chase") == ["soxd@example.vn"]
    (message,) = Message.objects.filter(notice="report_chase")
    assert "Còn 1 thời hạn bị quá chưa giải trình" in message.subject
    assert "kind=agency" in message.body


def test_who_has_explained_all_is_not_asked(answered, cast):
    way = answered(accepted="2026-03-02 16:01")
    way.does("explain", cast.son, "2026-03-10 09:00", clock=way.case.clocks.get(key="verify").pk, note="Mất điện.")
    prepare(at("2026-06-10 02:30"))
    assert told("report_chase") == []


@pytest.mark.parametrize("nights", [["2026-07-01"], ["2026-07-01", "2026-07-02", "2026-07-02"], ["2026-07-04"]])
def test_the_day_after_drafts_are_there_and_told_once(answered, nights):
    answered()
    for night in nights:
        prepare(at(f"{night} 02:30"))
    kinds = list(ReportFile.objects.values_list("kind", "agency__code").order_by("kind", "agency__code"))
    assert [kind for kind in kinds if kind[0] != "agency"] == [("department", None), ("operator", None)]
    assert ("agency", "soxd") in kinds
    recipients = told("report_draft")
    assert len(recipients) == len(set(recipients)) == ReportFile.objects.count()
    assert {"sokhcn@example.vn", "trungtam@example.vn", "soxd@example.vn"} <= set(recipients)


def test_who_issues_a_report_finds_its_draft_and_others_do_not(answered, clock_at):
    answered()
    prepare(at("2026-07-01 02:30"))
    while write_waiting(at("2026-07-01 02:31")):
        pass
    draft = ReportFile.objects.get(kind="agency", agency__code="soxd")
    address = f"/bao-cao/tep/{draft.key}/"
    assert desk_of("son").get(address).status_code == 200
    assert desk_of("hai").get(address).status_code == 404
    assert desk_of("tam").get(address).status_code == 404
    query = {"kind": "agency", "agency": "soxd", "first": "2026-01-01", "last": "2026-06-30"}
    with clock_at("2026-07-01 08:00"):
        assert "dự thảo do hệ thống lập" in desk_of("lan").get("/bao-cao/", query).content.decode()


def test_long_after_nothing_is_prepared(answered):
    answered()
    assert prepare(at("2026-08-01 02:30")) == 0
