"""Guidance, questions, news and the opening of the home page: what the operator edits, in both languages."""

import tomllib

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from submissions.contacts import contacts
from submissions.models import PublicText
from tests.cast import PASSWORD, at
from tests.submissions.pages import text_of

FILE = settings.BASE_DIR / "submissions" / "data" / "texts.toml"
YESTERDAY = timezone.now() - timezone.timedelta(days=1)


def write(kind, slug, **changes):
    values = {"title": f"Tiêu đề {slug}", "body": f"Nội dung {slug}", "shown_from": YESTERDAY}
    return PublicText.objects.create(kind=kind, slug=slug, **values | changes)


def test_each_page_says_so_while_nothing_is_written(client, cast):
    for address, words in {
        "/huong-dan/": "Chưa có bài hướng dẫn.", "/hoi-dap/": "Chưa có câu hỏi nào.", "/tin-tuc/": "Chưa có tin nào.",
        "/": "Phản ánh, kiến nghị đến cơ quan nhà nước của tỉnh",
    }.items():  # fmt: skip
        assert words in text_of(client.get(address))


def test_what_is_shown_later_or_not_yet_is_nowhere(client, cast):
    write("news", "mai", shown_from=timezone.now() + timezone.timedelta(days=1))
    write("news", "nhap", shown_from=None)
    write("guide", "nhap-2", shown_from=None)
    for address in ("/", "/tin-tuc/", "/huong-dan/", "/sitemap-news.xml"):
        text = text_of(client.get(address))
        assert "Tiêu đề nhap" not in text and "/tin-tuc/nhap/" not in text
        assert "Tiêu đề mai" not in text and "/tin-tuc/mai/" not in text
    assert client.get("/tin-tuc/mai/").status_code == 404
    assert client.get("/tin-tuc/nhap/").status_code == 404


def test_guides_and_questions_stand_in_their_order(client, cast):
    write("guide", "hai", position=2)
    write("guide", "mot", position=1)
    text = text_of(client.get("/huong-dan/"))
    assert text.index("Nội dung mot") < text.index("Nội dung hai")


def test_a_text_is_never_markup_and_its_addresses_become_links(client, cast):
    write("question", "link", body="Xem https://example.vn/x và <script>alert(1)</script>")
    page = client.get("/hoi-dap/").content.decode()
    assert '<a href="https://example.vn/x" rel="nofollow">' in page
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_english_is_shown_to_who_chose_it_and_vietnamese_where_there_is_none(client, cast):
    write("guide", "a", title_en="How to", body_en="Write to us")
    write("guide", "b")
    client.post("/ngon-ngu/", {"language": "en"})
    text = text_of(client.get("/huong-dan/"))
    assert "How to" in text and "Write to us" in text and "Nội dung a" not in text
    assert "Nội dung b" in text


def test_news_come_latest_first_in_pages(client, cast, django_assert_num_queries):
    for number in range(26):
        write("news", f"tin-{number:02}", shown_from=at("2026-01-01 08:00") + timezone.timedelta(days=number))
    contacts()
    with django_assert_num_queries(1):
        first = text_of(client.get("/tin-tuc/"))
    assert first.index("tin-25") < first.index("tin-24") and "/tin-tuc/tin-00/" not in first
    following = first.split('href="?page=')[1].split('"')[0]
    assert "/tin-tuc/tin-00/" in text_of(client.get(f"/tin-tuc/?page={following}"))
    assert "Nội dung tin-00" in text_of(client.get("/tin-tuc/tin-00/"))


def test_the_first_texts_load_once_and_leave_what_an_editor_changed(cast):
    call_command("load_texts", str(FILE), verbosity=0)
    rows = tomllib.loads(FILE.read_text())["text"]
    assert PublicText.objects.count() == len(rows) == 12
    assert [row["slug"] for row in rows if not (row.get("title_en") and row.get("body_en"))] == []
    PublicText.objects.filter(slug="trang-chu").update(title="Sửa rồi")
    PublicText.objects.filter(slug="theo-doi").delete()
    call_command("load_texts", str(FILE), verbosity=0)
    assert PublicText.objects.count() == 12
    assert PublicText.objects.get(slug="trang-chu").title == "Sửa rồi"


def test_a_file_that_is_none_is_refused_in_one_line(cast, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_texts", str(tmp_path / "none.toml"))


def test_there_is_one_opening_of_the_home_page(cast):
    write("home", "mot")
    with pytest.raises(IntegrityError), transaction.atomic():
        write("home", "hai")


def test_the_operator_edits_the_administrator_reads_and_nobody_else_gets_in(client, cast):
    text = write("news", "tin")
    address = f"/quan-tri/submissions/publictext/{text.pk}/change/"
    client.login(username="oanh", password=PASSWORD)
    cast.oanh.user.__class__.objects.filter(username="oanh").update(is_staff=True)
    changed = {
        "kind": "news", "slug": "tin", "title": "Tin mới", "body": "Khác", "title_en": "", "body_en": "",
        "position": "0", "shown_from_0": "2026-03-01", "shown_from_1": "08:00",
    }  # fmt: skip
    assert client.post(address, changed).status_code == 302
    assert PublicText.objects.get().title == "Tin mới"
    client.login(username="quang", password=PASSWORD)
    assert client.get(address).status_code == 200
    assert client.post(address, changed | {"title": "Không"}).status_code == 403
    client.login(username="son", password=PASSWORD)
    assert client.get(address).status_code == 302


def test_the_banner_stands_under_one_address_for_every_site(client, cast):
    page = text_of(client.get("/gan-lien-ket/"))
    image = f"{settings.SITE_URL}/gan-lien-ket/bieu-ngu.svg"
    assert f'<a href="{settings.SITE_URL}/gui-phan-anh/"><img src="{image}"' in page
    response = client.get("/gan-lien-ket/bieu-ngu.svg")
    assert (response["Content-Type"], response["Cross-Origin-Resource-Policy"]) == ("image/svg+xml", "cross-origin")
    assert b"<svg" in response.content
