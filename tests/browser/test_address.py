"""Finding a commune by typing its name: on a phone without JavaScript, by keyboard with it; and what axe says."""

import pytest
from playwright.sync_api import expect

from submissions.models import Sender
from tests.agencies.loading import run, write

from .letters import LETTER
from .test_every_page import flaws
from .test_keyboard import Keyboard
from .windows import PHONE

UNITS = """code,level,kind,name,parent_code
31,province,thành phố trung ương,Thành phố Hải Phòng,
56,province,tỉnh,Tỉnh Khánh Hòa,
11875,commune,xã,Xã Vĩnh Hải,31
22333,commune,phường,Phường Bắc Nha Trang,56
22366,commune,phường,Phường Nha Trang,56
22420,commune,phường,Phường Cam Ranh,56
22846,commune,xã,Xã Vĩnh Hải,56
"""
FORMER = """former_code,former_name,former_district,former_province,current_codes
22330,Phường Vĩnh Hải,Thành phố Nha Trang,Tỉnh Khánh Hòa,22333
22348,Phường Vạn Thạnh,Thành phố Nha Trang,Tỉnh Khánh Hòa,22366
"""
VINH_HAI = [
    "Xã Vĩnh Hải, Tỉnh Khánh Hòa",
    "Phường Vĩnh Hải, Thành phố Nha Trang → Phường Bắc Nha Trang, Tỉnh Khánh Hòa",
    "Xã Vĩnh Hải, Thành phố Hải Phòng",
]
REST = {name: value for name, value in LETTER.items() if name != "commune"}


@pytest.fixture
def places(cast, tmp_path):
    run("load_units", write(tmp_path, "units.csv", UNITS), write(tmp_path, "former.csv", FORMER))


def test_on_a_phone_without_javascript_a_former_name_leads_to_todays_commune(portal, places):
    cuc = portal.window(PHONE, javascript=False)
    cuc.opens("/gui-phan-anh/")
    form = cuc.form("gui-phan-anh")
    cuc.fills(form, full_name=LETTER["full_name"], commune_search="Phường Vạn Thạnh, TP Nha Trang")
    cuc.presses("Tìm", form)
    assert (cuc.status, cuc.path) == (200, "/gui-phan-anh/")
    form = cuc.form("gui-phan-anh")
    assert form.locator('[name="commune"]').input_value() == "22366"
    assert form.locator('[name="full_name"]').input_value() == LETTER["full_name"]
    cuc.fills(form, **REST)
    cuc.presses("GỬI PHẢN ÁNH", form)
    assert cuc.state == "LODGED"
    assert Sender.objects.get().commune_id == "22366"


def test_on_a_phone_without_javascript_one_of_several_is_chosen(portal, places):
    cuc = portal.window(PHONE, javascript=False)
    cuc.opens("/gui-phan-anh/")
    form = cuc.form("gui-phan-anh")
    cuc.fills(form, **REST, commune_search="vinh hai")
    cuc.presses("GỬI PHẢN ÁNH", form)
    assert cuc.status == 422
    form = cuc.form("gui-phan-anh")
    results = form.locator("fieldset", has=cuc.page.locator('[name="commune"]'))
    assert [line.strip() for line in results.locator("label").all_inner_texts()] == VINH_HAI
    cuc.fills(form, commune="22333")
    cuc.presses("GỬI PHẢN ÁNH", form)
    assert cuc.state == "LODGED"
    assert Sender.objects.get().commune_id == "22333"


def test_with_javascript_suggestions_come_while_typing_and_the_keyboard_takes_one(portal, places):
    cuc = portal.window(PHONE)
    cuc.opens("/gui-phan-anh/")
    keyboard = Keyboard(cuc.page)
    keyboard.to(name="commune_search")
    cuc.page.keyboard.type("vinh hai")
    suggestions = cuc.page.locator(".commune-suggestions button")
    expect(suggestions).to_have_text(VINH_HAI)
    said = cuc.page.locator(".commune-search-said")
    expect(said).to_have_text("Số kết quả: 3")
    keyboard.press("Escape")
    expect(suggestions).to_have_count(0)
    cuc.page.keyboard.type(" ")
    expect(suggestions).to_have_count(3)
    for text in VINH_HAI:
        keyboard.press("ArrowDown")
        assert (keyboard.focus()["text"], keyboard.focus()["seen"]) == (text, True)
    keyboard.press("ArrowUp")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(said).to_have_text("Đã chọn: Xã Vĩnh Hải, Thành phố Hải Phòng")
    assert (keyboard.focus()["name"], keyboard.focus()["value"]) == ("commune", "11875")
    assert cuc.page.locator('[name="province"]').input_value() == "31"
    form = cuc.form("gui-phan-anh")
    cuc.fills(form, **REST)
    cuc.presses("GỬI PHẢN ÁNH", form)
    assert cuc.state == "LODGED"
    assert Sender.objects.get().commune_id == "11875"


def test_with_javascript_another_province_brings_its_communes_at_once_and_enter_looks_for_the_name(portal, places):
    cuc = portal.window()
    cuc.opens("/gui-phan-anh/")
    cuc.page.locator('[name="province"]').select_option("31")
    options = cuc.page.locator('select[name="commune"] option')
    expect(options).to_have_text(["Chọn xã, phường, đặc khu", "Xã Vĩnh Hải"])
    cuc.page.locator('[name="commune_search"]').fill("p. vinh hai")
    cuc.page.locator('[name="commune_search"]').focus()
    Keyboard(cuc.page).enters()
    assert cuc.path == "/gui-phan-anh/"
    assert cuc.page.locator('[name="commune"]').input_value() == "22333"


def test_the_label_of_the_name_follows_the_type_of_sender_at_once_even_without_javascript(portal):
    for javascript in (True, False):
        window = portal.window(PHONE, javascript)
        window.opens("/gui-phan-anh/")
        window.page.locator('[name="sender_type"][value="business"]').check()
        label = window.page.locator('label[for="id_full_name"]')
        assert label.inner_text() == "Tên doanh nghiệp"
        expect(window.page.locator('[name="full_name"]')).to_have_accessible_name("Tên doanh nghiệp")


def test_results_suggestions_and_remarks_stand_up_to_axe(portal, places):
    window = portal.window()
    window.opens("/gui-phan-anh/")
    window.page.locator('[name="commune_search"]').press_sequentially("vinh hai")
    expect(window.page.locator(".commune-suggestions button")).to_have_count(3)
    found = flaws(window)
    form = window.form("gui-phan-anh")
    window.presses("Tìm", form)
    found += flaws(window)
    form = window.form("gui-phan-anh")
    typed = REST | {"title": "Ñeøn ñöôøng hoûng", "content": "Toái quaù, khoâng thaáy ñöôøng."}
    window.fills(form, **typed, commune_search="vinh hai")
    window.presses("GỬI PHẢN ÁNH", form)
    assert window.status == 422
    found += flaws(window)
    form = window.form("gui-phan-anh")
    window.fills(form, commune="22333")
    window.presses("Xem lại trước khi gửi", form)
    assert "Đèn đường hỏng" in window.text
    found += flaws(window)
    window.presses("GỬI PHẢN ÁNH")
    assert window.state == "LODGED"
    assert found + flaws(window) == []
