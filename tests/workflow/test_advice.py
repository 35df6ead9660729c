"""What the centre is advised of at intake, and why; and pictures that are covered before they may be public."""

import re
from pathlib import Path

import pytest
from PIL import Image

from submissions.drafts import keep_uploads
from submissions.files import private_storage
from submissions.models import Attachment
from tests.cast import at
from tests.submissions.pages import picture
from tests.workflow.desk import act_address, case_address, desk_of
from workflow.advice import advice
from workflow.models import AuditEntry
from workflow.offered import Offered

NOW = at("2026-03-05 09:00")


def accepted(journey, cast, when, agency="soxd", specialist="son", **changes):
    way = journey(when, **changes)
    way.does("distribute", cast.oanh, when, field=cast.field(), agency=cast.agency(agency))
    way.does("accept", getattr(cast, specialist), when)
    return way.fresh()


def test_look_alikes_stand_side_by_side_with_what_a_refusal_would_tell(journey, cast):
    earlier = accepted(journey, cast, "2026-03-02 08:00")
    secret = journey("2026-03-02 08:10", confidential=True).case
    cast.files("2026-03-02 08:20", title="Ngập nước", content="Nước ngập đường", place="5 Lê Lợi")
    case = cast.files("2026-03-03 08:00", title="Đèn đường không sáng", place="trước nhà 12 Trần Phú")
    found = advice(cast.oanh, case, Offered(cast.oanh, NOW))
    assert {other.code for other in found.similar} == {earlier.code, secret.code}
    assert found.same_place == 2
    assert {other.code: other.is_told for other in found.similar} == {earlier.code: True, secret.code: False}
    text = desk_of("oanh").get(case_address(case)).content.decode()
    assert "Từ chối vì trùng với hồ sơ này" in text
    assert "người gửi không được biết gì về hồ sơ này" in text


def test_refusing_as_a_duplicate_starts_from_the_case_it_repeats(journey, cast):
    earlier = accepted(journey, cast, "2026-03-02 08:00")
    case = cast.files("2026-03-03 08:00", title="Đèn đường không sáng")
    (other,) = advice(cast.oanh, case, Offered(cast.oanh, NOW)).similar
    text = desk_of("oanh").get(other.refusal_url).content.decode()
    assert f'value="{earlier.code}"' in text
    assert re.search(r'value="duplicate"[^>]*checked', text)


def test_field_and_agency_are_suggested_from_how_similar_cases_went_saying_so(journey, cast):
    for minute in range(3):
        accepted(journey, cast, f"2026-03-02 08:0{minute}")
    case = cast.files("2026-03-03 08:00", title="Đèn đường không sáng", place="")
    found = advice(cast.oanh, case, Offered(cast.oanh, NOW))
    assert [(s.key, s.why) for s in found.fields] == [("ha-tang-do-thi", "3 trong 3 hồ sơ tương tự")]
    assert [(s.key, s.why) for s in found.agencies][0] == ("soxd", "3 trong 3 hồ sơ tương tự")
    text = desk_of("oanh").get(f"{act_address(case, 'distribute')}?agency=soxd&field=ha-tang-do-thi").content.decode()
    assert '<option value="soxd" selected>' in text
    assert '<option value="ha-tang-do-thi" selected>' in text


def test_one_case_is_no_pattern(journey, cast):
    accepted(journey, cast, "2026-03-02 08:00")
    case = cast.files("2026-03-03 08:00", title="Đèn đường không sáng")
    assert "hồ sơ tương tự" not in str(advice(cast.oanh, case, Offered(cast.oanh, NOW)).agencies)


def test_the_table_of_fields_and_places_and_the_proposal_of_who_returned_it_count(journey, cast):
    cast.agency("soyt").fields.add(cast.field("y-te"))
    way = journey("2026-03-02 08:00", field=cast.field("y-te"))
    assert [(s.key, s.why) for s in advice(cast.oanh, way.fresh(), Offered(cast.oanh, NOW)).agencies] == [
        ("soyt", "phụ trách lĩnh vực Y tế ở địa bàn này")
    ]
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field("y-te"), agency=cast.agency("soyt"))
    way.does(
        "return",
        cast.yen,
        "2026-03-02 10:00",
        ground="not_competent",
        suggested_agency=cast.agency("soxd"),
        note="Không.",
    )
    assert [(s.key, s.why) for s in advice(cast.oanh, way.fresh(), Offered(cast.oanh, NOW)).agencies] == [
        ("soxd", "Sở Y tế đề xuất khi chuyển trả")
    ]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Cây xanh đổ chắn đường", "“Cây xanh đổ”"),
        ("Dây điện đứt ở ngõ 5", "“Dây điện đứt”"),
        ("Vỡ đường ống nước sạch", "“Vỡ đường ống”"),
        ("Rác thải chưa thu gom", ""),
        ("Thái độ của cán bộ phường", ""),
    ],
)
def test_the_instant_procedure_is_proposed_from_the_words(cast, title, words):
    case = cast.files("2026-03-02 08:00", title=title, content="Xin xem giúp.")
    found = advice(cast.oanh, case, Offered(cast.oanh, NOW))
    assert words in found.instant
    assert bool(found.instant) is bool(words)
    assert found.instant_rules == ("khanh-hoa-2022-instant" if words else "")


def test_what_is_instant_already_is_not_proposed(cast):
    assert advice(cast.oanh, cast.files(incident="lighting"), Offered(cast.oanh, NOW)).instant == ""


def test_advice_is_for_the_centre_at_intake_alone(journey, cast):
    way = journey()
    assert advice(cast.tam, way.case, Offered(cast.tam, NOW)) is None
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    assert advice(cast.oanh, way.fresh(), Offered(cast.oanh, NOW)) is None


def test_a_sealed_case_is_never_advised_of(journey, cast):
    way = journey("2026-03-02 08:00")
    way.does("seal", cast.oanh, "2026-03-02 08:30", note="Mật")
    case = cast.files("2026-03-03 08:00", title="Đèn đường không sáng")
    assert advice(cast.oanh, case, Offered(cast.oanh, NOW)).similar == []


# pictures


@pytest.fixture
def pictured(journey):
    drafts, _refused = keep_uploads([picture(colour="red")], "a session of the test", [])
    return journey(drafts=drafts)


def mask_address(case, file):
    return f"{case_address(case)}che-anh/{file.pk}/"


BOX = {"left_1": "0", "top_1": "0", "width_1": "50", "height_1": "100"}


def test_a_picture_is_covered_in_a_copy_and_the_original_stays(pictured):
    case, desk = pictured.case, desk_of("oanh")
    original = case.attachments.get()
    assert desk.get(mask_address(case, original)).status_code == 200
    assert desk.post(mask_address(case, original), BOX)["Location"] == case_address(case)
    copy = Attachment.objects.get(masked_from=original)
    with private_storage().open(copy.path) as stored, Image.open(stored) as drawn:
        assert (drawn.getpixel((5, 15)), drawn.getpixel((35, 15))) == ((90, 90, 90), (255, 0, 0))
    with private_storage().open(original.path) as stored, Image.open(stored) as drawn:
        assert drawn.getpixel((5, 15)) == (255, 0, 0)
    assert "bản đã che" in desk.get(case_address(case)).content.decode()
    assert case.audit.filter(kind=AuditEntry.Kind.CHANGED).get().subject == f"image {copy.pk}"


def test_only_the_covered_copy_can_be_released(pictured, cast):
    case, desk = pictured.case, desk_of("oanh")
    original = case.attachments.get()
    Attachment.objects.filter(pk=original.pk).update(released=True)
    desk.post(mask_address(case, original), BOX)
    copy = Attachment.objects.get(masked_from=original)
    assert (Attachment.objects.get(pk=original.pk).released, copy.released) == (False, True)
    assert f'value="{original.pk}"' not in desk.get(act_address(case, "distribute")).content.decode()
    pictured.does(
        "distribute",
        cast.oanh,
        "2026-03-02 09:00",
        field=cast.field(),
        agency=cast.agency("soxd"),
        release=[original, copy],
    )
    assert list(case.attachments.filter(released=True)) == [copy]


def test_a_picture_that_cannot_be_drawn_is_told_and_the_boxes_are_kept(pictured):
    case, desk = pictured.case, desk_of("oanh")
    original = case.attachments.get()
    Path(private_storage().path(original.path)).write_bytes(b"torn")
    page = desk.post(mask_address(case, original), BOX)
    text = page.content.decode()
    assert page.status_code == 422
    assert f"Không đọc được tệp “{original.name}”" in text
    assert 'value="50"' in text
    assert not Attachment.objects.filter(masked_from=original).exists()


def test_a_better_mask_takes_the_place_of_the_first(pictured):
    case, desk = pictured.case, desk_of("oanh")
    original = case.attachments.get()
    Attachment.objects.filter(pk=original.pk).update(released=True)
    desk.post(mask_address(case, original), BOX)
    desk.post(mask_address(case, original), BOX | {"width_1": "100"})
    shown = [file.released for file in case.attachments.order_by("created_at", "pk")]
    assert shown == [False, False, True]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Hãy đánh dấu ít nhất một vùng cần che."),
        ({"left_1": "10"}, "Hãy nhập đủ bốn số của vùng này"),
        (BOX | {"width_1": "0"}, "Hãy nhập đủ bốn số của vùng này"),
    ],
)
def test_a_mask_without_a_whole_rectangle_is_refused_with_a_sentence(pictured, sent, words):
    response = desk_of("oanh").post(mask_address(pictured.case, pictured.case.attachments.get()), sent)
    assert response.status_code == 422
    assert words in response.content.decode()


@pytest.mark.parametrize("username", ["son", "lan", "tam", "quang", "binh"])
def test_nobody_but_the_centre_covers_pictures(pictured, username):
    address = mask_address(pictured.case, pictured.case.attachments.get())
    assert desk_of(username).post(address, BOX).status_code == 404
