"""Photographs for the demo, drawn: what a sender or an agency attaches to show a place before and after."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

SIZE = (960, 640)
SKY, NIGHT, ROAD, GRASS, WALL = "#bcd7ee", "#1c2536", "#6f7276", "#8aa860", "#d9cbb0"


def picture(name) -> SimpleUploadedFile:
    """The drawing of this name (a key of DRAWINGS) as an uploaded JPEG."""
    image = Image.new("RGB", SIZE, SKY)
    DRAWINGS[name](ImageDraw.Draw(image))
    content = BytesIO()
    image.save(content, "JPEG", quality=80)
    return SimpleUploadedFile(f"{name}.jpg", content.getvalue(), "image/jpeg")


def _street(draw, sky=SKY):
    draw.rectangle((0, 0, 960, 360), fill=sky)
    draw.rectangle((0, 300, 960, 380), fill=GRASS)
    draw.rectangle((0, 380, 960, 640), fill=ROAD)
    for x in range(20, 960, 160):
        draw.rectangle((x, 500, x + 80, 512), fill="#e9e4d0")


def _pothole(draw):
    _street(draw)
    draw.ellipse((300, 440, 660, 590), fill="#4a4440", outline="#35302d", width=8)
    draw.ellipse((370, 480, 600, 560), fill="#7d6a55")


def _mended_road(draw):
    _street(draw)
    draw.rounded_rectangle((280, 430, 680, 600), 24, fill="#3f4144")


def _dark_lamp(draw):
    _street(draw, NIGHT)
    _lamp_post(draw, "#3b3f46")


def _lit_lamp(draw):
    _street(draw, NIGHT)
    draw.polygon([(560, 132), (360, 520), (820, 520)], fill="#57512f")
    _lamp_post(draw, "#ffe9a3")


def _lamp_post(draw, bulb):
    draw.rectangle((440, 110, 456, 400), fill="#8d9196")
    draw.rectangle((440, 110, 580, 122), fill="#8d9196")
    draw.ellipse((535, 116, 590, 146), fill=bulb)


def _flood(draw):
    _street(draw)
    draw.rectangle((0, 400, 960, 640), fill="#8f7f66")
    for y in range(430, 640, 40):
        draw.arc((80, y, 880, y + 60), 200, 340, fill="#a99a80", width=5)
    draw.rectangle((620, 330, 780, 440), fill="#b04a3a")


def _rubbish(draw):
    _street(draw)
    for x, y, colour in ((250, 380, "#2f3a2f"), (370, 400, "#44514a"), (310, 330, "#5a5f66"), (460, 390, "#7a6a4f")):
        draw.ellipse((x, y, x + 190, y + 140), fill=colour)


def _clean_corner(draw):
    _street(draw)
    draw.rectangle((360, 250, 470, 400), fill="#2f7d4f")
    draw.rectangle((352, 236, 478, 256), fill="#265f3d")


def _fallen_tree(draw):
    _street(draw)
    draw.polygon([(120, 470), (140, 510), (640, 420), (630, 380)], fill="#6b4d34")
    for x, y in ((560, 300), (640, 340), (690, 270), (620, 240)):
        draw.ellipse((x, y, x + 170, y + 130), fill="#4f7a3a")


def _leaking_pipe(draw):
    _street(draw)
    draw.rectangle((0, 420, 960, 460), fill="#4e6f8c")
    draw.polygon([(480, 430), (420, 180), (480, 150), (560, 190)], fill="#9cc7e6")
    draw.ellipse((300, 520, 700, 600), fill="#9cc7e6")


def _open_manhole(draw):
    _street(draw)
    draw.ellipse((360, 440, 600, 560), fill="#17181a", outline="#94989c", width=12)
    draw.arc((560, 420, 800, 540), 20, 200, fill="#94989c", width=12)


def _hanging_cable(draw):
    _street(draw)
    for x in (140, 800):
        draw.rectangle((x, 90, x + 18, 400), fill="#8d8378")
    for drop in (60, 160, 330):
        draw.arc((150, 120 - drop, 810, 130 + drop), 0, 180, fill="#26282b", width=6)


def _building_site(draw):
    _street(draw)
    draw.rectangle((280, 120, 680, 380), fill=WALL)
    for x in range(280, 700, 80):
        draw.line((x, 90, x, 380), fill="#7a5c3a", width=6)
    for y in range(130, 390, 80):
        draw.line((260, y, 700, y), fill="#7a5c3a", width=6)


def _smoke(draw):
    _street(draw)
    draw.rectangle((560, 170, 620, 380), fill="#9a6b56")
    for x, y in ((540, 110), (480, 60), (400, 30), (300, 10)):
        draw.ellipse((x, y, x + 150, y + 100), fill="#5d5f63")


DRAWINGS = {
    "o-ga": _pothole,
    "mat-duong-da-va": _mended_road,
    "den-tat": _dark_lamp,
    "den-da-sang": _lit_lamp,
    "ngap-nuoc": _flood,
    "rac-tu-phat": _rubbish,
    "da-don-rac": _clean_corner,
    "cay-nga": _fallen_tree,
    "vo-ong-nuoc": _leaking_pipe,
    "ho-ga-mat-nap": _open_manhole,
    "cap-vien-thong": _hanging_cable,
    "cong-trinh": _building_site,
    "khoi-bui": _smoke,
}
