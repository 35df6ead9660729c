"""Driving the public pages as a browser does: read the page, keep what it holds, fill in, send back."""

import io
import re
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

LODGE = "/gui-phan-anh/"


def picture(name="anh.png", colour="red"):
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(drawn, "PNG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/png")


def web_page(name="trang.html"):
    return SimpleUploadedFile(name, b"<html></html>", "text/html")


def text_of(response):
    return unescape(response.content.decode())


def status(client, address):
    """What it answers with, read to the end: an open file would be one too many."""
    response = client.get(address)
    if response.streaming:
        response.getvalue()
    return response.status_code


def hidden(response):
    """Names and values of the hidden inputs; of repeated names a list."""
    values = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', response.content.decode()):
        name = re.search(r'name="([^"]*)"', tag)[1]
        value = re.search(r'value="([^"]*)"', tag)
        values.setdefault(name, []).append(unescape(value[1]) if value else "")
    return {name: found if name == "kept" else found[-1] for name, found in values.items()}


def errors(response):
    """`[(id of the field, sentence)]` of the summary on top."""
    summary = re.search(r'id="error-summary".*?</div>', response.content.decode(), re.DOTALL)
    return re.findall(r'<a href="#([^"]*)">([^<]*)</a>', unescape(summary[0])) if summary else []


ANSWERS = {
    "sender_type": "citizen",
    "full_name": "Nguyễn Văn An",
    "province": "56",
    "commune": "22366",
    "address": "12 Trần Phú",
    "phone": "0912 345 678",
    "title": "Đèn đường hỏng",
    "content": "Tối quá, không thấy đường.",
    "consent": "on",
}


def answers(response, **changes):
    """A filled-in form for the page in `response`; a change to None leaves the field out."""
    captcha = {"captcha_1": "PASSED"}
    filled = ANSWERS | captcha | hidden(response) | changes
    return {name: value for name, value in filled.items() if value is not None}


def code_of(response):
    """The code in the address of a receipt."""
    return re.fullmatch(r"/bien-nhan/(PAKN-[^/]+)/", response.headers["Location"])[1]
