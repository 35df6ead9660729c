"""Reports in the browser: from a number to its cases, from the texts to the file, closed by who issues them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from docx import Document

from agencies.models import Membership
from reports.jobs import write_waiting

from .test_every_page import flaws
from .ways import Ways


@pytest.fixture
def ways(journey, cast):
    return Ways(journey, cast)


def half_year():
    today = timezone.localdate()
    return f"first={today - timedelta(days=182)}&last={today}"


def test_the_department_goes_from_a_number_to_its_cases_and_takes_the_letter(portal, ways, tmp_path):
    answered = ways.promised_and_rated()
    ways.late()
    tam = portal.staff("tam")
    tam.opens(f"/bao-cao/?kind=department&{half_year()}")
    tam.page.locator('[data-table="overview"] [data-row="answered"] a').click()
    assert answered in tam.text
    tam.opens(f"/bao-cao/?kind=department&{half_year()}")
    form = tam.page.locator("form", has=tam.page.locator('[name="results"]'))
    tam.fills(form, results="Đã mở ba lớp tập huấn.", guided="120", installed="45")
    tam.presses("Lưu nội dung", form)
    tam.presses("Văn bản (docx)")
    assert "Đang lập tệp" in tam.text
    write_waiting()
    link = tam.page.get_by_role("link", name="Tải tệp về")
    link.wait_for(timeout=10_000)
    with tam.page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "bao-cao.docx")
    words = "\n".join(line.text for line in Document(tmp_path / "bao-cao.docx").paragraphs)
    assert "Đã mở ba lớp tập huấn." in words
    assert "120 lượt" in words


def test_a_leader_closes_the_agencys_period(portal, ways):
    ways.answered()
    lan = portal.staff("lan")
    last = timezone.localdate() - timedelta(days=1)
    lan.opens(f"/bao-cao/?kind=agency&agency=soxd&first={date(2025, 1, 1)}&last={last}")
    tick = lan.page.get_by_label("Tôi vẫn chốt dù còn thời hạn chưa giải trình")
    if tick.count():
        tick.check()
    lan.presses("Chốt kỳ báo cáo")
    assert "còn nguyên như lúc chốt" in lan.text
    assert "Không có thay đổi" in lan.text


def test_no_flaw_on_any_page_of_reports(portal, ways, cast):
    Membership.objects.filter(user=cast.tam.user).update(may_export=True)
    code = ways.promised_and_rated()
    ways.late()
    tam = portal.staff("tam")
    found = []
    for address in (
        f"/bao-cao/?{half_year()}",
        "/bao-cao/?first=2026-05-01&last=2026-04-01",
        f"/bao-cao/ho-so/?{half_year()}&figure=received",
        "/bao-cao/hien-trang/",
        "/bao-cao/mau/?kind=department",
        f"/bao-cao/ho-so/{code}/",
    ):
        tam.opens(address)
        found += flaws(tam)
    tam.opens(f"/bao-cao/?{half_year()}")
    tam.presses("Bảng tính (xlsx)")
    write_waiting()
    tam.page.get_by_role("link", name="Tải tệp về").wait_for(timeout=10_000)
    found += flaws(tam)
    assert found == []
