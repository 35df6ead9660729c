"""Pictures for the documentation: docs/screenshots is made here, by `make proof`, and looked at by people."""

import io
from pathlib import Path

import pytest
from PIL import Image

from .letters import ANSWER, LETTER, ago, photo, typed_moment
from .windows import DESK, PHONE

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
TALLEST = {PHONE: 1500, DESK: 1100}
"""Where a long page is cut, in CSS pixels."""
COLOURS = 128
MOST_BYTES = 120_000
OTHERS = [
    ("Ổ gà sâu trên đường Lê Thánh Tôn, đoạn gần chợ Đầm", "ha-tang-do-thi", 3, "soxd"),
    ("Cống thoát nước hẻm 8 Hoàng Văn Thụ bị tắc", "ha-tang-do-thi", 5, "soxd"),
    ("Đề nghị kẻ lại vạch qua đường trước Trường Tiểu học Vạn Thạnh", "ha-tang-do-thi", 26, "soxd"),
    ("Cần thêm ghế chờ ở Trạm Y tế phường Nha Trang", "y-te", 28, "soyt"),
]
LATE = "Vỉa hè đường Yersin bị lấn chiếm nhiều ngày"


@pytest.mark.proof
def test_pictures_for_the_documentation(portal, journey, cast):
    _fill_the_queue(journey, cast)
    cuc = portal.window(PHONE)
    cuc.opens("/gui-phan-anh/")
    form = cuc.form("gui-phan-anh")
    cuc.fills(
        form, **LETTER, incident="lighting", occurred_at=typed_moment(hours=2), place="Trước số 12 Trần Phú",
        attachments=[photo("den-tat")],
    )  # fmt: skip
    cuc.page.evaluate("document.activeElement.blur()")
    _shoot(cuc, "form")
    cuc.presses("GỬI PHẢN ÁNH", form)
    _shoot(cuc, "receipt")
    code = cuc.code

    oanh = portal.staff("oanh")
    oanh.opens("/can-bo/?stage=open")
    _shoot(oanh, "queue")
    oanh.opens(f"/can-bo/ho-so/{code}/")
    oanh.does("distribute", field="ha-tang-do-thi", agency="soxd", release=True)
    son = portal.staff("son")
    son.opens(f"/can-bo/ho-so/{code}/")
    son.does("accept")
    _shoot(son, "case")
    son.does("submit", outcome="done", body=ANSWER, contained=True, attachments=[photo("den-da-sang")])
    lan = portal.staff("lan")
    lan.opens(f"/can-bo/ho-so/{code}/")
    lan.does("approve")
    anybody = portal.window()
    anybody.opens(f"/phan-anh/{code}/")
    _shoot(anybody, "answer")
    _side_by_side("overview", ("form", PHONE), ("queue", DESK), ("answer", PHONE))


def _fill_the_queue(journey, cast):
    for title, field, hours, agency in OTHERS:
        way = journey(ago(hours=hours), title=title, field=cast.field(field))
        if hours > 4:
            to = {"agency": cast.agency(agency), "field": cast.field(field)}
            way.does("distribute", cast.oanh, ago(hours=hours - 2), **to)
    way = journey(ago(days=20), title=LATE, field=cast.field())
    way.does("distribute", cast.oanh, ago(days=19, hours=22), agency=cast.agency("soxd"), field=cast.field())


def _shoot(window, name):
    for width in (PHONE, DESK):
        window.page.set_viewport_size({"width": width, "height": 900})
        window.page.wait_for_load_state("networkidle")
        shot = Image.open(io.BytesIO(window.page.screenshot(full_page=True)))
        _save(shot.crop((0, 0, width, min(shot.height, TALLEST[width]))), _file(name, width))


def _side_by_side(name, *shown):
    """One picture of several, each as high as the others."""
    high, gap = 600, 20
    parts = [Image.open(_file(*one)).convert("RGB") for one in shown]
    parts = [part.resize((round(part.width * high / part.height), high), Image.Resampling.LANCZOS) for part in parts]
    sheet = Image.new("RGB", (sum(part.width for part in parts) + gap * (len(parts) + 1), high + 2 * gap), "#d5dbe1")
    left = gap
    for part in parts:
        sheet.paste(part, (left, gap))
        left += part.width + gap
    _save(sheet, FOLDER / f"{name}.png")


def _file(name, width):
    return FOLDER / f"{name}-{width}.png"


def _save(picture, file):
    FOLDER.mkdir(exist_ok=True)
    picture.convert("RGB").quantize(COLOURS, kmeans=2).save(file, optimize=True)
    assert file.stat().st_size <= MOST_BYTES, file.name
