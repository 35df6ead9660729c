import hashlib
import hmac
import io
import re

import pytest
import segno

from submissions.codes import ALPHABET
from submissions.models import Case
from submissions.receipts import Receipt, fingerprint, qr_code, verified
from tests.cast import at

pytestmark = pytest.mark.django_db

UNKNOWN = "PAKN-2603-0000-00005"


def by_hand(secret, *sent):
    """The fingerprint, from Python's own library."""
    key = hashlib.sha256(b"submissions.receipts" + secret.encode()).digest()
    digest = hmac.new(key, "\n".join(sent).encode(), "sha256").digest()
    letters = "".join(ALPHABET[byte % 32] for byte in digest[:16])
    return "-".join((letters[:4], letters[4:8], letters[8:12], letters[12:]))


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_fingerprint_is_a_keyed_hash_over_code_moment_and_text(journey, settings):
    settings.SECRET_KEY = "bi-mat"
    case = journey("2026-03-02 08:00").case
    assert fingerprint(case) == by_hand(
        "bi-mat",
        case.code,
        "2026-03-02T01:00:00+00:00",
        sha256("Đèn đường hỏng"),
        sha256("Đèn đường trước số 12 Trần Phú không sáng ba hôm nay."),
    )
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", fingerprint(case))


def test_the_fingerprint_reads_the_same_from_the_database(journey):
    case = journey().case
    assert fingerprint(Case.objects.get(pk=case.pk)) == fingerprint(case)


@pytest.mark.parametrize(
    "change",
    [
        {"code": UNKNOWN}, {"received_at": at("2026-03-02 08:01")}, {"title": "Đèn đường"},
        {"title": "Đèn đường hỏng.", "content": ""}, {"content": "Đã sáng."},
    ],
)  # fmt: skip
def test_whatever_changes_in_what_was_sent_changes_the_fingerprint(journey, change):
    case = journey().case
    before = fingerprint(case)
    for name, value in change.items():
        setattr(case, name, value)
    assert fingerprint(case) != before


def test_text_moved_from_the_subject_to_the_content_changes_the_fingerprint(journey):
    case = journey(title="Đèn\nhỏng", content="tối").case
    before = fingerprint(case)
    case.title, case.content = "Đèn", "hỏng\ntối"
    assert fingerprint(case) != before


def test_masking_and_every_later_step_leave_the_fingerprint_as_it_was(journey, cast):
    way = journey()
    before = fingerprint(way.case)
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Đoạn nào?")
    way.does("complete", cast.sender_of(way.case), "2026-03-02 10:00", content="Đoạn từ số 10 đến số 20.")
    Case.objects.update(public_title="Đèn hỏng", public_content="Đèn hỏng ở […].")
    assert fingerprint(way.fresh()) == before


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}."])
@pytest.mark.parametrize("write", [str.upper, str.lower, lambda text: text.replace("-", " ")])
def test_a_receipt_is_verified_however_its_fingerprint_is_typed(journey, typed, write):
    case = journey().case
    assert verified(case.code, typed.format(write(fingerprint(case)))) == Receipt(case.code, at("2026-03-02 08:00"))


def test_letters_that_look_like_digits_are_read_as_those(journey):
    case = journey().case
    typed = fingerprint(case).replace("0", "o").replace("1", "l")
    assert verified(case.code, typed) == Receipt(case.code, at("2026-03-02 08:00"))


def test_a_wrong_fingerprint_verifies_nothing(journey):
    one, other = journey().case, journey().case
    right = fingerprint(one)
    wrong = [
        right[:-1] + ("0" if right[-1] != "0" else "2"),
        right[:-1],
        right + "0",
        fingerprint(other),
        "",
        "Ế",
        "\0",
    ]
    assert [verified(one.code, typed) for typed in wrong] == [None] * 7
    assert verified(UNKNOWN, right) is None


def test_confidential_and_withheld_receipts_verify_and_sealed_ones_do_not(journey, cast):
    confidential, withheld, sealed = journey(confidential=True), journey(), journey()
    withheld.does("set_secrecy", cast.oanh, "2026-03-02 09:00", level="withheld")
    sealed.does("seal", cast.oanh, "2026-03-02 09:00")
    found = [verified(way.case.code, fingerprint(way.case)) for way in (confidential, withheld, sealed)]
    assert [receipt and receipt.code for receipt in found] == [confidential.case.code, withheld.case.code, None]


def test_a_receipt_outlives_its_key_while_that_stands_among_the_fallbacks(journey, settings):
    settings.SECRET_KEY = "nam-ngoai"
    case = journey().case
    printed = fingerprint(case)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "nam-nay", ["nam-kia", "nam-ngoai"]
    assert verified(case.code, printed) == Receipt(case.code, at("2026-03-02 08:00"))
    assert fingerprint(case) != printed
    settings.SECRET_KEY_FALLBACKS = []
    assert verified(case.code, printed) is None


def test_verifying_takes_one_query_whatever_the_answer(journey, cast, django_assert_num_queries):
    case, sealed = journey().case, journey()
    sealed.does("seal", cast.oanh, "2026-03-02 09:00")
    right = fingerprint(case)
    for code, typed in ((case.code, right), (case.code, "sai"), (UNKNOWN, right), (sealed.case.code, right)):
        with django_assert_num_queries(1):
            verified(code, typed)


def test_the_qr_code_leads_to_the_verification_with_both_answers_filled_in(journey, settings):
    settings.SITE_URL = "https://pakn.example.vn"
    case = journey().case
    address = f"https://pakn.example.vn/xac-nhan/?code={case.code}&fingerprint={fingerprint(case)}"
    drawn = io.BytesIO()
    segno.make(address, micro=False, error="m").save(drawn, kind="svg", border=4, omitsize=True, light="white")
    assert qr_code(case) == drawn.getvalue()
