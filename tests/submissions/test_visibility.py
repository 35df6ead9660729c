"""Who sees a case, and what of it: canary words in every corner, and a table by hand of who may meet which.

The case: Bà Cúc's; dienluc returned it (former agency), moitruong leads (its parent is soxd), soyt coordinates,
nhatrang has nothing to do with it.
"""

from contextlib import suppress

import pytest

from submissions.facets import facets
from submissions.models import Attachment, Case
from submissions.viewers import ANONYMOUS, Viewer
from tests.cast import Journey, at
from workflow.dossier import dossier, may_read_file
from workflow.identity import open_for
from workflow.permissions import Forbidden
from workflow.queues import cases_on, queue

LATER = at("2026-03-20 09:00")
WORDS = {
    "title": "zztieude",
    "content": "zznoidung",
    "file": "zztepcuadan",
    "name": "Zzhoten",
    "phone": "987650001",
    "address": "zzdiachi",
    "email": "zzthudientu",
    "distribution": "zzphanphoi",
    "return": "zzchuyentra",
    "consultation": "zzxinykien",
    "opinion": "zzykien",
    "question": "zzcauhoi",
    "reply": "zztraloi",
    "inquiry": "zzhoinguoigui",
    "talk file": "zzteptraodoi",
    "progress": "zztiendo",
    "rejected result": "zzbannhapcu",
    "rejection": "zzlydotra",
    "result": "zzketqua",
    "result file": "zztepketqua",
    "approval": "zzpheduyet",
    "rating": "zzdanhgia",
    "refusal": "zztuchoi",
    "seal": "zzniemphong",
}
MATTER = {"title", "content", "file"}
PERSON = {"name", "phone", "address", "email"}
INNER = {"distribution", "return", "consultation", "opinion"}
TALK = {"question", "reply", "inquiry", "talk file", "progress"}
OLD = {"rejected result", "rejection"}
ANSWER = {"result", "result file"}
FILES = {"file", "talk file", "result file"}
PUBLIC = {"title", "content", *ANSWER}

VIEWERS = (
    "anonymous",
    "other citizen",
    "sender",
    "oanh",
    "tam",
    "quang",
    "mai",
    "minh",
    "yen",
    "hai",
    "lan",
    "son",
    "diep",
    "dung",
    "nga",
    "nam",
)
LEADING, COORDINATING, PARENT = ("mai", "minh"), ("yen", "hai"), ("lan",)


def viewers(cast, case):
    special = {"anonymous": ANONYMOUS, "other citizen": cast.binh, "sender": cast.sender_of(case)}
    return {name: special[name] if name in special else getattr(cast, name) for name in VIEWERS}


def rows(**sets):
    """One row per viewer; who is not named meets no word."""
    return {name: set() for name in VIEWERS} | sets


def among(names, words):
    return dict.fromkeys(names, words)


SEEN_BY_SENDER = MATTER | PERSON | TALK
SEEN_INSIDE = MATTER | TALK | INNER

TABLE = {
    "LODGED": rows(sender=MATTER | PERSON, oanh=MATTER | PERSON, tam=MATTER),
    "DISTRIBUTED": rows(
        sender=MATTER | PERSON,
        oanh=MATTER | PERSON | {"distribution", "return"},
        tam=MATTER | {"distribution", "return"},
        **among(LEADING, MATTER | PERSON | {"distribution", "return"}),
        **among(PARENT, MATTER | {"distribution", "return"}),
    ),
    "PROCESSING": rows(
        sender=SEEN_BY_SENDER,
        oanh=SEEN_INSIDE | PERSON,
        tam=SEEN_INSIDE,
        **among(LEADING, SEEN_INSIDE | PERSON),
        **among(COORDINATING, SEEN_INSIDE),
        **among(PARENT, SEEN_INSIDE),
    ),
    "SUBMITTED": rows(
        sender=SEEN_BY_SENDER,
        oanh=SEEN_INSIDE | PERSON,
        tam=SEEN_INSIDE,
        **among(LEADING, SEEN_INSIDE | PERSON | OLD | ANSWER),
        **among(COORDINATING, SEEN_INSIDE),
        **among(PARENT, SEEN_INSIDE),
    ),
    "ANSWERED": rows(
        anonymous=PUBLIC,
        **{"other citizen": PUBLIC},
        sender=SEEN_BY_SENDER | ANSWER | {"rating"},
        oanh=SEEN_INSIDE | PERSON | ANSWER | {"rating"},
        tam=SEEN_INSIDE | ANSWER | {"rating"},
        **among(LEADING, SEEN_INSIDE | PERSON | OLD | ANSWER | {"approval", "rating"}),
        **among(COORDINATING, SEEN_INSIDE | ANSWER | {"rating"}),
        **among(PARENT, SEEN_INSIDE | ANSWER | {"rating"}),
    ),
    "RETURNED": rows(sender=SEEN_BY_SENDER, oanh=SEEN_INSIDE | PERSON, tam=SEEN_INSIDE),
    "REFUSED": rows(
        sender=SEEN_BY_SENDER | {"refusal"},
        oanh=SEEN_INSIDE | PERSON | {"refusal"},
        tam=SEEN_INSIDE | {"refusal"},
    ),
    "SEALED": rows(),
}
HIDDEN = {"anonymous": set(), "other citizen": set()}

SEEING = {
    "LODGED": {"sender", "oanh", "tam"},
    "DISTRIBUTED": {"sender", "oanh", "tam", *LEADING, *PARENT},
    "PROCESSING": {"sender", "oanh", "tam", *LEADING, *COORDINATING, *PARENT},
    "SUBMITTED": {"sender", "oanh", "tam", *LEADING, *COORDINATING, *PARENT},
    "ANSWERED": {"sender", "oanh", "tam", *LEADING, *COORDINATING, *PARENT},
    "RETURNED": {"sender", "oanh", "tam"},
    "REFUSED": {"sender", "oanh", "tam"},
    "SEALED": {"sender", "oanh", "tam", "quang", *LEADING},
}
LEVELS = ("normal", "confidential", "withheld")


def upload(word, key="phiên của kiểm thử"):
    return Attachment.objects.create(
        draft_key=key, name=f"{word}.pdf", path=f"zz/{word}", kind="document", content_type="application/pdf", size=10,
        sha256="0" * 64, created_at=at("2026-03-02 07:59"),
    )  # fmt: skip


def the_case(cast, state, level):
    """Bà Cúc's case in a state and at a level, a canary word in every text."""
    word = WORDS
    case = cast.files(
        "2026-03-02 08:00", title=f"Đèn {word['title']}", content=f"Nội dung {word['content']}",
        full_name=f"Nguyễn {word['name']}", phone=f"+84{word['phone']}", address=word["address"],
        email=f"{word['email']}@example.vn", confidential=level == "confidential", drafts=[upload(word["file"])],
    )  # fmt: skip
    way = Journey(case, cast)
    if level == "withheld":
        way.does("set_secrecy", cast.oanh, "2026-03-02 08:10", level="withheld", note="")
    for carry_on in STORY[state]:
        carry_on(way, cast, WORDS)
    assert way.fresh().state == state
    return way.case


def _distributed(way, cast, word):
    way.does("distribute", cast.oanh, "2026-03-02 08:30", agency=cast.agency("dienluc"), field=cast.field(), note="")
    way.does("return", cast.diep, "2026-03-02 09:00", ground="not_competent", note=word["return"])
    moitruong = cast.agency("moitruong")
    way.does("distribute", cast.oanh, "2026-03-02 09:30", agency=moitruong, note=word["distribution"])


def _processing(way, cast, word):
    coordinating = [cast.agency("soyt")]
    way.does("accept", cast.mai, "2026-03-02 10:00", coordinating=coordinating, note=word["consultation"])
    way.does("opinion", cast.yen, "2026-03-02 10:30", body=word["opinion"])
    sender = cast.sender_of(way.case)
    way.does("ask", sender, "2026-03-02 10:40", body=word["question"], attachments=[upload(word["talk file"])])
    way.does("reply", cast.mai, "2026-03-02 10:50", body=word["reply"])
    way.does("inquire", cast.mai, "2026-03-02 10:55", body=word["inquiry"])
    way.does("progress", cast.mai, "2026-03-02 11:00", note=word["progress"])


def _submitted(way, cast, word):
    way.does("submit", cast.mai, "2026-03-02 14:00", outcome="done", body=word["rejected result"])
    way.does("reject", cast.minh, "2026-03-02 14:10", reason="unclear", note=word["rejection"])
    files = [upload(word["result file"])]
    way.does("submit", cast.mai, "2026-03-02 15:00", outcome="done", body=word["result"], attachments=files)


def _answered(way, cast, word):
    way.does("approve", cast.minh, "2026-03-02 16:00", note=word["approval"])
    way.does("rate", cast.sender_of(way.case), "2026-03-03 08:00", score="unsatisfied", note=word["rating"])


def _returned(way, cast, word):
    way.does("return", cast.mai, "2026-03-03 09:00", ground="unclear", note=word["return"])


def _refused(way, cast, word):
    way.does("refuse", cast.oanh, "2026-03-03 10:00", ground="out_of_scope", note=word["refusal"])


def _sealed(way, cast, word):
    way.does("seal", cast.mai, "2026-03-03 10:00", note=word["seal"])


TO_PROCESSING = (_distributed, _processing)
TO_ANSWERED = (*TO_PROCESSING, _submitted, _answered)
STORY = {
    "LODGED": (),
    "DISTRIBUTED": (_distributed,),
    "PROCESSING": TO_PROCESSING,
    "SUBMITTED": (*TO_PROCESSING, _submitted),
    "ANSWERED": TO_ANSWERED,
    "RETURNED": (*TO_PROCESSING, _returned),
    "REFUSED": (*TO_PROCESSING, _returned, _refused),
    "SEALED": (*TO_ANSWERED, _sealed),
}


@pytest.fixture(params=LEVELS)
def level(request):
    return request.param


@pytest.fixture(params=TABLE)
def state(request):
    return request.param


@pytest.fixture
def case(cast, state, level):
    return the_case(cast, state, level)


def words_in(viewer, case):
    """The canaries that this viewer meets; of what can't be fetched, none."""
    if not Case.objects.known_to(viewer).filter(pk=case.pk).exists():
        return set()
    text = repr(dossier(viewer, case, LATER))
    return {name for name, word in WORDS.items() if word in text}


def test_each_viewer_meets_the_words_and_files_of_the_table_and_no_other(case, cast, state, level):
    expected = TABLE[state] | (HIDDEN if level != "normal" else {})
    everybody = viewers(cast, case)
    closed = {name: words - PERSON if on_demand(name, state) else words for name, words in expected.items()}
    assert {name: words_in(viewer, case) for name, viewer in everybody.items()} == closed
    assert {name: opened_by(viewer, case) for name, viewer in everybody.items() if on_demand(name, state)} == {
        name: words for name, words in expected.items() if on_demand(name, state)
    }
    assert {name: files_served(viewer, case) for name, viewer in everybody.items()} == {
        name: words & FILES for name, words in expected.items()
    }


def on_demand(name, state):
    """Who reads the sender's data only after opening them with a reason: the lead, and the centre after its intake."""
    return name in LEADING or name == "oanh" and state not in ("LODGED", "RETURNED")


def opened_by(viewer, case):
    """What is met after an attempt to open who sent the case."""
    if Case.objects.visible_to(viewer).filter(pk=case.pk).exists():
        with suppress(Forbidden):
            open_for(viewer, case, "Gọi điện")
    return words_in(viewer, case)


def test_each_viewer_fetches_the_case_or_does_not(case, cast, state, level):
    everybody = viewers(cast, case)
    fetched = {name for name, viewer in everybody.items() if viewer_finds(Case.objects.visible_to(viewer), case)}
    assert fetched == SEEING[state]
    known = {name for name, viewer in everybody.items() if viewer_finds(Case.objects.known_to(viewer), case)}
    by_code = {"anonymous", "other citizen"} if level == "normal" and state != "SEALED" else set()
    assert known == SEEING[state] | by_code
    assert {name for name, viewer in everybody.items() if facets(viewer, case)} == known
    assert viewer_finds(Case.objects.public(), case) == (state == "ANSWERED" and level == "normal")


STAFF = [name for name in VIEWERS if name not in ("anonymous", "other citizen", "sender")]
ELSEWHERE = "explain"
"""The tab that names a late limit to an agency which may no longer see its case, by code alone (Đ16.4)."""


def test_nobody_finds_counts_or_prints_what_they_do_not_see(case, cast, state, level):
    """Words that a tab lacks are looked for everywhere, so one tab and those that hold something tell all."""
    people = {name: getattr(cast, name) for name in STAFF}
    pages = {name: queue(viewer, now=LATER) for name, viewer in people.items()}
    tabs = {
        name: [key for key, _label, count in page.counts if count != "0" and key != ELSEWHERE]
        for name, page in pages.items()
    }
    shown = set() if state == "SEALED" else SEEING[state]
    assert {name for name, viewer in people.items() if queue(viewer, q=case.code, now=LATER).rows} == (
        SEEING[state] & set(STAFF)
    )
    assert {name for name, found in tabs.items() if found} <= SEEING[state]
    assert {name for name in people if _finds(people[name], tabs[name], WORDS["title"])} <= shown
    assert {name for name in people if _finds(people[name], tabs[name], f"nguyen {WORDS['name']}")} <= {"oanh"}
    printed = {name for name in people if any(cases_on(people[name], tab, 100, LATER) for tab in tabs[name])}
    assert printed <= shown


def _finds(viewer, tabs, words):
    return any(queue(viewer, stage=tab, q=words, now=LATER).rows for tab in ["", *tabs])


def viewer_finds(cases, case):
    return cases.filter(pk=case.pk).exists()


def files_served(viewer, case):
    names = [file.name for file in case.attachments.all() if may_read_file(viewer, file)]
    return {key for key in FILES if f"{WORDS[key]}.pdf" in names}


def test_the_public_reads_the_masked_text_the_sender_its_own_and_staff_both(journey, cast):
    way = journey(title="Hàng xóm tên zzmat", content="Số điện thoại zzmat")
    way.does(
        "distribute", cast.oanh, "2026-03-02 08:30", agency=cast.agency("soxd"), field=cast.field(),
        public_title="Hàng xóm", public_content="Số điện thoại (đã che)",
    )  # fmt: skip
    way.does("accept", cast.son, "2026-03-02 09:00")
    way.does("submit", cast.son, "2026-03-02 10:00", outcome="done", body="Xong")
    way.does("approve", cast.lan, "2026-03-02 11:00")
    public, own, inside = (dossier(v, way.fresh(), LATER) for v in (ANONYMOUS, cast.sender_of(way.case), cast.oanh))
    assert "zzmat" not in repr(public)
    assert (public.matter.title, public.matter.content) == ("Hàng xóm", "Số điện thoại (đã che)")
    assert (own.matter.title, own.matter.content) == ("Hàng xóm tên zzmat", "Số điện thoại zzmat")
    assert (inside.matter.title, inside.matter.original_title) == ("Hàng xóm", "Hàng xóm tên zzmat")
    assert (inside.matter.content, inside.matter.original_content) == ("Số điện thoại (đã che)", "Số điện thoại zzmat")


def test_what_a_sender_added_is_not_published(journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 08:30", note="Bổ sung")
    sender = cast.sender_of(way.case)
    way.does("complete", sender, "2026-03-02 09:00", content="zzbosung", attachments=[upload("zztepbosung")])
    way.does("distribute", cast.oanh, "2026-03-02 09:30", agency=cast.agency("soxd"), field=cast.field())
    way.does("accept", cast.son, "2026-03-02 10:00")
    way.does("submit", cast.son, "2026-03-02 10:30", outcome="done", body="Xong")
    way.does("approve", cast.lan, "2026-03-02 11:00")
    shown = {v: repr(dossier(v, way.fresh(), LATER)) for v in (ANONYMOUS, sender, cast.oanh)}
    assert {v: ("zzbosung" in text, "zztepbosung" in text) for v, text in shown.items()} == {
        ANONYMOUS: (False, False),
        sender: (True, True),
        cast.oanh: (True, True),
    }


def test_only_released_files_of_the_sender_are_public(journey, cast):
    way = journey(drafts=[upload("zzcongkhai"), upload("zzgiulai")])
    released = list(way.case.attachments.filter(name="zzcongkhai.pdf"))
    way.does("distribute", cast.oanh, "2026-03-02 08:30", agency=cast.agency("soxd"), release=released)
    way.does("accept", cast.son, "2026-03-02 09:00")
    way.does("submit", cast.son, "2026-03-02 10:00", outcome="done", body="Xong")
    way.does("approve", cast.lan, "2026-03-02 11:00")
    assert [file.name for file in dossier(ANONYMOUS, way.fresh(), LATER).matter.files] == ["zzcongkhai.pdf"]
    assert {file.name: may_read_file(ANONYMOUS, file) for file in way.case.attachments.all()} == {
        "zzcongkhai.pdf": True,
        "zzgiulai.pdf": False,
    }


def test_the_account_of_the_sender_sees_what_code_and_phone_show(cast):
    case = cast.files(account=cast.binh.user, title="zztieude")
    assert facets(cast.binh, case) == facets(cast.sender_of(case), case)
    assert list(Case.objects.visible_to(cast.binh)) == [case]


def test_staff_who_filed_a_case_privately_see_it_on_public_pages_only(cast):
    son = cast.son
    case = cast.files(account=son.user)
    assert list(Case.objects.visible_to(son)) == []
    assert list(Case.objects.visible_to(Viewer(son.user))) == [case]


def test_the_parent_of_a_coordinating_agency_fetches_only_what_it_can_be_shown(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 08:30", agency=cast.agency("soyt"), field=cast.field())
    way.does("accept", cast.yen, "2026-03-02 09:00", coordinating=[cast.agency("moitruong")])
    fetched = viewer_finds(Case.objects.visible_to(cast.lan), way.case)
    assert fetched == bool(facets(cast.lan, way.fresh()))


def test_of_a_sealed_case_only_the_stub_is_left(cast):
    case = the_case(cast, "SEALED", "normal")
    for name in sorted(SEEING["SEALED"]):
        stub = dossier(viewers(cast, case)[name], case, LATER)
        assert stub.is_stub
        assert (stub.matter, stub.sender, stub.answer, stub.clocks, stub.questions, stub.result) == (
            None, None, None, [], [], None,
        )  # fmt: skip
        assert (stub.code, stub.sealed_at) == (case.code, at("2026-03-03 10:00"))


def test_the_public_and_the_sender_do_not_read_who_drafted_the_answer(cast):
    case = the_case(cast, "ANSWERED", "normal")
    named = {
        name: "Hồ Thị Mai" in repr(dossier(viewers(cast, case)[name], case, LATER))
        for name in ("anonymous", "sender", "oanh", "minh")
    }
    assert named == {"anonymous": False, "sender": False, "oanh": True, "minh": True}


@pytest.mark.parametrize("key", ["return", "recall"])
def test_an_agency_that_lost_the_case_no_longer_sees_it_nor_do_those_it_consulted(journey, cast, key):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 08:30", agency=cast.agency("soxd"), field=cast.field())
    if key == "return":
        way.does("accept", cast.son, "2026-03-02 08:40", coordinating=[cast.agency("soyt")])
        assert viewer_finds(Case.objects.visible_to(cast.yen), way.case)
        way.does("return", cast.son, "2026-03-02 09:00", ground="unclear", note="Không rõ")
    else:
        way.does("recall", cast.oanh, "2026-03-02 09:00", note="Nhầm")
    way.does("distribute", cast.oanh, "2026-03-02 10:00", agency=cast.agency("dienluc"))
    way.does("accept", cast.diep, "2026-03-02 10:30")
    found = {
        name for name in PEOPLE_OF_AGENCIES if viewer_finds(Case.objects.visible_to(getattr(cast, name)), way.case)
    }
    assert found == {"diep", "dung"}


PEOPLE_OF_AGENCIES = ("son", "lan", "yen", "hai", "diep", "dung", "mai", "minh", "nga", "nam")
