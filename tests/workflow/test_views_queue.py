"""The queue: who gets in, what waits there, and what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from submissions.models import Case
from tests.cast import at
from tests.workflow.desk import desk_of
from workflow.engine import perform
from workflow.models import AuditEntry

QUEUE = "/can-bo/"


def text_of(response):
    return response.content.decode()


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_without_a_login_the_queue_sends_to_the_login(cast):
    response = Client().get(QUEUE)
    assert (response.status_code, response["Location"]) == (302, "/tai-khoan/dang-nhap/?next=/can-bo/")


def test_a_citizen_finds_nothing_at_any_address_of_staff(cast):
    case = cast.files()
    desk = desk_of("binh")
    addresses = [QUEUE, "/can-bo/tiep-nhan-moi/", f"/can-bo/ho-so/{case.code}/", f"/can-bo/ho-so/{case.code}/receive/"]
    assert [desk.get(address).status_code for address in addresses] == [404, 404, 404, 404]


def test_the_page_says_who_is_at_work_and_for_which_agency(cast):
    text = text_of(desk_of("son").get(QUEUE))
    assert "Nguyễn Văn Sơn" in text
    assert "Cán bộ chuyên môn, Sở Xây dựng" in text


def test_only_operators_are_offered_to_key_in(cast):
    address = 'href="/can-bo/tiep-nhan-moi/"'
    assert address in text_of(desk_of("oanh").get(QUEUE))
    assert address not in text_of(desk_of("son").get(QUEUE))


def test_an_empty_queue_says_so(cast):
    assert "Không có hồ sơ nào đang chờ ở mục này." in text_of(desk_of("son").get(QUEUE))


def test_a_new_case_waits_for_the_operator_with_its_lateness_in_words(cast):
    case = cast.files()
    text = text_of(desk_of("oanh").get(QUEUE))
    assert f'href="/can-bo/ho-so/{case.code}/"' in text
    assert '<strong class="is-late">' in text
    assert "14:00 02/03/2026" in text


def test_an_instant_case_is_marked(cast):
    cast.files(incident="lighting")
    assert '<span class="tag tag-instant">Tức thời</span>' in text_of(desk_of("oanh").get(QUEUE))


def test_another_agency_sees_nothing_of_it(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    assert way.case.code in text_of(desk_of("son").get(QUEUE))
    assert way.case.code not in text_of(desk_of("yen").get(QUEUE))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=den+duong", True),
        ("q=cay+xanh", False),
        ("field=y-te", False),
        ("field=ha-tang-do-thi", True),
        ("late=on", True),
        ("field=khong-co", True),
    ],
)
def test_filters_narrow_the_queue(cast, asked, found):
    case = cast.files(field=cast.field())
    text = text_of(desk_of("oanh").get(f"{QUEUE}?{asked}"))
    assert (case.code in text) is found


def test_a_filter_without_a_hit_offers_to_drop_it(cast):
    cast.files()
    text = text_of(desk_of("oanh").get(f"{QUEUE}?stage=intake&q=cay+xanh"))
    assert "Không có hồ sơ nào khớp với điều kiện lọc." in text
    assert 'href="?stage=intake"' in text


def test_a_broken_page_token_is_ignored(cast):
    case = cast.files()
    assert case.code in text_of(desk_of("oanh").get(f"{QUEUE}?page=%00rác"))


def test_the_second_page_goes_on_where_the_first_ended(cast):
    codes = {cast.files(f"2026-03-02 08:{minute:02}").code for minute in range(30)}
    desk = desk_of("oanh")
    first = desk.get(QUEUE)
    second = desk.get(QUEUE, {"page": first.context["page"].next})
    shown = [[row.code for row in response.context["page"].rows] for response in (first, second)]
    assert [len(codes) for codes in shown] == [25, 5]
    assert set(shown[0]) | set(shown[1]) == codes
    assert "Hồ sơ tiếp theo" not in text_of(second)


def test_the_queue_costs_the_same_for_one_case_and_for_fifty(cast):
    desk = desk_of("oanh")
    cast.files()
    desk.get(QUEUE)
    one = queries_of(desk, QUEUE)
    for minute in range(49):
        cast.files(f"2026-03-02 08:{minute:02}", field=cast.field())
    assert queries_of(desk, QUEUE) == one
    assert one <= 15, one


def test_agencies_are_a_filter_for_those_who_see_several(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    assert 'name="agency"' not in text_of(desk_of("son").get(QUEUE))
    desk = desk_of("oanh")
    assert way.case.code in text_of(desk.get(f"{QUEUE}?stage=open&agency=soxd"))
    assert way.case.code not in text_of(desk.get(f"{QUEUE}?stage=open&agency=soyt"))


def test_the_administrator_has_an_empty_desk(cast):
    case = cast.files()
    text = text_of(desk_of("quang").get(QUEUE))
    assert case.code not in text
    assert "Không có hồ sơ nào đang chờ ở mục này." in text


def test_the_queue_is_read_only(cast):
    assert desk_of("oanh").post(QUEUE).status_code == 405


def test_the_supervisor_sees_who_is_not_satisfied_wherever_it_is(cast, journey):
    way = journey("2026-03-02 08:00")
    for key, viewer, data in [
        ("distribute", cast.oanh, {"field": cast.field(), "agency": cast.agency("soxd")}),
        ("accept", cast.son, {}),
        ("submit", cast.son, {"outcome": "done", "body": "Đã thay bóng."}),
        ("approve", cast.lan, {}),
        ("rate", cast.sender_of(way.case), {"score": "unsatisfied", "note": "Vẫn tối."}),
    ]:
        way.does(key, viewer, "2026-03-02 09:00", **data)
    page = text_of(desk_of("tam").get(QUEUE, {"stage": "unsatisfied_anywhere"}))
    assert way.case.code in page
    assert way.case.code in text_of(desk_of("lan").get(QUEUE, {"stage": "unsatisfied"}))


def codes_on(desk, **asked):
    return [row.code for row in desk.get(QUEUE, asked).context["page"].rows]


def test_instant_cases_stand_on_top_over_the_pages(cast):
    plain = [cast.files(f"2026-03-02 08:{minute:02}").code for minute in range(26)]
    instant = cast.files("2026-03-03 09:00", incident="lighting").code
    desk = desk_of("oanh")
    first = desk.get(QUEUE, {"stage": "intake"}).context["page"]
    second = desk.get(QUEUE, {"stage": "intake", "page": first.next}).context["page"]
    assert [row.code for row in [*first.rows, *second.rows]] == [instant, *plain]


def test_more_instant_cases_than_a_page_go_on_with_the_others_behind_them(cast):
    plain = cast.files("2026-03-02 08:00").code
    instant = [cast.files(f"2026-03-02 09:{minute:02}", incident="lighting").code for minute in range(27)]
    desk = desk_of("oanh")
    first = desk.get(QUEUE, {"stage": "intake"}).context["page"]
    assert codes_on(desk, stage="intake", page=first.next) == [*instant[25:], plain]


def test_a_senders_name_or_number_finds_their_cases_for_the_centre_alone(journey, cast):
    way = journey("2026-03-02 08:00", full_name="Đặng Thị Hồng Ánh", phone="+84987654321")
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    other = cast.files("2026-03-02 08:30")
    oanh = desk_of("oanh")
    assert codes_on(oanh, stage="open", q="dang thi hong anh") == [way.case.code]
    assert codes_on(oanh, q="0987 654 321") == [way.case.code]
    assert codes_on(oanh, stage="intake", q="dang thi hong anh") == [way.case.code]
    assert set(codes_on(oanh, stage="open", q="đèn")) == {way.case.code, other.code}
    for name in ("son", "tam", "lan"):
        desk = desk_of(name)
        for stage in ("verify", "open", "agency"):
            assert codes_on(desk, stage=stage, q="dang thi hong anh") == []
        assert codes_on(desk, q="0987654321") == []


def test_names_that_have_it_inside_are_found_where_none_begins_so(cast):
    begins = cast.files("2026-03-02 08:00", full_name="Thị Hồng Ánh", phone="+84987654321")
    inside = cast.files("2026-03-02 08:30", full_name="Đặng Thị Hồng Hoa", phone="+84987654322")
    oanh = desk_of("oanh")
    assert codes_on(oanh, stage="intake", q="thị hồng") == [begins.code]
    assert codes_on(oanh, stage="intake", q="thị hồng hoa") == [inside.code]


def test_words_that_are_somebodys_name_are_looked_for_elsewhere_among_their_cases_alone(journey, cast):
    way = journey("2026-03-02 08:00", full_name="Trần Văn Sáu", phone="+84987654321")
    way.does("withdraw", cast.sender_of(way.case), "2026-03-02 08:10")
    told = journey("2026-03-02 08:20", title="Ông Trần Văn Sáu lấn vỉa hè")
    told.does("withdraw", cast.sender_of(told.case), "2026-03-02 08:30")
    assert codes_on(desk_of("oanh"), stage="intake", q="trần văn sáu") == [way.case.code]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"channel": "web"}, True),
        ({"channel": "letter"}, False),
        ({"place": "22366"}, True),
        ({"place": "22420"}, False),
        ({"rules": "khanh-hoa-2022"}, True),
        ({"rules": "national-portal-2021"}, False),
        ({"since": "2026-03-02", "until": "2026-03-02"}, True),
        ({"since": "2026-03-03"}, False),
        ({"until": "2026-03-01"}, False),
        ({"files": "on"}, False),
        ({"since": "hôm qua"}, True),
    ],
)
def test_more_filters_narrow_the_queue(cast, asked, found):
    case = cast.files("2026-03-02 08:00")
    assert (case.code in codes_on(desk_of("oanh"), stage="intake", **asked)) is found


def test_a_filter_is_kept_by_name_for_its_owner_alone_and_forgotten_again(cast):
    desk = desk_of("oanh")
    kept = desk.post("/can-bo/bo-loc/", {"name": "Thư tay", "stage": "open", "channel": "letter", "late": "on"})
    assert kept["Location"] == "/can-bo/?channel=letter&late=on&stage=open"
    assert '<a href="?channel=letter&amp;late=on&amp;stage=open">Thư tay</a>' in text_of(desk.get(QUEUE))
    assert "Thư tay" not in text_of(desk_of("phuc").get(QUEUE))
    saved = cast.oanh.user.saved_filters.get()
    assert desk_of("phuc").post(f"/can-bo/bo-loc/{saved.pk}/xoa/").status_code == 404
    assert desk.post(f"/can-bo/bo-loc/{saved.pk}/xoa/").status_code == 302
    assert not cast.oanh.user.saved_filters.exists()


def test_several_cases_go_to_one_agency_once_each_has_a_field(cast):
    cases = [cast.files(f"2026-03-02 08:0{minute}", field=cast.field()) for minute in range(2)]
    bare = cast.files("2026-03-02 08:05")
    desk = desk_of("oanh")
    codes = [case.code for case in [*cases, bare]]
    asked = text_of(desk.post("/can-bo/phan-phoi/", {"code": codes}))
    assert "3 hồ sơ đã chọn" in asked
    refused = desk.post("/can-bo/phan-phoi/", {"code": codes, "confirm": "1"})
    assert (refused.status_code, "Vui lòng chọn cơ quan xử lý." in text_of(refused)) == (422, True)
    owed = desk.post("/can-bo/phan-phoi/", {"code": codes, "confirm": "1", "agency": "soxd"})
    assert (owed.status_code, "Có hồ sơ chưa phân loại" in text_of(owed)) == (422, True)
    done = text_of(desk.post("/can-bo/phan-phoi/", {"code": codes[:2], "confirm": "1", "agency": "soxd"}))
    assert done.count("Đã chuyển đến Sở Xây dựng.") == 2
    assert {case.state for case in Case.objects.exclude(pk=bare.pk)} == {"DISTRIBUTED"}
    assert Case.objects.get(pk=bare.pk).state == "LODGED"


def test_a_case_that_changed_meanwhile_is_not_distributed(cast):
    case = cast.files("2026-03-02 08:00", field=cast.field())
    perform(case.pk, "receive", cast.phuc, {}, now=at("2026-03-02 08:10"))
    sent = {"code": [case.code], f"version-{case.pk}": "0", "confirm": "1", "agency": "soxd"}
    assert "Hồ sơ đã thay đổi" in text_of(desk_of("oanh").post("/can-bo/phan-phoi/", sent))
    assert Case.objects.get(pk=case.pk).state == "CHECKED"


@pytest.mark.parametrize("username", ["son", "lan", "tam", "quang"])
def test_nobody_else_distributes_several(cast, username):
    assert desk_of(username).post("/can-bo/phan-phoi/", {"code": [cast.files().code]}).status_code == 404


def test_my_open_places_are_printed_in_the_order_of_the_places_and_noted(journey, cast):
    places = {"99 Lê Lợi": "", "1 Ái Mộ": "", "": ""}
    for minute, place in enumerate(places):
        way = journey(f"2026-03-02 08:0{minute}", place=place)
        way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
        places[place] = way.case.code
    text = text_of(desk_of("son").post("/can-bo/in-danh-sach/", {"stage": "agency", "order": "place"}))
    order = [text.index(places[place]) for place in ("1 Ái Mộ", "99 Lê Lợi", "")]
    assert order == sorted(order)
    assert "Nguyễn Thị Cúc" not in text
    assert "0912" not in text
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORTED).count() == 3


def test_what_another_agency_has_is_not_printed(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    text = text_of(desk_of("yen").post("/can-bo/in-danh-sach/", {"code": [way.case.code]}))
    assert "Không có hồ sơ nào để in." in text
    assert way.case.title not in text


@pytest.mark.parametrize("username", ["oanh", "tam", "quang", "son", "lan"])
def test_of_a_sealed_case_the_queue_shows_the_stub_alone(journey, cast, username):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("seal", cast.son, "2026-03-02 10:00", note="Mật")
    text = text_of(desk_of(username).get(QUEUE, {"q": way.case.code}))
    assert "Hồ sơ đã niêm phong" in text
    assert way.case.title not in text
    assert codes_on(desk_of(username), q="0912 345 678") == []


def test_answered_cases_that_were_ticked_are_printed_too(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 09:10")
    way.does("submit", cast.son, "2026-03-02 09:20", outcome="done", body="Đã thay.")
    way.does("approve", cast.lan, "2026-03-02 09:30")
    text = text_of(desk_of("son").post("/can-bo/in-danh-sach/", {"code": [way.case.code]}))
    assert way.case.title in text


def test_a_version_of_many_digits_is_no_error(cast):
    case = cast.files("2026-03-02 08:00", field=cast.field())
    sent = {"code": [case.code], f"version-{case.pk}": "9" * 5000, "confirm": "1", "agency": "soxd"}
    assert desk_of("oanh").post("/can-bo/phan-phoi/", sent).status_code == 200


def test_words_that_the_tab_does_not_have_are_found_in_other_tabs_and_closed_cases(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 09:10")
    way.does("submit", cast.son, "2026-03-02 09:20", outcome="done", body="Đã thay.")
    way.does("approve", cast.lan, "2026-03-02 09:30")
    for username, found in {"oanh": [way.case.code], "son": [way.case.code], "yen": []}.items():
        desk = desk_of(username)
        assert codes_on(desk, q="đèn đường") == found
        assert ("Mục này không có hồ sơ nào khớp." in text_of(desk.get(QUEUE, {"q": "đèn đường"}))) is bool(found)
