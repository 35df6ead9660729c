"""A closed period stands: what changes later is told beside it, and what is tampered with is found."""

import pytest
from docx import Document

from reports import closing
from reports.models import ClosedPeriod
from tests.workflow.desk import desk_of
from workflow.models import AuditEntry

from .test_files import report_of, written

MARCH = {"kind": "department", "first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def month(answered, cast):
    way = answered(accepted="2026-03-02 16:01")
    for clock in way.case.clocks.filter(key="verify"):
        way.does("explain", cast.son, "2026-03-10 09:00", clock=clock.pk, note="Mất điện cả buổi.")
    return way


@pytest.fixture
def closed(month):
    answer = desk_of("tam").post("/bao-cao/chot/", MARCH)
    row = ClosedPeriod.objects.get()
    assert answer["Location"] == f"/bao-cao/ky/{row.pk}/"
    return row


def page_of(row, username="tam"):
    answer = desk_of(username).get(f"/bao-cao/ky/{row.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_closed_is_whole_and_unchanged(closed, month):
    text = page_of(closed)
    assert "còn nguyên như lúc chốt" in text
    assert "Không có thay đổi" in text
    assert closed.fingerprint in text
    assert closed.cases == [month.case.code]
    assert "1/1 = 100,0 %" in text
    assert "Mất điện cả buổi." in text
    assert AuditEntry.objects.filter(reason=closed.fingerprint).count() == 1


def test_a_later_change_stands_beside_it(closed, month, cast):
    month.does("rate", cast.sender_of(month.case), "2026-03-31 10:00", score="unsatisfied", note="Vẫn tối.")
    text = page_of(closed)
    assert "Không hài lòng" in text.split("Phụ lục")[1]
    changed = {
        (table, row): (then, since) for table, row, _c, then, since in closing.addendum(closed, closed.closed_at)
    }
    assert changed["Mức độ hài lòng", "Cộng"] == ("0", "1")
    assert closing.is_intact(closed)


def test_an_exchanged_figure_is_found(closed):
    closed.figures[0]["rows"][2][3][0]["value"] = 99
    ClosedPeriod.objects.update(figures=closed.figures)
    assert "không còn khớp" in page_of(closed)
    ClosedPeriod.objects.update(fingerprint=closing.fingerprint(ClosedPeriod.objects.get()))
    assert "không còn khớp" in page_of(closed)


def test_page_and_files_give_the_closed_figures_from_then_on(closed, month, cast):
    month.does("rate", cast.sender_of(month.case), "2026-03-31 10:00", score="unsatisfied", note="Vẫn tối.")
    assert dict(overview(report_of()))["ratings"] == 0
    desk = desk_of("tam")
    assert 'data-row="ratings"' in desk.get("/bao-cao/", MARCH).content.decode()
    assert written(report_of(), "xlsx")
    narrowed = report_of(channel="web")
    assert dict(overview(narrowed))["ratings"] == 1


def test_what_was_closed_is_read_by_its_own_definitions(closed):
    """Also where a later version no longer has a figure of that name, or counts it otherwise."""
    then = "Như quy định ngày đó."
    for row in closed.figures[0]["rows"]:
        for cell in row[3]:
            if cell.get("figure") == "received":
                cell["figure"] = "gone_since"
    closed.definitions["gone_since"] = ["Tiếp nhận", then]
    ClosedPeriod.objects.update(figures=closed.figures, definitions=closed.definitions)
    answer = desk_of("tam").get("/bao-cao/", MARCH)
    assert answer.status_code == 200
    assert then in answer.content.decode()
    assert then in [paragraph.text.split(": ")[-1] for paragraph in Document(written(report_of(), "docx")).paragraphs]
    assert written(report_of(), "xlsx")


def overview(report):
    return [(row.key, row.cells[0].value) for row in report.tables[0].rows]


def test_the_texts_of_a_closed_period_stay(closed):
    answer = desk_of("tam").post("/bao-cao/noi-dung/", MARCH | {"results": "Muộn."})
    assert answer.status_code == 409
    assert "đã được chốt" in answer.content.decode()


def test_it_is_closed_once(closed):
    assert desk_of("tam").post("/bao-cao/chot/", MARCH)["Location"].startswith("/bao-cao/?")
    assert ClosedPeriod.objects.count() == 1


def test_what_lacks_an_explanation_is_confirmed_first(answered):
    answered(accepted="2026-03-02 16:01")
    desk = desk_of("tam")
    assert "Còn 1 thời hạn bị quá chưa giải trình" in desk.get("/bao-cao/", MARCH).content.decode()
    desk.post("/bao-cao/chot/", MARCH)
    assert not ClosedPeriod.objects.exists()
    desk.post("/bao-cao/chot/", MARCH | {"confirmed": "on"})
    assert "chưa giải trình" in page_of(ClosedPeriod.objects.get())


@pytest.mark.parametrize("changed", [{"last": "2026-12-31"}, {"channel": "web"}, {"agency": "soxd"}])
def test_neither_a_running_period_nor_a_part_is_closed(month, clock_at, changed):
    with clock_at("2026-06-01 08:00"):
        desk_of("tam").post("/bao-cao/chot/", MARCH | changed)
    assert not ClosedPeriod.objects.exists()


@pytest.mark.parametrize(
    ("username", "status"), [("son", 403), ("lan", 302), ("tam", 403), ("oanh", 404), ("hai", 404)]
)
def test_an_agencys_leader_closes_its_report(month, username, status):
    data = MARCH | {"kind": "agency", "agency": "soxd"}
    assert desk_of(username).post("/bao-cao/chot/", data).status_code == status
    assert ClosedPeriod.objects.exists() == (status == 302)


def test_others_do_not_read_it(closed):
    for username in ("oanh", "lan", "quang"):
        assert desk_of(username).get(f"/bao-cao/ky/{closed.pk}/").status_code == 404
