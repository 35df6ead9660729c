import pytest
from django.core.management import CommandError

from agencies.models import AdministrativeUnit, FormerCommune
from tests.agencies.loading import DATA, run, write

UNITS = "code,level,kind,name,parent_code\n"
FORMER = "former_code,former_name,former_district,former_province,current_codes\n"
KHANH_HOA = UNITS + "56,province,tỉnh,Tỉnh Khánh Hòa,\n22366,commune,phường,Phường Nha Trang,56\n"

pytestmark = pytest.mark.django_db


def test_the_official_lists_load_and_a_second_run_changes_nothing():
    files = DATA / "administrative_units.csv", DATA / "former_communes.csv"
    assert run("load_units", *files).splitlines() == [
        "administrative_units.csv: thêm 3355 dòng, sửa 0 dòng, giữ nguyên 0 dòng",
        "former_communes.csv: thêm 10051 dòng, sửa 0 dòng, giữ nguyên 0 dòng",
    ]
    assert run("load_units", *files).splitlines() == [
        "administrative_units.csv: không có gì thay đổi (3355 dòng)",
        "former_communes.csv: không có gì thay đổi (10051 dòng)",
    ]
    assert AdministrativeUnit.objects.filter(level="province").count() == 34
    assert AdministrativeUnit.objects.filter(level="commune").count() == 3321
    nha_trang = AdministrativeUnit.objects.get(code="22366")
    assert (nha_trang.name, nha_trang.kind, nha_trang.parent.name) == (
        "Phường Nha Trang",
        "phường",
        "Tỉnh Khánh Hòa",
    )
    divided = FormerCommune.objects.get(code="00019")
    assert (divided.name, divided.district, divided.province) == (
        "Phường Điện Biên",
        "Quận Ba Đình",
        "Thành phố Hà Nội",
    )
    assert sorted(divided.current.values_list("code", flat=True)) == ["00004", "00070", "00190", "00226"]


def test_a_renamed_unit_is_changed_and_one_that_left_the_file_stays(tmp_path):
    run("load_units", write(tmp_path, "units.csv", KHANH_HOA))
    renamed = UNITS + "56,province,tỉnh,Tỉnh Khánh Hoà,\n"
    assert run("load_units", write(tmp_path, "units.csv", renamed)) == (
        "units.csv: thêm 0 dòng, sửa 1 dòng, giữ nguyên 0 dòng\n"
    )
    assert list(AdministrativeUnit.objects.values_list("code", "name")) == [
        ("22366", "Phường Nha Trang"),
        ("56", "Tỉnh Khánh Hoà"),
    ]


def test_a_former_commune_that_moved_to_another_unit_counts_as_one_changed_line(tmp_path):
    two = KHANH_HOA + "22333,commune,phường,Phường Bắc Nha Trang,56\n"
    run("load_units", write(tmp_path, "units.csv", two))
    line = "22327,Phường Vĩnh Hòa,Thành phố Nha Trang,Tỉnh Khánh Hòa,"
    run("load_units", write(tmp_path, "former.csv", FORMER + line + "22366 22333\n"))
    assert run("load_units", write(tmp_path, "former.csv", FORMER + line + "22333\n")) == (
        "former.csv: thêm 0 dòng, sửa 1 dòng, giữ nguyên 0 dòng\n"
    )
    assert list(FormerCommune.objects.get().current.values_list("code", flat=True)) == ["22333"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,name\n", "former.csv, dòng 1: dòng đầu phải là " + FORMER.strip()),
        (UNITS + "56,state,tỉnh,Tỉnh Khánh Hòa,\n", "former.csv, dòng 2: không có cấp 'state'"),
        (UNITS + "5,province,tỉnh,Tỉnh Khánh Hòa,\n", "former.csv, dòng 2: mã '5' không đúng"),
        (UNITS + "22366,commune,phường,Phường Nha Trang,99\n", "former.csv, dòng 2: không có tỉnh '99'"),
        (KHANH_HOA + "22366,commune,phường,Phường Nha Trang,56\n", "former.csv, dòng 4: mã 22366 đã có ở dòng trên"),
        (KHANH_HOA + "22333,commune,phường\n", "former.csv, dòng 4: cần 5 cột nhưng có 3"),
        (KHANH_HOA + "22333,commune,phường,,56\n", "former.csv, dòng 4: thiếu name"),
        (KHANH_HOA + f"22333,commune,phường,{'a' * 81},56\n", "former.csv, dòng 4: name dài quá 80 ký tự"),
        (FORMER + "22327,Phường Vĩnh Hòa,Nha Trang,Khánh Hòa,22333\n", "former.csv, dòng 2: không có xã, phường 22333"),
    ],
)
def test_a_bad_line_is_named_and_nothing_of_its_file_is_loaded(tmp_path, text, message):
    with pytest.raises(CommandError) as error:
        run("load_units", write(tmp_path, "former.csv", text))
    assert str(error.value) == message
    assert not AdministrativeUnit.objects.exists()


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path):
    with pytest.raises(CommandError) as error:
        run("load_units", tmp_path / "none.csv")
    assert str(error.value) == "none.csv: không mở được tệp (No such file or directory)"
