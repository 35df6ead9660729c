"""What actions do besides moving the case, and what the sender and the public may be told of it."""

import hashlib
import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F

from agencies.models import Agency, CalendarDay, CalendarSpan, Membership
from agencies.roles import Role
from submissions.models import Attachment, Case
from submissions.viewers import ANONYMOUS, Viewer
from tests.cast import Journey, at
from tests.workflow.desk import upload
from tests.workflow.ways import accepted, answered, ask, distribute, give_back, refuse, running, submit
from workflow.dossier import dossier
from workflow.engine import perform
from workflow.models import Approval, Message, Rating
from workflow.permissions import Conflict, Forbidden, may

LATER = at("2026-03-20 09:00")


def seen_by(viewer, way):
    """The dossier of a viewer, or None where it can't be fetched."""
    case = Case.objects.known_to(viewer).filter(pk=way.case.pk).first()
    return case and dossier(viewer, case, LATER)


def by_code(way):
    """Whether the code alone shows anything."""
    return Case.objects.known_to(ANONYMOUS).filter(pk=way.case.pk).exists()


def in_register(way):
    return Case.objects.public().filter(pk=way.case.pk).exists()


def errors_of(refusal):
    return refusal.value.message_dict


# Refused as a duplicate (Đ12.1)


def duplicate(cast, original):
    way = Journey(cast.files("2026-03-03 08:00"), cast)
    way.does("refuse", cast.oanh, "2026-03-03 09:00", ground="duplicate", duplicate_of=original, note="Trùng")
    return way


def test_the_sender_of_a_duplicate_is_told_code_agency_stage_and_due_time_of_the_first(journey, cast):
    first = journey()
    accepted(first)
    way = duplicate(cast, first.case)
    told = seen_by(cast.sender_of(way.case), way).duplicate_of
    assert (told.code, told.agency, told.state_label) == (first.case.code, "Sở Xây dựng", "Đang xử lý")
    assert told.due_at == at("2026-03-09 17:00")
    assert first.case.code not in repr(seen_by(ANONYMOUS, way))


@pytest.mark.parametrize("hidden", ["confidential", "withheld", "sealed"])
def test_of_a_first_case_that_is_not_public_nothing_is_told(journey, cast, hidden):
    first = journey()
    accepted(first)
    way = duplicate(cast, first.case)
    if hidden == "sealed":
        first.does("seal", cast.oanh, "2026-03-03 10:00", note="")
    else:
        first.does("set_secrecy", cast.oanh, "2026-03-03 10:00", level=hidden, note="")
    assert first.case.code not in repr(seen_by(cast.sender_of(way.case), way))


def test_a_duplicate_names_another_case(journey, cast):
    way = journey()
    for original in (None, way.case):
        with pytest.raises(ValidationError) as refusal:
            way.does("refuse", cast.oanh, "2026-03-02 09:00", ground="duplicate", duplicate_of=original, note="")
        assert list(errors_of(refusal)) == ["duplicate_of"]


# Distributing


def test_distributing_releases_the_chosen_files_and_no_other_until_the_next_time(journey, cast):
    way = journey(drafts=[upload("a.jpg"), upload("b.jpg")])
    first, second = way.case.attachments.order_by("name")
    distribute(way, "2026-03-02 09:00", release=[first])
    assert list(way.case.attachments.filter(released=True)) == [first]
    give_back(way, cast.son, "2026-03-02 10:00")
    distribute(way, "2026-03-02 11:00", "soyt", release=[second])
    assert list(way.case.attachments.filter(released=True)) == [second]


def test_files_of_another_case_are_not_released(journey, cast):
    other = cast.files(drafts=[upload("c.jpg")])
    way = journey()
    distribute(way, "2026-03-02 09:00", release=list(other.attachments.all()))
    assert Attachment.objects.filter(released=True).count() == 0


@pytest.mark.parametrize("agency", ["trungtam", "sokhcn", "ubndtinh"])
def test_only_agencies_that_handle_cases_receive_them(journey, agency):
    with pytest.raises(ValidationError) as refusal:
        distribute(journey(), "2026-03-02 09:00", agency)
    assert list(errors_of(refusal)) == ["agency"]


def test_an_agency_that_has_closed_receives_nothing(journey, cast):
    soyt = cast.agency("soyt")
    soyt.valid_to = date(2026, 2, 28)
    soyt.save()
    with pytest.raises(ValidationError) as refusal:
        distribute(journey(), "2026-03-02 09:00", "soyt")
    assert list(errors_of(refusal)) == ["agency"]


def test_a_masked_text_is_what_the_public_reads_and_finds(journey, cast):
    way = journey(title="Ông Tư zzmat", content="Nhà ông Tư zzmat ồn ào")
    answered_with = {"public_title": "Tiếng ồn", "public_content": "Một nhà ồn ào"}
    distribute(way, "2026-03-02 09:00", **answered_with)
    assert "zzmat" not in way.fresh().search_text
    assert "tieng on" in way.case.search_text
    assert (way.case.title, way.case.content) == ("Ông Tư zzmat", "Nhà ông Tư zzmat ồn ào")


# Completing


def test_completing_adds_below_the_original_and_never_in_its_place(journey, cast):
    way = journey()
    original = (way.case.title, way.case.content)
    for number, day in enumerate(("03", "04"), 1):
        way.does("send_back", cast.oanh, f"2026-03-{day} 09:00", note="Thiếu")
        way.does(
            "complete", cast.sender_of(way.case), f"2026-03-{day} 10:00",
            content=f"Bổ sung {number}", attachments=[upload(f"{number}.jpg")],
        )  # fmt: skip
    assert (way.fresh().title, way.case.content) == original
    own = seen_by(cast.sender_of(way.case), way)
    assert own.matter.additions == [
        (at("2026-03-03 10:00"), "Bổ sung 1"),
        (at("2026-03-04 10:00"), "Bổ sung 2"),
    ]
    assert sorted(way.case.attachments.values_list("name", "role")) == [
        ("1.jpg", "completion"),
        ("2.jpg", "completion"),
    ]


def test_a_draft_is_attached_once(journey, cast):
    file = upload("a.jpg")
    journey(drafts=[file])
    other = journey()
    with pytest.raises(ValidationError) as refusal:
        other.does("ask", cast.sender_of(other.case), "2026-03-02 09:00", body="?", attachments=[file])
    assert list(errors_of(refusal)) == ["attachments"]
    assert other.case.questions.count() == 0


# Levels (Đ9)


def test_a_confidential_answer_goes_to_the_sender_alone(journey, cast):
    way = journey(confidential=True)
    answered(way)
    assert not in_register(way)
    assert not by_code(way)
    assert seen_by(cast.sender_of(way.case), way).answer.body == "Đã thay bóng đèn."
    assert Message.objects.filter(notice="sender_answered", recipient="cuc@example.vn").count() == 1


@pytest.mark.parametrize("level", ["confidential", "withheld"])
def test_changing_the_level_takes_an_answer_off_the_public_pages_and_puts_it_back(journey, cast, level):
    way = journey()
    answered(way)
    assert in_register(way)
    way.does("set_secrecy", cast.oanh, "2026-03-06 09:00", level=level, note="Có dữ liệu cá nhân")
    assert (in_register(way), by_code(way)) == (False, False)
    assert seen_by(cast.sender_of(way.case), way).answer.body == "Đã thay bóng đèn."
    way.does("set_secrecy", cast.lan, "2026-03-09 09:00", level="normal", note="Đã rà soát")
    assert (in_register(way), by_code(way)) == (True, True)
    assert way.fresh().published_at == at("2026-03-09 09:00")


def test_the_normal_level_publishes_nothing_that_is_not_approved_and_given(journey, cast):
    way = journey(confidential=True, channel="national_portal", national_code="QG-1")
    accepted(way)
    submit(way, "2026-03-05 09:00")
    way.does("approve", cast.lan, "2026-03-05 10:00")
    way.does("set_secrecy", cast.oanh, "2026-03-05 11:00", level="normal", note="")
    assert (in_register(way), by_code(way)) == (False, True)
    assert seen_by(ANONYMOUS, way).answer is None
    way.does("publish", cast.oanh, "2026-03-05 14:00")
    assert in_register(way)


def test_a_sender_asks_for_secrecy_and_for_nothing_else(journey, cast):
    way = journey()
    sender = cast.sender_of(way.case)
    for level in ("withheld", "normal"):
        with pytest.raises(ValidationError) as refusal:
            way.does("set_secrecy", sender, "2026-03-02 09:00", level=level, note="")
        assert list(errors_of(refusal)) == ["level"]
    way.does("set_secrecy", sender, "2026-03-02 09:00", level="confidential", note="")
    assert way.fresh().level == "confidential"
    with pytest.raises(ValidationError):
        way.does("set_secrecy", sender, "2026-03-02 09:10", level="normal", note="")


# Reopened


def test_a_reopened_answer_stays_published_under_review_until_the_next(journey, cast):
    way = journey()
    answered(way)
    first = way.fresh().published_at
    way.does("reopen", cast.lan, "2026-03-06 08:00", note="Xem lại")
    public = seen_by(ANONYMOUS, way)
    assert (public.answer.body, public.under_review, public.published_at) == ("Đã thay bóng đèn.", True, first)
    submit(way, "2026-03-06 09:00", body="Đã thay cả cột đèn.")
    assert seen_by(ANONYMOUS, way).answer.body == "Đã thay bóng đèn."
    way.does("approve", cast.lan, "2026-03-06 10:00")
    public = seen_by(ANONYMOUS, way)
    assert (public.answer.body, public.under_review, public.published_at) == (
        "Đã thay cả cột đèn.",
        False,
        at("2026-03-06 10:00"),
    )


@pytest.mark.parametrize("end", ["refuse", "withdraw", "seal"])
def test_a_reopened_case_leaves_the_register_and_its_code_shows_nothing(journey, cast, end):
    way = journey()
    answered(way)
    way.does("reopen", cast.lan, "2026-03-06 08:00", note="Xem lại")
    give_back(way, cast.son, "2026-03-06 09:00")
    assert in_register(way)
    sender = cast.sender_of(way.case)
    viewer = sender if end == "withdraw" else cast.oanh
    way.does(end, viewer, "2026-03-06 10:00", ground="out_of_scope", note="")
    assert (in_register(way), by_code(way)) == (False, False)
    assert seen_by(ANONYMOUS, way) is None
    assert seen_by(sender, way).code == way.case.code
    assert seen_by(sender, way).under_review is False


def test_a_reinstated_case_that_was_public_shows_nothing_until_published_anew(journey, cast):
    way = journey()
    answered(way)
    way.does("reopen", cast.lan, "2026-03-06 08:00", note="Xem lại")
    give_back(way, cast.son, "2026-03-06 09:00")
    refuse(way, "2026-03-06 10:00")
    way.does("reinstate", cast.oanh, "2026-03-06 11:00", note="Nhầm")
    assert (in_register(way), by_code(way)) == (False, False)
    distribute(way, "2026-03-06 14:00")
    way.does("accept", cast.son, "2026-03-06 15:00")
    submit(way, "2026-03-09 09:00", body="Kết quả mới")
    assert (in_register(way), by_code(way)) == (False, False)
    way.does("approve", cast.lan, "2026-03-09 10:00")
    assert seen_by(ANONYMOUS, way).answer.body == "Kết quả mới"


def test_withdrawing_tells_the_agency_that_has_it(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 09:00")
    way.does("withdraw", cast.sender_of(way.case), "2026-03-02 10:00", note="Đã xong")
    assert way.fresh().state == "WITHDRAWN"
    assert list(Message.objects.filter(notice="agency_withdrawn").values_list("recipient", flat=True)) == [
        "soxd@example.vn"
    ]
    with pytest.raises(Conflict):
        ask(way, "2026-03-02 11:00")


@pytest.mark.parametrize("state", ["PROCESSING", "SUBMITTED"])
def test_what_an_agency_has_accepted_is_not_withdrawn(journey, cast, state):
    way = journey()
    accepted(way)
    if state == "SUBMITTED":
        submit(way, "2026-03-03 09:00")
    with pytest.raises(Conflict):
        way.does("withdraw", cast.sender_of(way.case), "2026-03-03 10:00", note="")


# Sealed


def test_sealing_hides_the_case_and_unsealing_publishes_nothing_by_itself(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    submit(way, "2026-03-05 15:00")
    way.does("approve", cast.lan, "2026-03-05 16:00")
    sees = Case.objects.visible_to
    assert sees(cast.yen).filter(pk=way.case.pk).exists()
    way.does("seal", cast.lan, "2026-03-06 09:00", note="Bí mật nhà nước")
    assert (in_register(way), by_code(way)) == (False, False)
    assert {name: sees(getattr(cast, name)).filter(pk=way.case.pk).exists() for name in ("yen", "son", "quang")} == {
        "yen": False,
        "son": True,
        "quang": True,
    }
    assert seen_by(cast.sender_of(way.case), way).is_stub
    way.does("unseal", cast.quang, "2026-03-09 09:00", note="Không phải bí mật")
    case = way.fresh()
    assert (case.state, case.agency, case.answer, case.published_at) == ("CHECKED", None, None, None)
    assert (in_register(way), by_code(way)) == (False, False)
    assert {name: sees(getattr(cast, name)).filter(pk=case.pk).exists() for name in ("yen", "son", "quang")} == {
        "yen": False,
        "son": False,
        "quang": False,
    }
    distribute(way, "2026-03-09 10:00", "soyt")
    way.does("accept", cast.yen, "2026-03-09 11:00")
    way.does("submit", cast.yen, "2026-03-09 14:00", outcome="done", body="Kết quả mới")
    way.does("approve", cast.hai, "2026-03-09 15:00")
    assert in_register(way)
    assert seen_by(ANONYMOUS, way).answer.body == "Kết quả mới"


def test_nothing_is_done_to_a_sealed_case_but_unsealing(journey, cast):
    way = journey()
    accepted(way)
    way.does("seal", cast.son, "2026-03-03 09:00", note="")
    for viewer, key in ((cast.oanh, "progress"), (cast.sender_of(way.case), "ask"), (cast.lan, "set_secrecy")):
        with pytest.raises(Conflict):
            way.does(key, viewer, "2026-03-03 10:00", note="", body="", level="normal")


# Approval (R02)


def test_who_drafted_a_result_never_approves_it_even_as_a_leader(journey, cast):
    user = cast.son.user
    Membership.objects.create(user=user, agency=cast.agency("soxd"), role=Role.LEADER, valid_from=date(2022, 1, 1))
    way = journey()
    accepted(way)
    submit(way, "2026-03-05 15:00")
    with pytest.raises(Forbidden):
        way.does("approve", cast.son, "2026-03-05 16:00")
    assert Approval.objects.count() == 0
    way.does("reject", cast.son, "2026-03-05 16:10", reason="other", note="Tự xem lại")
    submit(way, "2026-03-05 16:20")
    way.does("approve", cast.lan, "2026-03-05 16:30")
    assert Approval.objects.get().approver == cast.lan.user


def test_a_deputy_approves_and_it_is_recorded_as_on_behalf(journey, cast):
    deputy = cast.nga.user
    Membership.objects.create(
        user=deputy, agency=cast.agency("soxd"), role=Role.LEADER, on_behalf=True, valid_from=date(2026, 3, 1)
    )
    way = journey()
    accepted(way)
    submit(way, "2026-03-05 15:00")
    way.does("approve", cast.nga, "2026-03-05 16:00")
    approval = Approval.objects.get()
    assert (approval.approver, approval.on_behalf) == (deputy, True)
    assert way.case.events.get(action="approve").on_behalf is True


def test_the_leader_of_another_agency_does_not_approve(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    submit(way, "2026-03-05 15:00")
    for viewer in (cast.hai, cast.oanh, cast.son, cast.tam, cast.sender_of(way.case)):
        with pytest.raises(Forbidden):
            way.does("approve", viewer, "2026-03-05 16:00")


def test_an_approval_is_of_the_very_text_that_the_leader_read(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-05 15:00", attachments=[upload("a.jpg"), upload("b.jpg")])
    result = way.case.results.get()
    with pytest.raises(Conflict):
        way.does("approve", cast.lan, "2026-03-05 15:10", sha256="0" * 64)
    hashes = sorted(hashlib.sha256(name.encode()).hexdigest() for name in ("a.jpg", "b.jpg"))
    sealed = json.dumps(["done", None, "Đã thay bóng đèn.", hashes], ensure_ascii=False)
    assert result.sha256 == hashlib.sha256(sealed.encode()).hexdigest()
    type(result).objects.update(body="Sửa lén")
    with pytest.raises(Conflict):
        way.does("approve", cast.lan, "2026-03-05 15:20", sha256=result.sha256)
    type(result).objects.update(body="Đã thay bóng đèn.")
    way.does("approve", cast.lan, "2026-03-05 15:30", sha256=result.sha256)
    assert Approval.objects.get().sha256 == result.sha256


def test_an_approval_apart_from_publication_tells_the_sender_nothing_yet(journey, cast):
    way = journey(channel="national_portal", national_code="QG-1")
    accepted(way)
    submit(way, "2026-03-05 09:00")
    way.does("approve", cast.lan, "2026-03-05 10:00")
    assert seen_by(cast.sender_of(way.case), way).answer is None
    assert Message.objects.filter(notice="sender_answered").count() == 0
    way.does("revoke", cast.lan, "2026-03-05 11:00", note="Sai số liệu")
    submit(way, "2026-03-05 14:00", body="Đã sửa số liệu.")
    way.does("approve", cast.lan, "2026-03-05 15:00")
    way.does("publish", cast.son, "2026-03-05 16:00")
    assert seen_by(cast.sender_of(way.case), way).answer.body == "Đã sửa số liệu."
    assert Message.objects.filter(notice="sender_answered").count() == 1
    assert [approval.given_at for approval in Approval.objects.order_by("pk")] == [None, at("2026-03-05 16:00")]


# Rating (A14)


def test_an_approved_result_is_rated_once_and_a_later_one_anew(journey, cast):
    way = journey()
    answered(way)
    sender = cast.sender_of(way.case)
    way.does("rate", sender, "2026-03-06 08:00", score="unsatisfied", note="Vẫn tối")
    with pytest.raises(Conflict):
        way.does("rate", sender, "2026-03-06 08:10", score="satisfied", note="")
    way.does("reopen", cast.lan, "2026-03-06 09:00", note="Xem lại")
    with pytest.raises(Conflict):
        way.does("rate", sender, "2026-03-06 09:10", score="satisfied", note="")
    submit(way, "2026-03-06 10:00", body="Đã thay cả cột đèn.")
    way.does("approve", cast.lan, "2026-03-06 11:00")
    assert seen_by(ANONYMOUS, way).rating is None
    way.does("rate", sender, "2026-03-06 14:00", score="very_satisfied", note="Sáng rồi")
    assert list(Rating.objects.order_by("at").values_list("score", flat=True)) == ["unsatisfied", "very_satisfied"]
    assert seen_by(ANONYMOUS, way).rating.score == "very_satisfied"


def test_only_dissatisfaction_is_told_to_the_leader(journey, cast):
    for score, told in (("satisfied", 0), ("very_satisfied", 0), ("unsatisfied", 1)):
        way = journey()
        answered(way)
        way.does("rate", cast.sender_of(way.case), "2026-03-06 08:00", score=score, note="")
        assert Message.objects.filter(case=way.case, notice="leader_unsatisfied").count() == told


def test_the_leader_concludes_once_on_dissatisfaction_and_the_sender_reads_it(journey, cast):
    way = journey()
    answered(way)
    with pytest.raises(Conflict):
        way.does("conclude", cast.lan, "2026-03-06 08:00", decision="keep", note="")
    sender = cast.sender_of(way.case)
    way.does("rate", sender, "2026-03-06 08:00", score="unsatisfied", note="zzvantoi")
    way.does("conclude", cast.lan, "2026-03-06 09:00", decision="correct", note="zzsexemlai")
    rating = Rating.objects.get()
    assert (rating.decision, rating.conclusion, rating.concluded_at) == (
        "correct",
        "zzsexemlai",
        at("2026-03-06 09:00"),
    )
    assert seen_by(sender, way).rating.conclusion == "zzsexemlai"
    assert "zzvantoi" not in repr(seen_by(ANONYMOUS, way))
    assert "zzsexemlai" not in repr(seen_by(ANONYMOUS, way))
    with pytest.raises(Conflict):
        way.does("conclude", cast.lan, "2026-03-06 10:00", decision="keep", note="")
    assert way.fresh().state == "ANSWERED"


# Promises


def test_who_proved_a_promise_does_not_confirm_it(journey, cast):
    way = journey()
    answered(way, outcome="commitment", commitment_date=date(2026, 4, 20))
    way.does("fulfil", cast.son, "2026-04-14 09:00", note="Đã thay", attachments=[upload("anh.jpg")])
    user = cast.son.user
    Membership.objects.filter(user=user).update(role=Role.LEADER)
    with pytest.raises(ValidationError) as refusal:
        way.does("fulfil", cast.son, "2026-04-14 10:00", decision="confirm", note="")
    assert list(errors_of(refusal)) == ["decision"]
    way.does("fulfil", cast.lan, "2026-04-14 11:00", decision="confirm", note="")
    assert seen_by(cast.sender_of(way.case), way).promise.kept is True
    assert Message.objects.filter(notice="sender_fulfilled").count() == 1


def test_a_promise_does_not_exist_before_publication(journey, cast):
    way = journey(channel="national_portal", national_code="QG-1")
    accepted(way)
    submit(way, "2026-03-05 09:00", outcome="commitment", commitment_date=date(2026, 4, 20))
    way.does("approve", cast.lan, "2026-03-05 10:00")
    assert way.case.promises.count() == 0
    way.does("publish", cast.lan, "2026-03-06 10:00")
    assert way.case.promises.get().made_at == at("2026-03-06 10:00")
    assert running(way) == ["promise"]


def test_a_promised_day_that_became_a_day_off_meanwhile_does_not_stop_the_approval(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-05 09:00", outcome="commitment", commitment_date=date(2026, 4, 20))
    CalendarDay.objects.create(date=date(2026, 4, 20), kind="holiday", name="Nghỉ đột xuất", confirmed=True)
    CalendarSpan.objects.update(revision=F("revision") + 1)
    way.does("approve", cast.lan, "2026-03-05 10:00")
    assert running(way) == ["promise"]


# Consulting


@pytest.mark.parametrize("agency", ["soxd", "trungtam", "sokhcn", "ubndtinh"])
def test_the_lead_consults_other_handling_agencies_only(journey, cast, agency):
    way = journey()
    accepted(way)
    with pytest.raises(ValidationError) as refusal:
        way.does("consult", cast.son, "2026-03-03 09:00", agency=cast.agency(agency), note="")
    assert list(errors_of(refusal)) == ["agency"]


def test_an_agency_is_consulted_again_once_it_has_answered(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    with pytest.raises(ValidationError) as refusal:
        way.does("consult", cast.son, "2026-03-03 09:00", agency=cast.agency("soyt"), note="")
    assert list(errors_of(refusal)) == ["agency"]
    way.does("opinion", cast.yen, "2026-03-03 10:00", body="Đồng ý")
    way.does("consult", cast.son, "2026-03-03 11:00", agency=cast.agency("soyt"), note="Hỏi thêm")
    assert list(way.case.consultations.values_list("outcome", flat=True)) == ["opinion", "waiting"]


# Lateness explained (Đ16.4)


def test_only_a_late_clock_of_ones_own_agency_is_explained(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 09:00")
    way.does("accept", cast.son, "2026-03-03 09:00")
    verify, process = (way.case.clocks.get(key=key) for key in ("verify", "process"))
    for clock in (process, way.case.clocks.get(key="intake")):
        with pytest.raises(ValidationError) as refusal:
            way.does("explain", cast.son, "2026-03-03 10:00", clock=clock.pk, note="Thiếu người")
        assert list(errors_of(refusal)) == ["clock"]
    way.does("explain", cast.lan, "2026-03-03 10:00", clock=verify.pk, note="Thiếu người")
    assert [(e.agency.code, e.note) for e in verify.explanations.all()] == [("soxd", "Thiếu người")]
    assert "Thiếu người" not in repr(seen_by(cast.sender_of(way.case), way))


# The sender


def test_a_sender_changes_the_contact_and_no_other_case_changes(journey, cast):
    other = cast.files()
    way = journey()
    way.does(
        "contact", cast.sender_of(way.case), "2026-03-02 09:00", phone="+84987654321", email="", address="5 Lê Lợi"
    )
    sender = way.fresh().sender
    assert (sender.phone, sender.email, sender.address) == ("+84987654321", "", "5 Lê Lợi")
    other.sender.refresh_from_db()
    assert other.sender.phone == "+84912345678"


def test_what_a_sender_does_is_done_for_them_by_an_operator_through_a_channel(journey, cast):
    way = journey(channel="hotline")
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Số nhà?")
    way.does("complete", cast.oanh, "2026-03-02 10:00", content="Số 12", attachments=[])
    event = way.case.events.get(action="complete")
    assert (event.role, event.actor, event.after) == ("operator", cast.oanh.user, "LODGED")
    for viewer in (cast.son, cast.tam, Viewer(cast.binh.user)):
        with pytest.raises(Forbidden):
            way.does("ask", viewer, "2026-03-02 11:00", body="?")


def test_a_case_sealed_before_its_publication_can_be_published_after_it_was_unsealed(journey, cast):
    way = journey(channel="national_portal", national_code="QG-1")
    given = {"field": cast.field(), "agency": cast.agency("soxd")}

    def is_approved(day):
        way.does("distribute", cast.oanh, f"2026-03-{day} 09:00", **given)
        way.does("accept", cast.son, f"2026-03-{day} 09:10")
        way.does("submit", cast.son, f"2026-03-{day} 09:20", outcome="done", body="Đã thay bóng đèn.")
        way.does("approve", cast.lan, f"2026-03-{day} 09:30")

    is_approved("02")
    way.does("seal", cast.oanh, "2026-03-02 10:00", note="Có dấu hiệu bí mật")
    way.does("unseal", cast.quang, "2026-03-03 08:00", note="Không phải bí mật")
    is_approved("03")
    way.does("publish", cast.lan, "2026-03-03 10:00")
    assert way.fresh().state == "ANSWERED"
    assert [approval.given_at is not None for approval in way.case.approvals.order_by("pk")] == [False, True]


def test_agencies_that_share_a_mailbox_are_told_once(journey, cast):
    Agency.objects.filter(code__in=["soyt", "dienluc"]).update(email="chung@example.vn")
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    both = [cast.agency("soyt"), cast.agency("dienluc")]
    way.does("accept", cast.son, "2026-03-02 10:00", coordinating=both)
    assert way.case.messages.filter(notice="agency_consulted").count() == 1


def test_a_commitment_whose_day_has_passed_is_not_approved(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 10:00")
    promised = {"outcome": "commitment", "commitment_date": date(2026, 3, 4), "body": "Sẽ xong."}
    way.does("submit", cast.son, "2026-03-02 11:00", **promised)
    with pytest.raises(Conflict):
        way.does("approve", cast.lan, "2026-03-05 08:00")


def test_what_an_operator_noted_about_a_caller_is_not_read_by_the_sender(journey, cast):
    way = journey()
    perform(
        way.case.pk, "ask", cast.oanh, {"body": "Bao giờ xong?", "note": "Con gái bà Cúc gọi"},
        now=at("2026-03-02 09:00"), on_behalf_channel="hotline",
    )  # fmt: skip
    own = repr(dossier(cast.sender_of(way.case), way.fresh(), at("2026-03-02 10:00")))
    staff = repr(dossier(cast.oanh, way.fresh(), at("2026-03-02 10:00")))
    assert "Con gái bà Cúc gọi" not in own
    assert "Con gái bà Cúc gọi" in staff


def test_a_late_submission_that_waits_for_approval_can_still_be_reported_up(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 10:00", coordinating=[cast.agency("soyt")])
    way.does("submit", cast.son, "2026-03-10 09:00", outcome="done", body="Xong.")
    assert may(cast.lan, "report_up", way.fresh(), at("2026-03-10 09:10")).status == 200


def test_a_reminder_to_the_centre_is_read_by_the_centre(journey, cast):
    way = journey()
    way.does("remind", cast.tam, "2026-03-02 12:00", note="Đề nghị phân phối ngay.")
    assert "Đề nghị phân phối ngay." in repr(dossier(cast.oanh, way.fresh(), at("2026-03-02 13:00")))
