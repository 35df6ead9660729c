"""Communes found by their name of today or of before 1/7/2025: ranked, bounded, never guessed."""

import re

import pytest

from submissions.addresses import search
from submissions.models import Case, Sender
from tests.agencies.loading import DATA, run, write
from tests.submissions.pages import ANSWERS, LODGE, answers, errors, hidden, picture, text_of
from tests.workflow.desk import desk_of

UNITS = """code,level,kind,name,parent_code
01,province,thành phố trung ương,Thành phố Hà Nội,
31,province,thành phố trung ương,Thành phố Hải Phòng,
56,province,tỉnh,Tỉnh Khánh Hòa,
00004,commune,phường,Phường Ba Đình,01
00070,commune,phường,Phường Hoàn Kiếm,01
11875,commune,xã,Xã Vĩnh Hải,31
22333,commune,phường,Phường Bắc Nha Trang,56
22366,commune,phường,Phường Nha Trang,56
22420,commune,phường,Phường Cam Ranh,56
22846,commune,xã,Xã Vĩnh Hải,56
"""
FORMER = """former_code,former_name,former_district,former_province,current_codes
00019,Phường Điện Biên,Quận Ba Đình,Thành phố Hà Nội,00004 00070
11875,Xã Vĩnh Hải,Huyện Vĩnh Bảo,Thành phố Hải Phòng,11875
22330,Phường Vĩnh Hải,Thành phố Nha Trang,Tỉnh Khánh Hòa,22333
22348,Phường Vạn Thạnh,Thành phố Nha Trang,Tỉnh Khánh Hòa,22366
22384,Xã Vĩnh Lương,Thành phố Nha Trang,Tỉnh Khánh Hòa,22333
22846,Xã Vĩnh Hải,Huyện Ninh Hải,Tỉnh Ninh Thuận,22846
26935,Phường 14,Quận Bình Thạnh,Thành phố Hồ Chí Minh,
"""
VINH_HAI = [
    "Xã Vĩnh Hải, Tỉnh Khánh Hòa",
    "Phường Vĩnh Hải, Thành phố Nha Trang → Phường Bắc Nha Trang, Tỉnh Khánh Hòa",
    "Xã Vĩnh Hải, Thành phố Hải Phòng",
]
VAN_THANH = "Phường Vạn Thạnh, Thành phố Nha Trang → Phường Nha Trang, Tỉnh Khánh Hòa"
SEVERAL = "Nhiều xã, phường ứng với “vinh hai”. Vui lòng chọn một trong các kết quả."

pytestmark = pytest.mark.usefixtures("places", "passing_captcha")


@pytest.fixture
def places(cast, tmp_path):
    """Some communes of three provinces, with the former ones that lead there."""
    run("load_units", write(tmp_path, "units.csv", UNITS), write(tmp_path, "former.csv", FORMER))


def labels(text):
    return [one.label for one in search(text).candidates]


@pytest.mark.parametrize("typed", ["vinh hai", "Vĩnh Hải", "VĨNH  HẢI", "vĩnh hải", "Vi\u0303nh Ha\u0309i"])
def test_case_diacritics_and_spaces_make_no_difference(typed):
    assert labels(typed) == VINH_HAI


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("p. vinh hai", VINH_HAI[1:2]),
        ("P.Vĩnh Hải", VINH_HAI[1:2]),
        ("x.vinh hai", [VINH_HAI[0], VINH_HAI[2]]),
        ("vinh hai, tp nha trang", VINH_HAI[1:2]),
        ("xã Vĩnh Hải, H. Ninh Hải", VINH_HAI[:1]),
        ("vinh hai hai phong", VINH_HAI[2:]),
        ("Phường Vạn Thạnh, TP Nha Trang", [VAN_THANH]),
        ("phường vĩnh lương", ["Xã Vĩnh Lương, Thành phố Nha Trang → Phường Bắc Nha Trang, Tỉnh Khánh Hòa"]),
    ],
)
def test_kind_and_district_narrow_it_down_as_people_write_them(typed, expected):
    assert labels(typed) == expected


def test_exact_names_come_first_then_beginnings_then_parts_and_the_own_province_before_others():
    assert labels("nha trang") == ["Phường Nha Trang, Tỉnh Khánh Hòa", "Phường Bắc Nha Trang, Tỉnh Khánh Hòa"]
    assert labels("vinh") == [
        VINH_HAI[0],
        "Phường Vĩnh Hải, Thành phố Nha Trang → Phường Bắc Nha Trang, Tỉnh Khánh Hòa",
        VINH_HAI[2],
    ]
    assert labels("hai") == [VINH_HAI[0], VINH_HAI[1], VINH_HAI[2]]


def test_a_district_or_province_that_is_no_more_offers_what_lies_there_today():
    assert labels("tp nha trang") == ["Phường Bắc Nha Trang, Tỉnh Khánh Hòa", "Phường Nha Trang, Tỉnh Khánh Hòa"]
    assert labels("Ninh Thuận") == ["Xã Vĩnh Hải, Tỉnh Khánh Hòa"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Phường Vạn Thạnh, TP Nha Trang", "22366"),
        ("van thanh", "22366"),
        ("vạn thạ", "22366"),
        ("phường nha trang", "22366"),
        ("vinh hai", None),
        ("nha trang", None),
        ("Phường Điện Biên, Ba Đình", None),
        ("phường 14, bình thạnh", None),
        ("xã", None),
        ("v", None),
        ("zzz", None),
        ("%", None),
        ("", None),
    ],
)
def test_only_what_names_one_commune_is_taken_for_it(typed, code):
    only = search(typed).only
    assert (only.code if only else None) == code


def test_a_divided_commune_offers_every_unit_of_today():
    assert labels("dien bien") == [
        "Phường Điện Biên, Quận Ba Đình → Phường Ba Đình, Thành phố Hà Nội",
        "Phường Điện Biên, Quận Ba Đình → Phường Hoàn Kiếm, Thành phố Hà Nội",
    ]


def test_a_former_commune_whose_unit_is_not_known_is_told_and_not_guessed():
    found = search("phường 14, bình thạnh")
    assert (found.candidates, found.nowhere) == ((), ("Phường 14, Quận Bình Thạnh, Thành phố Hồ Chí Minh",))


def test_names_are_read_once_then_no_query_is_needed(django_assert_num_queries):
    search("nha trang")
    with django_assert_num_queries(0):
        search("vinh hai")


def test_the_whole_country_is_searched_and_twenty_are_shown():
    run("load_units", DATA / "administrative_units.csv", DATA / "former_communes.csv")
    found = search("tân")
    assert (len(found.candidates), found.more) == (20, True)
    assert labels("vinh hai") == [*VINH_HAI, "Xã Vĩnh Hải, Thành phố Cần Thơ"]
    assert search("Phường Vạn Thạnh, TP Nha Trang").only.code == "22366"
    assert search("phường 1, quận 10").only.code == "27190"


def asked(client, **parameters):
    return client.get("/xa-phuong/", parameters).json()


def test_suggestions_while_typing_say_what_the_lists_need(client):
    assert asked(client, q="van thanh") == {
        "communes": [
            {
                "code": "22366",
                "name": "Phường Nha Trang",
                "province": "56",
                "place": "Phường Nha Trang, Tỉnh Khánh Hòa",
                "label": VAN_THANH,
            }
        ],
        "more": False,
    }
    assert asked(client, province="01") == {
        "communes": [{"code": "00004", "name": "Phường Ba Đình"}, {"code": "00070", "name": "Phường Hoàn Kiếm"}]
    }
    assert asked(client, q="\x00%") == asked(client) == {"communes": [], "more": False}
    assert asked(client, province="\x00'") == {"communes": []}


def test_suggestions_may_be_cached_and_are_limited(client):
    assert client.get("/xa-phuong/", {"q": "nha"}).headers["Cache-Control"] == "public, max-age=3600"
    statuses = {client.get("/xa-phuong/", {"q": "nha"}).status_code for _ in range(601)}
    assert statuses == {200, 429}
    assert client.post("/xa-phuong/").status_code == 405


def looked_for(client, typed="vinh hai", **changes):
    """The page after "Tìm"."""
    return client.post(LODGE, answers(client.get(LODGE), commune="", commune_search=typed, search="1", **changes))


def filed():
    return Sender.objects.get().commune_id


def test_looking_for_a_commune_judges_nothing_files_nothing_and_keeps_everything(client):
    shown = looked_for(client, title="", attachments=[picture()])
    assert (shown.status_code, errors(shown), Case.objects.count()) == (200, [], 0)
    page = text_of(shown)
    for kept in ('value="vinh hai"', 'value="Nguyễn Văn An"', "anh.png", "Ông/Bà đã nhập đúng mã bảo mật"):
        assert kept in page
    assert re.findall(r'<input type="radio" name="commune" value="(\d+)"', page) == ["22846", "22333", "11875"]
    assert [label for label in VINH_HAI if label in page] == VINH_HAI
    assert '<select name="province"' not in page


def test_choosing_one_of_the_results_fills_province_and_commune(client):
    chosen = answers(looked_for(client), commune="11875", commune_search="vinh hai", province=None)
    review = client.post(LODGE, chosen | {"review": "1"})
    assert "Xã Vĩnh Hải, Thành phố Hải Phòng" in text_of(review)
    back = client.post(LODGE, hidden(review) | {"edit": "1"})
    for choice in ('<option value="31" selected>', '<option value="11875" selected>'):
        assert choice in text_of(back)
    again = answers(back, province="31", commune="11875", commune_search="vinh hai")
    assert client.post(LODGE, again).status_code == 302
    assert filed() == "11875"


def test_none_of_the_results_leads_back_to_the_lists(client):
    lists = client.post(
        LODGE, answers(looked_for(client), commune_search="vinh hai", province=None, commune="", refresh="1")
    )
    page = text_of(lists)
    assert '<option value="56" selected>' in page
    assert '<select name="commune"' in page
    assert 'type="radio" name="commune"' not in page


def test_a_name_that_leaves_no_doubt_is_filled_in_at_once_and_said(client):
    page = " ".join(text_of(looked_for(client, "Phường Vạn Thạnh, TP Nha Trang")).split())
    assert '<option value="22366" selected>' in page
    assert (
        "Đã chọn: <strong>Phường Nha Trang, Tỉnh Khánh Hòa</strong> (trước đây: Phường Vạn Thạnh, Thành phố Nha Trang)"
        in page
    )


def test_looking_again_replaces_what_was_chosen_before(client):
    shown = client.post(LODGE, answers(client.get(LODGE), commune_search="p. vinh hai", search="1"))
    assert '<option value="22333" selected>' in text_of(shown)


def test_what_is_not_found_is_said_and_the_lists_stay(client):
    page = text_of(looked_for(client, "Phường 14, Bình Thạnh"))
    assert "Không tìm thấy. Gõ tên khác hoặc chọn trong danh sách." in page
    assert "Chưa rõ Phường 14, Quận Bình Thạnh, Thành phố Hồ Chí Minh nay thuộc xã, phường nào." in page
    assert '<select name="province"' in page


def test_a_name_typed_and_not_looked_for_is_taken_when_it_leaves_no_doubt_and_told(client):
    page = client.get(LODGE)
    typed = {"commune": "", "commune_search": "Phường Vạn Thạnh, TP Nha Trang"}
    review = client.post(LODGE, answers(page, **typed, review="1"))
    for told in ("Phường Nha Trang, Tỉnh Khánh Hòa", "Xã, phường được nhận ra từ", "Phường Vạn Thạnh, TP Nha Trang"):
        assert told in text_of(review)
    sent = client.post(LODGE, answers(client.get(LODGE), **typed))
    assert filed() == "22366"
    receipt = text_of(client.get(sent.headers["Location"]))
    assert "Xã, phường “Phường Vạn Thạnh, TP Nha Trang” được ghi là Phường Nha Trang, Tỉnh Khánh Hòa." in receipt


def test_a_name_of_several_communes_is_an_error_with_all_of_them_to_choose_from(client):
    sent = client.post(LODGE, answers(client.get(LODGE), commune="", commune_search="vinh hai"))
    assert (sent.status_code, errors(sent)) == (422, [("id_commune", SEVERAL)])
    page = text_of(sent)
    assert re.findall(r'<input type="radio" name="commune" value="(\d+)"', page) == ["22846", "22333", "11875"]
    assert page.count(SEVERAL) == 2
    again = client.post(LODGE, answers(sent, commune_search="vinh hai", province=None, commune=""))
    assert errors(again) == [("id_commune", SEVERAL)]
    assert client.post(LODGE, answers(again, commune="22333", province=None)).status_code == 302
    assert filed() == "22333"


def test_the_codes_that_scripts_post_count_whatever_is_typed_beside_them(client):
    assert client.post(LODGE, answers(client.get(LODGE), commune_search="Xã Vĩnh Lương")).status_code == 302
    assert filed() == ANSWERS["commune"] == "22366"


def test_a_commune_of_another_province_is_refused_as_before(client):
    sent = client.post(LODGE, answers(client.get(LODGE), province="01"))
    assert errors(sent) == [("id_commune", "Xã, phường đã chọn không thuộc tỉnh, thành phố này. Vui lòng chọn lại.")]


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "\x00", "\u202e", "'; DROP", "x" * 5000, "( [ *", "🙂"])
def test_whatever_is_typed_breaks_nothing(client, typed):
    shown = looked_for(client, typed)
    assert shown.status_code == 200
    assert b"<script>alert" not in shown.content
    assert client.post(LODGE, answers(client.get(LODGE), commune="", commune_search=typed)).status_code == 422


def test_operators_look_for_a_commune_too(cast):
    desk = desk_of("oanh")
    form = {name: value for name, value in ANSWERS.items() if name != "commune"} | {"channel": "hotline"}
    found = desk.post("/can-bo/tiep-nhan-moi/", form | {"commune_search": "vinh hai", "search": "1"})
    assert found.status_code == 200
    assert [label for label in VINH_HAI if label in text_of(found)] == VINH_HAI
    several = desk.post("/can-bo/tiep-nhan-moi/", form | {"commune_search": "vinh hai"})
    assert (several.status_code, errors(several)) == (422, [("id_commune", SEVERAL)])
    assert desk.post("/can-bo/tiep-nhan-moi/", form | {"commune_search": "p. vinh hai"}).status_code == 302
    assert filed() == "22333"
