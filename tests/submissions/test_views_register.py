import re
from urllib.parse import parse_qs

import pytest

from submissions.models import Case
from tests.submissions.pages import text_of

REGISTER = "/phan-anh/"


def listed(response):
    """The addresses of the cases on the page, in order."""
    return [line.split('"')[3] for line in text_of(response).splitlines() if 'class="fw-bold" href="/phan-anh/' in line]


def test_the_register_holds_published_cases_only(client, published, journey, cast):
    case = published().case
    journey(title="Mới gửi")
    confidential = published(confidential=True, title="Riêng tư")
    assert confidential.case.state == "ANSWERED"
    withdrawn = published(title="Đã gỡ")
    withdrawn.does("set_secrecy", cast.oanh, "2026-03-09 09:00", level="withheld")
    assert listed(client.get(REGISTER)) == [f"/phan-anh/{case.code}/"]


def test_an_empty_register_says_so(client, cast):
    assert "Chưa có phản ánh, kiến nghị nào được công khai." in text_of(client.get(REGISTER))


@pytest.mark.parametrize("typed", ["den duong", "ĐÈN ĐƯỜNG", "trần phú", "Đe\u0300n đươ\u0300ng"])
def test_words_are_found_without_their_marks(client, published, typed):
    case = published().case
    published(title="Cây đổ", content="Cây phượng đổ ngang đường.", place="Công viên")
    assert listed(client.get(REGISTER, {"q": typed})) == [f"/phan-anh/{case.code}/"]


def test_a_code_finds_its_case(client, published):
    case = published().case
    published(title="Cây đổ")
    assert listed(client.get(REGISTER, {"q": case.code.lower()})) == [f"/phan-anh/{case.code}/"]


def test_field_and_agency_narrow_the_list(client, published):
    address = f"/phan-anh/{published().case.code}/"
    for wanted, found in [
        ({"field": "ha-tang-do-thi"}, [address]),
        ({"field": "y-te"}, []),
        ({"agency": "soxd"}, [address]),
        ({"agency": "soyt"}, []),
        ({"q": "không có chữ này"}, []),
    ]:
        assert listed(client.get(REGISTER, wanted)) == found
    assert "Không có hồ sơ nào khớp." in text_of(client.get(REGISTER, {"agency": "soyt"}))


def test_a_search_for_the_senders_name_or_phone_finds_nothing_here(client, published):
    published()
    for typed in ("Cúc", "0912345678", "cuc@example.vn"):
        assert listed(client.get(REGISTER, {"q": typed})) == []


def test_broken_questions_are_no_error(client, published):
    published()
    for wanted in ({"page": "rác"}, {"field": "x\x00y"}, {"agency": "' OR 1=1"}, {"q": "%_\\"}):
        assert client.get(REGISTER, wanted).status_code == 200


def test_days_of_publication_and_the_rating_narrow_the_list(client, published, cast):
    """Published at 09:01 on 6 March."""
    way = published()
    way.does("rate", cast.sender_of(way.case), "2026-03-07 10:00", score="unsatisfied", note="Vẫn tối.")
    address = f"/phan-anh/{way.case.code}/"
    for wanted, found in [
        ({"from": "2026-03-06"}, [address]),
        ({"from": "2026-03-07"}, []),
        ({"to": "2026-03-06"}, [address]),
        ({"to": "2026-03-05"}, []),
        ({"from": "06/03/2026", "to": "06/03/2026"}, [address]),
        ({"rating": "unsatisfied"}, [address]),
        ({"rating": "satisfied"}, []),
    ]:
        assert listed(client.get(REGISTER, wanted)) == found


def test_a_commune_is_found_by_its_name_in_what_is_published_or_by_who_answered(client, published, journey, cast):
    named = published(place="Ngã ba, phường Cam Ranh").case
    cast.agency("nhatrang").places.add("22366")
    way = journey(title="Chợ ồn", content="Loa mở đến khuya.", place="Chợ Đầm")
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("nhatrang"))
    way.does("accept", cast.nga, "2026-03-02 15:00")
    way.does("submit", cast.nga, "2026-03-05 15:00", outcome="done", body="Đã nhắc nhở.")
    way.does("approve", cast.nam, "2026-03-06 09:02")
    assert listed(client.get(REGISTER, {"commune": "22420"})) == [f"/phan-anh/{named.code}/"]
    assert listed(client.get(REGISTER, {"commune": "22366"})) == [f"/phan-anh/{way.case.code}/"]


def test_where_the_sender_lives_finds_nothing(client, published):
    """Bà Cúc's address is in phường Nha Trang; her case says only: 12 Trần Phú."""
    published()
    assert listed(client.get(REGISTER, {"commune": "22366"})) == []


def test_a_filter_that_makes_no_sense_counts_as_not_set_and_says_so(client, published):
    address = f"/phan-anh/{published().case.code}/"
    for name, typed in {
        "from": "hôm qua", "to": "0001-01-01", "commune": "99999", "rating": "five", "agency": "khong-co",
    }.items():  # fmt: skip
        response = client.get(REGISTER, {name: typed})
        assert (response.status_code, listed(response)) == (200, [address])
        assert f'id="register-{name}_error"' in text_of(response)


def test_the_link_to_the_next_page_keeps_the_filters(client, published):
    codes = [published().case.code for _ in range(26)]
    wanted = {"q": "đèn & đường", "field": "ha-tang-do-thi", "from": "2026-03-01"}
    for code in codes:
        Case.objects.filter(code=code).update(search_text="den & duong")
    first = client.get(REGISTER, wanted)
    following = re.search(r'href="(\?[^"]*page=[^"]*)"', text_of(first))[1]
    asked = parse_qs(following[1:])
    assert {name: asked[name] for name in wanted} == {name: [typed] for name, typed in wanted.items()}
    second = client.get(REGISTER + following)
    assert sorted(listed(first) + listed(second)) == sorted(f"/phan-anh/{code}/" for code in codes)
    assert len(listed(second)) == 1 and "page=" not in text_of(second)


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_list(client, published, number, django_assert_num_queries):
    for _ in range(number):
        published()
    with django_assert_num_queries(4):
        client.get(REGISTER)
    asked = {"field": "ha-tang-do-thi", "agency": "soxd", "commune": "22366", "from": "2026-03-01", "q": "tran phu"}
    with django_assert_num_queries(7):
        client.get(REGISTER, asked)


def test_the_home_page_shows_the_latest_and_leads_everywhere(client, published):
    case = published().case
    text = text_of(client.get("/"))
    for address in (
        f"/phan-anh/{case.code}/",
        "/gui-phan-anh/",
        "/tra-cuu/",
        "/phan-anh/",
        "/quy-trinh/",
        "tel:19001023",
    ):
        assert f'"{address}"' in text


def test_the_procedure_page_prints_every_limit_with_amount_unit_and_article(client, cast):
    text = " ".join(text_of(client.get("/quy-trinh/")).split())
    for words in (
        "Quy chế tỉnh Khánh Hòa 2022",
        '<th scope="row">Xử lý</th> <td>5 ngày làm việc</td> <td>Cán bộ chuyên môn</td> <td>khoản 3 Điều 7</td>',
        '<th scope="row">Tiếp nhận, phân phối</th> <td>4 giờ làm việc</td>',
        "<td>15 ngày làm việc</td>",
        "<td>20 ngày</td>",
        "Hạ tầng đô thị (cấp thoát nước, rác thải, chiếu sáng, cây xanh, viễn thông, điện lực)",
    ):
        assert words in text


def test_a_hotline_written_for_abroad_is_tapped_as_it_is(client, settings, db):
    settings.HOTLINE = "+84 258 3822 222"
    assert '<a href="tel:+842583822222">+84 258 3822 222</a>' in text_of(client.get("/phan-anh/"))
