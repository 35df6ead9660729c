from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError

from agencies.models import AdministrativeUnit, Agency, Field, Membership, User
from agencies.register import agencies_for, handling_agencies
from tests.agencies.loading import DATA, load_khanh_hoa, run, write

TODAY = date(2026, 3, 2)
FIELDS = "code,name,position\ny-te,Y tế,1\n"
ONE = """fields_file = "fields.csv"

[[agency]]
code = "soyt"
name = "Sở Y tế"
kind = "department"
fields = ["y-te"]
phone = "+84995000001"
valid_from = 2026-01-01
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "fields.csv", FIELDS)
    return tmp_path


@pytest.fixture
def khanh_hoa(tmp_path):
    load_khanh_hoa(tmp_path)


def test_a_second_run_changes_nothing(khanh_hoa):
    assert run("load_agencies", DATA / "agencies.toml").splitlines() == [
        "Lĩnh vực: không có gì thay đổi (17)",
        "Cơ quan: không có gì thay đổi (31)",
    ]


def test_every_field_has_a_department_that_answers_for_the_whole_province(khanh_hoa):
    departments = Agency.objects.filter(kind="department", places=None)
    assert [field.code for field in Field.objects.all() if not departments.filter(fields=field).exists()] == []
    assert Field.objects.count() == 17


def test_the_agencies_that_the_contract_names_are_there(khanh_hoa):
    named = {"soxd", "sonnmt", "soyt", "capnuoc", "dienluc", "vienthong", "nhatrang", "camranh"}
    assert named <= set(handling_agencies(TODAY).values_list("code", flat=True))
    assert not handling_agencies(TODAY).filter(code__in=["ubndtinh", "trungtam", "sokhcn"]).exists()
    nha_trang = Agency.objects.get(code="nhatrang")
    assert list(nha_trang.places.values_list("code", "name")) == [("22366", "Phường Nha Trang")]
    assert nha_trang.parent.code == "ubndtinh"
    assert Agency.objects.get(code="moitruongdothi").parent.code == "soxd"


def test_a_broken_street_light_in_nha_trang_finds_the_ward_and_who_serves_the_whole_province(khanh_hoa):
    found = agencies_for(Field.objects.get(code="ha-tang-do-thi"), AdministrativeUnit.objects.get(code="22366"), TODAY)
    assert sorted(found.values_list("code", flat=True)) == [
        "capnuoc",
        "dienluc",
        "moitruongdothi",
        "nhatrang",
        "soct",
        "soxd",
        "vienthong",
    ]


def test_a_changed_line_changes_its_agency_and_one_that_left_the_file_stays(folder):
    run("load_agencies", write(folder, "agencies.toml", ONE))
    other = ONE.replace("+84995000001", "+84995000002").replace('fields = ["y-te"]\n', "")
    assert run("load_agencies", write(folder, "agencies.toml", other)).splitlines()[1] == (
        "Cơ quan: thêm 0, sửa 1, giữ nguyên 0"
    )
    agency = Agency.objects.get(code="soyt")
    assert (agency.phone, list(agency.fields.all())) == ("+84995000002", [])
    run("load_agencies", write(folder, "agencies.toml", ONE.replace("soyt", "sotc")))
    assert sorted(Agency.objects.values_list("code", flat=True)) == ["sotc", "soyt"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["y-te"]', '["y-ta"]', "agencies.toml, dòng 7: fields: chưa nạp mã y-ta"),
        ('["y-te"]', '["y-te"]\nplaces = ["22366"]', "agencies.toml, dòng 8: places: chưa nạp mã 22366"),
        ('"department"', '"school"', "agencies.toml, dòng 6: kind: "),
        ('"department"', '"department"\nparent = "ubnd"', "agencies.toml, dòng 7: không có cơ quan 'ubnd'"),
        ('"department"', '"department"\nparent = "soyt"', "agencies.toml, dòng 7: cơ quan cấp trên đi thành vòng"),
        ("+84995000001", "0995000001", "agencies.toml, dòng 8: số điện thoại ghi như +84912345678"),
        ("name =", "title =", "agencies.toml, dòng 5: không có khóa 'title'"),
        ("= 2026-01-01", "= 2026-01-01\nvalid_to = 2025-01-01", "agencies.toml, dòng 10: valid_to phải từ valid_from"),
        ('"fields.csv"', '"none.csv"', "none.csv: không mở được tệp"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_loaded(folder, old, new, message):
    assert old in ONE
    with pytest.raises(CommandError) as error:
        run("load_agencies", write(folder, "agencies.toml", ONE.replace(old, new, 1)))
    assert str(error.value).startswith(message)
    assert not Agency.objects.exists()


def test_there_is_one_operator_centre(folder):
    two = ONE.replace("department", "centre") + ONE.partition("\n\n")[2].replace("department", "centre").replace(
        "soyt", "sotc"
    )
    with pytest.raises(CommandError) as error:
        run("load_agencies", write(folder, "agencies.toml", two))
    assert str(error.value) == "agencies.toml, dòng 13: chỉ có một đơn vị vận hành"


def test_the_demo_accounts_are_exactly_those_of_the_contract(khanh_hoa, settings):
    settings.DEMO = True
    assert run("load_accounts", DATA / "accounts.toml") == "Tài khoản dùng thử: tạo 61.\n"
    roles = {
        (row.user.username, row.agency.code, row.role) for row in Membership.objects.select_related("user", "agency")
    }
    handling = {
        (f"{agency.code}.{ending}", agency.code, role)
        for agency in handling_agencies(TODAY)
        for ending, role in [("cm", "specialist"), ("ld", "leader")]
    }
    assert roles == handling | {
        ("vanhanh", "trungtam", "operator"),
        ("vanhanh2", "trungtam", "operator"),
        ("sotonghop", "sokhcn", "supervisor"),
        ("quantri", "trungtam", "administrator"),
    }
    assert User.objects.get(memberships=None).username == "congdan"
    assert sorted(User.objects.filter(is_staff=True).values_list("username", flat=True)) == [
        "quantri",
        "vanhanh",
        "vanhanh2",
    ]
    assert not User.objects.filter(is_superuser=True).exists()
    assert User.objects.values("full_name").distinct().count() == 61
    assert authenticate(username="soxd.cm", password=settings.DEMO_PASSWORD).full_name == "Nguyễn Thị Hồng Vân"


def test_a_second_run_keeps_the_accounts_and_their_passwords(khanh_hoa, settings):
    settings.DEMO = True
    run("load_accounts", DATA / "accounts.toml")
    changed = User.objects.get(username="soxd.cm")
    changed.set_password("mat-khau-da-doi-2026")
    changed.save()
    assert run("load_accounts", DATA / "accounts.toml") == "Tài khoản dùng thử: không có gì thay đổi.\n"
    assert authenticate(username="soxd.cm", password="mat-khau-da-doi-2026") == changed


def test_outside_the_demo_no_account_is_made(khanh_hoa):
    with pytest.raises(CommandError) as error:
        run("load_accounts", DATA / "accounts.toml")
    assert str(error.value) == (
        "accounts.toml: chỉ nạp tài khoản dùng thử khi DEMO bật: ai cũng biết mật khẩu của chúng"
    )
    assert not User.objects.exists()


def test_an_agency_without_names_is_told(khanh_hoa, settings, tmp_path):
    settings.DEMO = True
    text = (DATA / "accounts.toml").read_text(encoding="utf-8")
    without = "\n".join(line for line in text.splitlines() if not line.startswith("soyt ="))
    with pytest.raises(CommandError) as error:
        run("load_accounts", write(tmp_path, "accounts.toml", without))
    assert str(error.value) == "accounts.toml, dòng 32: chưa có tên người của cơ quan soyt"
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("account = []\n[handling]\nsoyt = 1\n", "accounts.toml, dòng 3: ghi như soyt = { specialist"),
        ("account = []\n[handling]\nnone = {}\n", "accounts.toml, dòng 3: không có cơ quan xử lý 'none'"),
        ("account = []\n[handling]\nsoyt = { leader = 1 }\n", "accounts.toml, dòng 2: thiếu specialist"),
        ('[[account]]\nusername = "a"\nrole = "leader"\n[handling]\n', "accounts.toml, dòng 1: thiếu full_name"),
        (
            '[[account]]\nusername = "a"\nfull_name = "A"\nagency = "soyt"\nrole = "mayor"\n[handling]\n',
            "accounts.toml, dòng 5: không có vai trò 'mayor'",
        ),
    ],
)
def test_a_bad_account_file_is_told_with_its_line(khanh_hoa, settings, tmp_path, text, message):
    settings.DEMO = True
    with pytest.raises(CommandError) as error:
        run("load_accounts", write(tmp_path, "accounts.toml", text))
    assert str(error.value).startswith(message)
    assert not User.objects.exists()


def test_a_role_that_the_agency_does_not_have_is_refused(khanh_hoa, settings, tmp_path):
    settings.DEMO = True
    text = (DATA / "accounts.toml").read_text(encoding="utf-8").replace('"supervisor"', '"operator"')
    with pytest.raises(CommandError) as error:
        run("load_accounts", write(tmp_path, "accounts.toml", text))
    assert str(error.value) == "accounts.toml: sotonghop: Vai trò này không có ở loại cơ quan này."
    assert not User.objects.exists()
