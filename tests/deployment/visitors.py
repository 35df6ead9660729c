"""What people do at the portal, for locust (`locust --headless -f tests/deployment/visitors.py`).

LOAD, a JSON file, tells which cases there are, who is signed in, and where to write down what was accepted:

70 % read public pages, 15 % look up a case, 10 % work at a desk, 5 % file one; each visitor from an address of its own.
"""

import json
import os
import random
from io import BytesIO
from itertools import count
from pathlib import Path

from locust import HttpUser, constant_throughput, task
from PIL import Image
from requests.adapters import HTTPAdapter

LOAD = json.loads(Path(os.environ["LOAD"]).read_text())
SHARES = LOAD["shares"]
NUMBERS = count(1)
SENDER = {
    "sender_type": "citizen", "full_name": "Nguyễn Thị Tải", "province": "56", "commune": "22366",
    "address": "12 Trần Phú", "title": "Đèn đường hỏng", "consent": "on", "captcha_0": "x", "captcha_1": "PASSED",
}  # fmt: skip
WORDS = ("đèn đường", "ngập", "rác", "ổ gà", "cây xanh")


def photo():
    """A JPEG of about 2 MB that no two visitors share."""
    size = (1600, 1200)
    picture = Image.frombytes("RGB", size, random.Random(next(NUMBERS)).randbytes(size[0] * size[1] * 3))
    content = BytesIO()
    picture.save(content, "JPEG", quality=LOAD["jpeg_quality"])
    return content.getvalue()


PHOTOS = [photo() for _ in range(3)] if SHARES.get("photo") else []


class FromOwnAddress(HTTPAdapter):
    def __init__(self, number):
        self.source = (f"127.0.{1 + number // 250 % 250}.{1 + number % 250}", 0)
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=self.source, **kwargs)


class Visitor(HttpUser):
    host = LOAD["host"]
    wait_time = constant_throughput(LOAD["each"])

    def on_start(self):
        self.number = next(NUMBERS)
        self.client.mount("https://", FromOwnAddress(self.number))
        self.client.verify = LOAD["certificate"]
        self.client.headers["Referer"] = LOAD["host"].rpartition(":")[0] + "/"

    @task(SHARES.get("read", 0))
    def reads(self):
        what = random.choices(("/", "/phan-anh/", "case", "words", "/thong-ke/", "/quy-trinh/"), (2, 4, 8, 2, 1, 1))[0]
        if what == "case":
            self.client.get(f"/phan-anh/{random.choice(LOAD['published'])}/", name="public case")
        elif what == "words":
            self.client.get("/phan-anh/", params={"q": random.choice(WORDS)}, name="register, words")
        else:
            self.client.get(what)

    @task(SHARES.get("look_up", 0))
    def looks_up(self):
        code, phone = random.choice(LOAD["senders"])
        token = self._token("/tra-cuu/", "look-up form")
        data = {"csrfmiddlewaretoken": token, "q": code, "phone": phone}
        with self.client.post("/tra-cuu/", data, name="look-up", allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 302:
                answer.failure(f"status {answer.status_code}")
        self.client.get(f"/phan-anh/{code}/", name="own case")

    @task(SHARES.get("desk", 0))
    def works(self):
        session = random.choice(LOAD["desks"])
        cookies = {"__Host-sessionid": session["cookie"]}
        if random.random() < 0.5:
            self.client.get("/can-bo/", cookies=cookies, name="queue")
        else:
            self.client.get(f"/can-bo/ho-so/{random.choice(session['cases'])}/", cookies=cookies, name="case at a desk")

    @task(SHARES.get("file", 0))
    def files(self):
        self._file("filing")

    @task(SHARES.get("photo", 0))
    def files_with_photo(self):
        self._file("filing with photo", [("attachments", ("anh.jpg", random.choice(PHOTOS), "image/jpeg"))])

    def _file(self, name, files=None):
        number = next(NUMBERS) + os.getpid() * 1000
        token = self._token("/gui-phan-anh/", "form")
        data = SENDER | {
            "csrfmiddlewaretoken": token, "phone": f"09{number % 10**8:08}", "email": f"tai{number}@example.vn",
            "content": f"Đèn trước số {number} không sáng.",
        }  # fmt: skip
        with self.client.post(
            "/gui-phan-anh/", data, files=files, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"status {answer.status_code}")
                return
        with open(LOAD["accepted"], "a") as accepted:
            accepted.write(answer.headers["Location"] + "\n")

    def _token(self, address, name):
        page = self.client.get(address, name=name).text
        return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
