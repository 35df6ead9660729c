from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from agencies.models import AdministrativeUnit, Agency, Field
from submissions.forms import LodgementForm, PhoneForm
from submissions.models import Channel
from tests.submissions.pages import ANSWERS

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def posted(**changes):
    data = QueryDict(mutable=True)
    data.update({name: value for name, value in (ANSWERS | changes).items() if value is not None})
    return LodgementForm(data, {}, draft_key="key")


def test_the_fields_stand_in_the_order_of_the_national_form_with_khanh_hoas_additions_behind(cast):
    assert [field.name for field in LodgementForm().visible_fields()] == [
        "sender_type", "full_name", "commune_search", "province", "commune", "address", "phone", "email", "title",
        "content", "agency", "attachments", "incident", "occurred_at", "place", "field", "confidential", "consent",
    ]  # fmt: skip


def test_the_warning_that_the_content_is_published_is_verbatim(cast):
    assert (
        str(LodgementForm().fields["content"].help_text)
        == "Nội dung này sẽ được công khai. Vui lòng không ghi chi tiết thông tin cá nhân!"
    )


def test_consent_is_never_ticked_beforehand(cast):
    assert "checked" not in str(LodgementForm(initial=LodgementForm.blank_values())["consent"])


def test_what_must_be_there_is_asked_for_field_by_field(cast):
    form = LodgementForm(QueryDict(), {}, draft_key="key")
    assert {name: list(sentences) for name, sentences in form.errors.items()} == {
        "sender_type": ["Vui lòng chọn đối tượng PAKN."],
        "full_name": ["Vui lòng nhập tên người gửi."],
        "province": ["Vui lòng chọn tỉnh, thành phố."],
        "commune": ["Vui lòng chọn xã, phường, đặc khu."],
        "phone": ["Vui lòng nhập số điện thoại."],
        "title": ["Vui lòng nhập PAKN về việc gì."],
        "content": ["Vui lòng nhập nội dung phản ánh, kiến nghị."],
        "consent": ["Vui lòng đánh dấu đồng ý xử lý dữ liệu cá nhân để gửi phản ánh."],
    }


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "12345", "Số điện thoại không đúng. Vui lòng nhập số điện thoại Việt Nam, ví dụ 0912 345 678."),
        ("email", "an@", "Địa chỉ email không đúng. Ví dụ đúng: ten@example.vn"),
        ("commune", "99999", "Mục đã chọn không có trong danh sách. Vui lòng chọn lại."),
        ("agency", "trungtam", "Mục đã chọn không có trong danh sách. Vui lòng chọn lại."),
        ("incident", "waste", "Mục đã chọn không có trong danh sách. Vui lòng chọn lại."),
        ("occurred_at", "hôm qua", "Vui lòng nhập thời gian theo dạng ngày/tháng/năm giờ:phút."),
        ("title", "x" * 201, "Nội dung dài quá 200 ký tự (đang có 201). Vui lòng rút gọn."),
        ("content", " \u200b\n ", "Vui lòng nhập nội dung phản ánh, kiến nghị."),
    ],
)
def test_a_bad_value_is_told_beside_its_field(cast, field, value, sentence):
    assert posted(**{field: value}).errors == {field: [sentence]}


def test_a_commune_must_belong_to_the_province(cast):
    AdministrativeUnit.objects.create(code="01", level="province", kind="thành phố", name="Thành phố Hà Nội")
    assert posted(province="01").errors == {
        "commune": ["Xã, phường đã chọn không thuộc tỉnh, thành phố này. Vui lòng chọn lại."]
    }


def test_an_incident_needs_its_time_and_place_and_nothing_else_does(cast):
    assert posted().errors == {}
    assert posted(incident="lighting").errors == {
        "occurred_at": ["Vui lòng cho biết sự cố xảy ra lúc nào."],
        "place": ["Vui lòng cho biết sự cố xảy ra ở đâu."],
    }
    assert posted(incident="lighting", occurred_at="2026-03-01T19:30", place="12 Trần Phú").errors == {}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-01T19:30", datetime(2026, 3, 1, 19, 30, tzinfo=VIETNAM)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=VIETNAM)),
        ("01/03/2026 19:30", datetime(2026, 3, 1, 19, 30, tzinfo=VIETNAM)),
        ("01/03/2026", datetime(2026, 3, 1, tzinfo=VIETNAM)),
    ],
)
def test_the_time_of_the_matter_is_read_as_local_time_a_date_alone_is_enough(cast, typed, meant):
    form = posted(occurred_at=typed)
    assert form.is_valid()
    assert form.cleaned_data["occurred_at"] == meant


def test_the_matter_cannot_lie_in_the_future(cast):
    tomorrow = timezone.localtime() + timedelta(days=1)
    assert posted(occurred_at=f"{tomorrow:%Y-%m-%dT%H:%M}").errors == {
        "occurred_at": ["Thời gian xảy ra không thể ở tương lai. Vui lòng kiểm tra lại."]
    }


@pytest.mark.parametrize(
    ("sender_type", "label"),
    [
        ("citizen", "Họ và tên người dân"),
        ("business", "Tên doanh nghiệp"),
        ("organisation", "Tên tổ chức"),
        ("state_body", "Tên cơ quan nhà nước"),
    ],
)
def test_the_label_of_the_name_follows_the_type_of_sender(cast, sender_type, label):
    form = posted(sender_type=sender_type)
    assert form.is_valid()
    assert f'<span data-for="{sender_type}" class="">{label}</span>' in str(form.arrange()["full_name"].label)
    assert str(form["full_name"].label).count("of-another-type") == 3


def test_only_communes_of_the_chosen_province_are_offered(cast):
    capital = AdministrativeUnit.objects.create(code="01", level="province", kind="thành phố", name="Thành phố Hà Nội")
    AdministrativeUnit.objects.create(
        code="00004", level="commune", kind="phường", name="Phường Ba Đình", parent=capital
    )
    offered = LodgementForm(initial={"province": "01"}).arrange().fields["commune"].widget.choices
    assert list(offered) == [("", "Chọn xã, phường, đặc khu"), ("00004", "Phường Ba Đình")]
    offered = LodgementForm(initial=LodgementForm.blank_values()).arrange().fields["commune"].widget.choices
    assert list(offered)[1:] == [("22420", "Phường Cam Ranh"), ("22366", "Phường Nha Trang")]


def test_the_lodgement_carries_everything_as_the_engine_takes_it(cast):
    form = posted(
        email="an@example.vn", agency="soxd", field="y-te", incident="water", occurred_at="2026-03-01",
        submission_key="6f0f6a0e-3f0c-4b3e-9d7c-0d3f5b8c1a11",
        place=" Cầu  Đá ", confidential="on", full_name="Nguye\u0302\u0303n  An",
        content="Một\r\nhai",
    )  # fmt: skip
    assert form.is_valid()
    lodgement = form.lodgement(channel=Channel.HOTLINE)
    assert (lodgement.full_name, lodgement.phone, lodgement.content) == ("Nguyễn An", "+84912345678", "Một\nhai")
    assert (lodgement.commune.pk, lodgement.place, lodgement.incident) == ("22366", "Cầu Đá", "water")
    assert lodgement.wished_agency == Agency.objects.get(code="soxd")
    assert lodgement.field == Field.objects.get(code="y-te")
    assert str(lodgement.submission_key) == "6f0f6a0e-3f0c-4b3e-9d7c-0d3f5b8c1a11"
    assert (lodgement.confidential, lodgement.channel, lodgement.consent_version) == (True, "hotline", "2026-11")
    assert timezone.now() - lodgement.consent_at < timedelta(minutes=1)


def test_code_and_phone_are_both_needed():
    assert PhoneForm({"q": "", "phone": ""}).errors == {
        "q": ["Vui lòng nhập mã hồ sơ."],
        "phone": ["Vui lòng nhập số điện thoại."],
    }
