import pytest

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


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_list(client, published, number, django_assert_num_queries):
    for _ in range(number):
        published()
    with django_assert_num_queries(3):
        client.get(REGISTER)


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
