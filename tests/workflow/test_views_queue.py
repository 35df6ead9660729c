"""The queue: who gets in, what waits there, and what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.workflow.desk import desk_of

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
    assert one <= 16


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
