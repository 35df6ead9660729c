"""Cases that leave the house: by a right of its own, noted on each of them, told to the sender."""

import csv
import io
import json
import zipfile

import pytest

from agencies.models import Membership
from submissions.drafts import keep_uploads
from tests.submissions.pages import picture
from tests.workflow.desk import desk_of
from workflow.dossier import disclosures
from workflow.models import AuditEntry

MARCH = {"kind": "department", "first": "2026-03-01", "last": "2026-03-31"}
ASKED = {"body": "Thanh tra tỉnh", "letter": "12/CV-TTr ngày 05/03/2026"}


@pytest.fixture
def allowed(cast):
    Membership.objects.filter(user__username__in=["tam", "oanh", "lan"]).update(may_export=True)


def rows_for(username, **query):
    answer = desk_of(username).post("/bao-cao/xuat/", MARCH | query)
    assert answer.status_code == 200, answer.status_code
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_rows_say_who_made_them_and_name_no_sender(allowed, answered, journey):
    way = answered(title="=cmd()")
    journey("2026-03-30 08:00")
    head, columns, *rows = rows_for("tam")
    assert head[0].startswith("Xuất bởi Võ Minh Tâm (tam) lúc ")
    assert columns[0] == "code"
    assert [row[-1] for row in rows] == ["Đèn đường hỏng", "'=cmd()"]
    said = " ".join(cell for row in rows for cell in row)
    assert "Nguyễn Thị Cúc" not in said
    assert "0912345678" not in said
    noted = AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORTED)
    assert set(noted.values_list("case", "actor__username")) == {
        (way.case.pk, "tam"), (noted.exclude(case=way.case).get().case_id, "tam"),
    }  # fmt: skip


def test_an_agency_takes_out_no_more_than_it_sees(allowed, answered, journey):
    answered()
    journey("2026-03-30 08:00")
    _head, _columns, *rows = rows_for("lan", kind="agency", agency="soxd")
    assert len(rows) == 1


def test_the_right_goes_with_a_membership_not_with_the_person(cast, answered):
    """Lan may export at soxd; that she also leads at soyt takes nothing out of there."""
    answered()
    way = answered()
    way.case.access.filter(part="lead").update(agency=cast.agency("soyt"))
    Membership.objects.filter(user=cast.lan.user).update(may_export=True)
    Membership.objects.create(user=cast.lan.user, agency=cast.agency("soyt"), role="leader", valid_from="2026-01-01")
    assert len(rows_for("lan", kind="agency", agency="soxd")[2:]) == 1


def test_a_dossier_leaves_out_what_the_scanner_holds_and_says_so(allowed, cast, journey):
    drafts, _refused = keep_uploads([picture()], "a session of the test", [])
    way = journey(drafts=drafts)
    way.case.attachments.update(scan="infected")
    answer = desk_of("oanh").post(f"/bao-cao/ho-so/{way.case.code}/", ASKED)
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert not [name for name in archive.namelist() if name.startswith("tep/")]
    assert "không kèm được: tep/01" in archive.read("MUC-LUC.txt").decode()


def test_sealed_cases_stay(allowed, answered, cast):
    way = answered()
    way.does("seal", cast.oanh, "2026-03-10 09:00", reason="Có dấu hiệu bí mật.")
    assert rows_for("tam")[2:] == []
    assert desk_of("oanh").get(f"/bao-cao/ho-so/{way.case.code}/").status_code == 403


def test_without_the_right_nothing_goes_out(answered):
    way = answered()
    for username in ("tam", "oanh", "lan"):
        assert desk_of(username).post("/bao-cao/xuat/", MARCH | {"kind": "agency", "agency": "soxd"}).status_code in (
            403,
            404,
        )
        assert desk_of(username).post(f"/bao-cao/ho-so/{way.case.code}/", ASKED).status_code == 403
    assert "Xuất danh sách hồ sơ" not in desk_of("tam").get("/bao-cao/", MARCH).content.decode()


def test_a_dossier_holds_everything_and_the_sender_reads_who_got_it(allowed, cast, journey):
    drafts, _refused = keep_uploads([picture()], "a session of the test", [])
    way = journey(drafts=drafts)
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    answer = desk_of("oanh").post(f"/bao-cao/ho-so/{way.case.code}/", ASKED)
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    head = archive.read("MUC-LUC.txt").decode()
    assert "Thanh tra tỉnh" in head
    assert "12/CV-TTr" in head
    case = json.loads(archive.read("ho-so.json"))
    assert (case["code"], case["sender"]["full_name"]) == (way.case.code, "Nguyễn Thị Cúc")
    assert [event["action"] for event in json.loads(archive.read("su-kien.json"))] == ["lodge", "distribute"]
    assert json.loads(archive.read("thoi-han.json"))[0]["key"] == "intake"
    (file,) = [name for name in archive.namelist() if name.startswith("tep/")]
    assert archive.read(file).startswith(b"\x89PNG")
    assert {name for name in archive.namelist() if name != "MUC-LUC.txt"} == {
        line.split("  ", 1)[1] for line in head.splitlines() if "  " in line
    }
    told = disclosures(cast.sender_of(way.case), way.case)
    assert [(one.agency, one.reason) for one in told if "Thanh tra" in one.reason] == [
        ("Trung tâm CNTT tỉnh Khánh Hòa", "cung cấp cho Thanh tra tỉnh theo văn bản 12/CV-TTr ngày 05/03/2026")
    ]


def test_it_asks_who_wants_it_and_by_which_letter(allowed, answered):
    way = answered()
    answer = desk_of("oanh").post(f"/bao-cao/ho-so/{way.case.code}/", {"body": "Thanh tra tỉnh"})
    assert answer.status_code == 422
    assert "Vui lòng ghi số, ngày của văn bản." in answer.content.decode()
    assert "Thanh tra tỉnh" in answer.content.decode()


def test_only_the_centre_hands_out_a_dossier(allowed, answered):
    way = answered()
    assert desk_of("tam").get(f"/bao-cao/ho-so/{way.case.code}/").status_code == 403
    assert desk_of("lan").get(f"/bao-cao/ho-so/{way.case.code}/").status_code == 403
    assert desk_of("hai").get(f"/bao-cao/ho-so/{way.case.code}/").status_code == 404
