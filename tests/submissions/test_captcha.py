import io
import itertools
import random
import re
import shutil
import subprocess
import tempfile
import threading
import wave
from array import array
from datetime import timedelta
from pathlib import Path

import pytest
from captcha.conf import settings as captcha_settings
from captcha.models import CaptchaStore
from django import forms
from django.conf import settings as project
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from submissions import captcha
from submissions.captcha import LETTERS, SafeCaptchaField, secure_challenge, wants_new_captcha

pytestmark = pytest.mark.django_db

INVALID = "Mã bảo mật không đúng hoặc đã hết hạn. Vui lòng nhập mã mới trong hình."
REQUIRED = "Vui lòng nhập mã bảo mật trong hình."


class LetterForm(forms.Form):
    title = forms.CharField(label="Tiêu đề")
    captcha = SafeCaptchaField()

    def __init__(self, data=None, session="cuc", kind="letter"):
        super().__init__(data)
        self.fields["captcha"].bind(kind, session)


def draw():
    return captcha.draw("letter:cuc", *secure_challenge())


def post(key, answer, title="Đèn hỏng", **owner):
    return LetterForm({"title": title, "captcha_0": key, "captcha_1": answer}, **owner)


def inputs(html):
    """The names and values of the inputs in this piece of HTML."""
    tags = re.findall(r"<input[^>]*>", html)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] if value else "" for name, value in pairs}


def test_a_right_answer_is_accepted_whatever_its_case_and_spaces():
    store = draw()
    assert post(store.hashkey, f" {store.challenge[:2]} {store.response[2:]} ").errors == {}
    assert CaptchaStore.objects.count() == 0


def test_a_right_answer_is_accepted_only_once():
    store = draw()
    assert post(store.hashkey, store.response).errors == {}
    assert post(store.hashkey, store.response).errors == {"captcha": [INVALID]}


def test_a_wrong_answer_burns_the_challenge():
    store = draw()
    assert post(store.hashkey, "sai").errors == {"captcha": [INVALID]}
    assert post(store.hashkey, store.response).errors == {"captcha": [INVALID]}


@pytest.mark.parametrize("owner", [{"session": "binh"}, {"kind": "petition"}, {"session": ""}])
def test_an_answer_from_another_session_or_form_is_refused_and_burns_nothing(owner):
    store = draw()
    assert post(store.hashkey, store.response, **owner).errors == {"captcha": [INVALID]}
    assert post(store.hashkey, store.response).errors == {}


@pytest.mark.parametrize("owner", [{"session": "binh"}, {"kind": "petition"}])
def test_a_voucher_is_bound_as_its_captcha_was(owner):
    store = draw()
    voucher = inputs(post(store.hashkey, store.response, title="").as_div())
    assert post(voucher["captcha_0"], voucher["captcha_1"], **owner).errors == {"captcha": [INVALID]}
    assert post(voucher["captcha_0"], voucher["captcha_1"]).errors == {}


def test_a_challenge_that_no_form_drew_is_refused():
    store = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    assert post(store.hashkey, store.response).errors == {"captcha": [INVALID]}


def test_a_challenge_lives_half_an_hour():
    assert draw().expiration - timezone.now() > timedelta(minutes=29, seconds=50)
    assert draw().expiration - timezone.now() < timedelta(minutes=30)


def test_an_expired_challenge_is_refused():
    store = draw()
    CaptchaStore.objects.update(expiration=timezone.now() - timedelta(seconds=1))
    assert post(store.hashkey, store.response).errors == {"captcha": [INVALID]}


@pytest.mark.parametrize(("key", "answer"), [("", ""), ("", "BCGHK"), ("no-such-key", "")])
def test_an_empty_answer_is_asked_for(key, answer):
    assert post(key, answer).errors == {"captcha": [REQUIRED]}


def test_a_form_without_any_captcha_is_refused():
    assert LetterForm({"title": "Đèn hỏng"}).errors == {"captcha": [REQUIRED]}


def test_an_unknown_key_is_refused():
    assert post("0" * 40, "bcghk").errors == {"captcha": [INVALID]}


def test_the_test_answer_is_right_in_test_mode_only(settings):
    settings.CAPTCHA_TAKES_PASSED = False
    assert post(draw().hashkey, "PASSED").errors == {"captcha": [INVALID]}
    settings.CAPTCHA_TAKES_PASSED = True
    assert post(draw().hashkey, "PASSED").errors == {}
    assert post(draw().hashkey, "sai").errors == {"captcha": [INVALID]}
    store = draw()
    assert post(store.hashkey, store.response).errors == {}
    assert CaptchaStore.objects.count() == 0


def test_challenges_do_not_follow_the_global_generator_that_the_image_view_seeds():
    random.seed("khoá")
    first = [secure_challenge() for _ in range(20)]
    random.seed("khoá")
    assert [secure_challenge() for _ in range(20)] != first


def test_a_challenge_has_five_letters_that_no_vietnamese_keyboard_changes():
    shown, answer = secure_challenge()
    assert len(shown) == 5
    assert set(shown) - set(LETTERS) == set()
    assert answer == shown.lower()
    assert set(LETTERS) & set("AĂÂEÊIOÔƠUƯYDWFJQ0123456789") == set()


@pytest.mark.postgres_only
def test_one_of_eight_simultaneous_posts_wins(transactional_db):
    store = draw()
    barrier = threading.Barrier(8)
    outcomes = []

    def send():
        barrier.wait()
        outcomes.append(post(store.hashkey, store.response).is_valid())
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]


def test_consuming_a_right_answer_is_one_statement(django_assert_num_queries):
    store = draw()
    with django_assert_num_queries(1) as queries:
        assert post(store.hashkey, store.response).is_valid()
    assert queries.captured_queries[0]["sql"].startswith("DELETE FROM")


def test_the_answer_box_has_a_label_and_the_names_of_the_contract():
    html = LetterForm().as_div()
    assert re.findall(r'<label[^>]*for="id_captcha_1"[^>]*>\s*(Mã bảo mật)', html) == ["Mã bảo mật"]
    assert "<fieldset" not in html
    assert set(inputs(html)) == {"title", "captcha_0", "captcha_1"}
    assert inputs(html)["captcha_0"] == CaptchaStore.objects.get().hashkey
    assert inputs(html)["captcha_1"] == ""


def test_the_picture_is_described_in_vietnamese_and_another_can_be_asked_for_without_javascript():
    html = LetterForm().as_div()
    assert 'alt="Hình ảnh mã bảo mật gồm các chữ cái cần nhập vào ô bên dưới"' in html
    button = re.search(r"<button[^>]*>([^<]*)</button>", html)
    assert button[1] == "Đổi mã khác"
    assert 'type="submit"' in button[0]
    assert 'name="reload_captcha"' in button[0]
    assert "formnovalidate" in button[0]
    assert wants_new_captcha({"reload_captcha": "1"}) is True
    assert wants_new_captcha({"title": "Đèn hỏng"}) is False
    assert re.findall(r"<script|<style|style=|\son\w+=", html) == []


def test_the_hidden_key_is_not_marked_required_and_the_answer_is():
    hidden, answer = re.findall(r'<input[^>]*name="captcha_[01]"[^>]*>', LetterForm().as_div())
    assert "required" not in hidden
    assert "required" in answer


@pytest.mark.parametrize(("voice", "links"), [("", []), ("/usr/bin/a-voice", ["Nghe mã bảo mật (mở thẻ mới)"])])
def test_the_audio_link_is_there_only_where_a_voice_is_configured(monkeypatch, voice, links):
    monkeypatch.setattr(captcha_settings, "CAPTCHA_FLITE_PATH", voice)
    html = LetterForm().as_div()
    address = reverse("captcha-audio", args=[CaptchaStore.objects.get().hashkey])
    assert re.findall(rf'<a href="{address}"[^>]*>([^<]*)</a>', html) == links


def test_a_rejected_answer_gets_a_new_picture_and_an_empty_box():
    store = draw()
    shown = inputs(post(store.hashkey, "sai").as_div())
    assert shown["captcha_0"] == CaptchaStore.objects.get().hashkey != store.hashkey
    assert shown["captcha_1"] == ""


def test_a_solved_captcha_is_not_asked_again_while_another_field_is_wrong():
    store = draw()
    form = post(store.hashkey, store.response, title="")
    assert set(form.errors) == {"title"}
    html = form.as_div()
    assert "Ông/Bà đã nhập đúng mã bảo mật, không cần nhập lại." in html
    assert re.findall("<img|<button", html) == []
    voucher = inputs(html)
    assert post(voucher["captcha_0"], voucher["captcha_1"]).errors == {}
    assert post(voucher["captcha_0"], voucher["captcha_1"]).errors == {"captcha": [INVALID]}


def test_the_next_form_of_the_class_starts_unsolved():
    store = draw()
    assert post(store.hashkey, store.response).is_valid()
    assert "<img" in LetterForm().as_div()


@pytest.mark.parametrize("size", ["captcha-image", "captcha-image-2x"])
def test_the_picture_is_a_png_that_no_cache_keeps(client, size):
    response = client.get(reverse(size, args=[draw().hashkey]))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert "no-store" in response["Cache-Control"]


def test_of_a_challenge_that_is_gone_there_is_neither_picture_nor_sound(client, monkeypatch):
    monkeypatch.setattr(captcha_settings, "CAPTCHA_FLITE_PATH", "/usr/bin/a-voice")
    for part in ("captcha-image", "captcha-image-2x", "captcha-audio"):
        assert client.get(reverse(part, args=["0" * 40])).status_code == 410


VOICE = project.BASE_DIR / "scripts" / "captcha-audio.sh"
speaks = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is needed (Debian: apt install it)")
QUIET = 300
"""Of 32767: what lies below is silence."""


def sound_of(wav):
    """(samples, how many a second)."""
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return array("h", file.readframes(file.getnframes())), file.getframerate()


def pauses(wav, longest):
    """How many silences between two sounds last longer than so many seconds."""
    samples, rate = sound_of(wav)
    step = rate // 50
    loud = [max(map(abs, samples[start : start + step])) > QUIET for start in range(0, len(samples), step)]
    spans = [(is_loud, len(list(steps)) / 50) for is_loud, steps in itertools.groupby(loud)]
    return sum(not is_loud and seconds > longest for is_loud, seconds in spans[1:-1])


def read_aloud(letters, folder):
    file = folder / "doc.wav"
    done = subprocess.run([VOICE, "-t", ", ".join(letters), "-o", file], capture_output=True, text=True)
    return done.returncode, done.stderr, file


@speaks
def test_the_code_is_read_aloud_as_a_wave_that_no_cache_keeps_and_no_file_stays_behind(client, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = captcha.draw("letter:cuc", "BXKMZ", "bxkmz")
    response = client.get(reverse("captcha-audio", args=[store.hashkey]))
    assert (response.status_code, response["Content-Type"], response["Content-Disposition"]) == (
        200, "audio/wav", "inline",
    )  # fmt: skip
    assert "no-store" in response["Cache-Control"]
    samples, rate = sound_of(response.content)
    assert 8 < len(samples) / rate < 25
    assert pauses(response.content, 1) == 4
    assert list(tmp_path.iterdir()) == []
    assert CaptchaStore.objects.get().response == "bxkmz"


@speaks
def test_a_player_that_asks_for_a_part_gets_that_part(client):
    address = reverse("captcha-audio", args=[draw().hashkey])
    part = client.get(address, headers={"Range": "bytes=0-11"})
    assert (part.status_code, len(part.content), part.content[:4]) == (206, 12, b"RIFF")


@speaks
def test_every_letter_has_a_sound_of_its_own(tmp_path):
    sounds = set()
    for letter in LETTERS:
        code, complaint, file = read_aloud(letter, tmp_path)
        assert (letter, code, complaint) == (letter, 0, "")
        sounds.add(file.read_bytes())
    assert len(sounds) == len(LETTERS)


def test_a_character_without_a_name_is_not_passed_over(tmp_path):
    code, complaint, file = read_aloud("BÁ", tmp_path)
    assert (code, complaint, file.exists()) == (1, "captcha-audio.sh: no name for Á\n", False)


def test_the_voice_is_used_where_it_is_installed():
    assert project.CAPTCHA_FLITE_PATH == (str(VOICE) if shutil.which("espeak-ng") else "")
    assert Path(VOICE).stat().st_mode & 0o111 == 0o111
