import pytest
from django.core.exceptions import ValidationError

from submissions.drafts import attach, drafts_of, keep_uploads
from submissions.files import private_storage
from submissions.models import Attachment
from tests.submissions.pages import picture, web_page

pytestmark = pytest.mark.django_db


def test_an_upload_that_passes_becomes_a_draft_of_the_key_with_its_file_stored():
    kept, refused = keep_uploads([picture("ảnh.png")], "key", [])
    assert refused == []
    draft = Attachment.objects.get()
    assert kept == [draft]
    assert (draft.draft_key, draft.case, draft.name, draft.kind, draft.content_type) == (
        "key", None, "ảnh.png", "image", "image/png",
    )  # fmt: skip
    assert private_storage().size(draft.path) == draft.size


def test_a_refused_upload_costs_no_other_and_is_told():
    kept, refused = keep_uploads([web_page("a.html"), picture("b.png")], "key", [])
    assert [draft.name for draft in kept] == ["b.png"]
    assert refused == [
        "Tệp “a.html” là trang web nên không được nhận. Vui lòng chụp màn hình hoặc lưu thành PDF rồi gửi."
    ]


def test_the_sixth_file_is_refused_counting_those_kept_before():
    kept, _ = keep_uploads([picture(f"{number}.png") for number in range(4)], "key", [])
    more, refused = keep_uploads([picture("4.png"), picture("5.png")], "key", kept)
    assert [draft.name for draft in more] == ["0.png", "1.png", "2.png", "3.png", "4.png"]
    assert refused == ["Mỗi hồ sơ chỉ nhận tối đa 5 tệp. Vui lòng bớt tệp rồi gửi lại."]


def test_drafts_are_found_by_their_own_key_only_and_nonsense_is_ignored():
    (draft,), _ = keep_uploads([picture()], "key", [])
    assert drafts_of("key", [str(draft.pk), "x", "00000000-0000-0000-0000-000000000000"]) == [draft]
    assert drafts_of("other", [str(draft.pk)]) == []
    assert drafts_of("", [str(draft.pk)]) == []


def test_attached_drafts_belong_to_the_case_with_their_role(cast):
    case = cast.files()
    drafts, _ = keep_uploads([picture()], "key", [])
    attach(drafts, case, Attachment.Role.COMPLETION)
    draft = Attachment.objects.get()
    assert (draft.case, draft.draft_key, draft.role) == (case, "", "completion")
    assert drafts_of("key", [draft.pk]) == []


def test_a_draft_can_be_attached_once_only(cast):
    case = cast.files()
    drafts, _ = keep_uploads([picture()], "key", [])
    attach(drafts, case, Attachment.Role.MATTER)
    with pytest.raises(ValidationError) as refusal:
        attach(drafts, case, Attachment.Role.MATTER)
    assert refusal.value.message_dict == {
        "attachments": ["Tệp đã được gửi trong một biểu mẫu khác. Vui lòng đính kèm lại."]
    }


def test_attaching_nothing_is_no_error(cast):
    attach([], cast.files(), Attachment.Role.MATTER)
    assert Attachment.objects.count() == 0
