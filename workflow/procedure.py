"""THE PAGE: every action on a case as one row. Pure: rows hold names, a start-up check proves that each resolves.

Limits are not here: which action starts, meets or voids one differs by rule set: they are data (agencies/data/rules).
Articles are those of Quyết định 18/2022/QĐ-UBND where nothing else is named.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from agencies.roles import Role
from submissions.states import ALL, AT_INTAKE, CLOSED, OPEN, WITH_AGENCY, WITH_CENTRE, State

LODGED, CHECKED, SENT_BACK, REFUSED, WITHDRAWN, DISTRIBUTED = list(State)[:6]
RETURNED, PROCESSING, SUBMITTED, APPROVED, ANSWERED, SEALED = list(State)[6:]


@dataclass(frozen=True)
class Seat:
    """A role in its relation to the case: the lead agency's leader approves, a coordinating specialist opines."""

    key: str
    role: Role


SENDER = Seat("sender", Role.SENDER)
CENTRE = Seat("centre", Role.OPERATOR)
FOR_SENDER = Seat("for_sender", Role.OPERATOR)
LEAD_SPECIALIST = Seat("lead", Role.SPECIALIST)
LEAD_LEADER = Seat("lead", Role.LEADER)
COORDINATING = Seat("coordinating", Role.SPECIALIST)
PARENT_LEADER = Seat("parent", Role.LEADER)
LATE_SPECIALIST = Seat("late", Role.SPECIALIST)
LATE_LEADER = Seat("late", Role.LEADER)
LATE_CENTRE = Seat("late", Role.OPERATOR)
PROVINCE = Seat("province", Role.SUPERVISOR)
TECHNICAL = Seat("technical", Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Fork:
    """Two possible targets: the first where the named condition holds."""

    condition: str
    then: State
    otherwise: State


SAME = None


@dataclass(frozen=True)
class Action:
    """One row. `by` says which seat may act in which states; `when` names conditions; `tells` names notices.

    `additive` actions (a note, a question, a rating) neither check nor bump the case's version. `readers` says who
    reads the note: sender (and staff), staff, agency. `goes_out` names the text that leaves the house, which is read
    for leaks first. `effect` rows have a function of that name in `workflow.effects`; `never` names
    conditions that bar a person for good (403). `told` is what the timeline says once it is done.
    """

    key: str
    label: str
    told: str
    article: str
    by: dict[Seat, frozenset[State]]
    to: State | Fork | None = SAME
    when: tuple[str, ...] = ()
    form: str = "NoteForm"
    tells: tuple[str, ...] = ()
    readers: str = "staff"
    goes_out: str = ""
    additive: bool = False
    effect: bool = False
    undoes: str = ""
    never: tuple[str, ...] = ()
    seat_conditions: dict[Seat, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sources(self):
        return frozenset().union(*self.by.values())

    @property
    def targets(self):
        if self.to is SAME:
            return frozenset()
        return frozenset({self.to.then, self.to.otherwise} if isinstance(self.to, Fork) else {self.to})


def _in(*states):
    return frozenset(states)


_HANDLED = _in(DISTRIBUTED, PROCESSING)
_BEFORE_ACCEPTANCE = _in(LODGED, CHECKED, SENT_BACK, DISTRIBUTED, RETURNED)
_NOT_SEALED = ALL - {SEALED}
_TALKABLE = ALL - {SEALED, WITHDRAWN}
_AGENCY_REPLIES = WITH_AGENCY | {ANSWERED}
_CENTRE_REPLIES = WITH_CENTRE | {REFUSED}

ROWS = (
    Action(
        "receive", _("Tiếp nhận"), _("Trung tâm đã tiếp nhận"), "điểm a khoản 2 Điều 6", {CENTRE: _in(LODGED)}, CHECKED,
    ),
    Action(
        "distribute", _("Phân phối"), _("Đã chuyển đến cơ quan xử lý"), "điểm b khoản 2 Điều 6",
        {CENTRE: AT_INTAKE, PROVINCE: AT_INTAKE}, DISTRIBUTED,
        form="DistributeForm", tells=("agency_distributed",), effect=True,
        seat_conditions={PROVINCE: ("returned_twice",)},
    ),
    Action(
        "recall", _("Thu hồi"), _("Trung tâm thu hồi để phân phối lại"), "điểm b khoản 2 Điều 6",
        {CENTRE: _in(DISTRIBUTED)}, CHECKED, tells=("agency_recalled",), effect=True, undoes="distribute",
    ),
    Action(
        "send_back", _("Trả lại để bổ sung"), _("Đề nghị người gửi bổ sung"), "điểm a khoản 2 Điều 6",
        {CENTRE: AT_INTAKE}, SENT_BACK, tells=("sender_sent_back",), readers="sender", goes_out="note",
    ),
    Action(
        "refuse", _("Từ chối"), _("Từ chối tiếp nhận"), "Điều 12",
        {CENTRE: WITH_CENTRE}, REFUSED, form="RefuseForm", tells=("sender_refused",),
        readers="sender", goes_out="note", effect=True,
    ),
    Action(
        "reinstate", _("Khôi phục"), _("Khôi phục hồ sơ đã từ chối"), "Điều 12",
        {CENTRE: _in(REFUSED)}, CHECKED, tells=("sender_reinstated",), readers="sender", goes_out="note", effect=True,
    ),
    Action(
        "complete", _("Bổ sung nội dung"), _("Người gửi đã bổ sung"), "điểm a khoản 2 Điều 6",
        {SENDER: _in(SENT_BACK), FOR_SENDER: _in(SENT_BACK)}, LODGED,
        form="CompleteForm", readers="sender", effect=True,
    ),
    Action(
        "withdraw", _("Rút phản ánh"), _("Người gửi rút phản ánh"), "khoản 2 Điều 13",
        {SENDER: _BEFORE_ACCEPTANCE, FOR_SENDER: _BEFORE_ACCEPTANCE}, WITHDRAWN,
        tells=("agency_withdrawn",), readers="sender", effect=True,
    ),
    Action(
        "accept", _("Tiếp nhận xử lý"), _("Cơ quan xử lý đã tiếp nhận"), "điểm a khoản 2 Điều 7",
        {LEAD_SPECIALIST: _in(DISTRIBUTED)}, PROCESSING,
        form="AcceptForm", tells=("sender_accepted", "agency_consulted"), effect=True,
    ),
    Action(
        "return", _("Chuyển trả"), _("Cơ quan xử lý chuyển trả Trung tâm"), "điểm a khoản 2 Điều 7",
        {LEAD_SPECIALIST: _HANDLED}, RETURNED, form="ReturnForm", tells=("centre_returned",), effect=True,
    ),
    Action(
        "contain", _("Đã khắc phục tạm thời"), _("Đã khắc phục tạm thời sự cố"), "khoản 3 Điều 10",
        {LEAD_SPECIALIST: _HANDLED}, when=("instant", "not_contained"), tells=("sender_contained",),
        readers="sender", goes_out="note", effect=True,
    ),
    Action(
        "consult", _("Xin ý kiến phối hợp"), _("Đã chuyển phối hợp xử lý"), "điểm b khoản 2 Điều 7",
        {LEAD_SPECIALIST: _in(PROCESSING)}, form="ConsultForm", tells=("agency_consulted",), additive=True, effect=True,
    ),
    Action(
        "opinion", _("Gửi ý kiến phối hợp"), _("Cơ quan phối hợp đã có ý kiến"), "điểm b khoản 2 Điều 7",
        {COORDINATING: _in(PROCESSING)}, when=("consultation_waiting",), form="BodyForm",
        tells=("lead_opinion",), additive=True, effect=True,
    ),
    Action(
        "decline", _("Từ chối phối hợp"), _("Cơ quan phối hợp từ chối"), "điểm b khoản 2 Điều 7",
        {COORDINATING: _in(PROCESSING)}, when=("consultation_waiting",), tells=("lead_opinion",),
        additive=True, effect=True,
    ),
    Action(
        "progress", _("Cập nhật tiến độ"), _("Cập nhật tình hình xử lý"), "hướng dẫn Cổng DVCQG, mục 3",
        {LEAD_SPECIALIST: WITH_AGENCY, CENTRE: WITH_CENTRE}, tells=("sender_progress",),
        readers="sender", goes_out="note", additive=True,
    ),
    Action(
        "extend", _("Gia hạn"), _("Gia hạn xử lý"), "khoản 3 Điều 7",
        {LEAD_LEADER: _in(PROCESSING)}, when=("extendable", "not_extended", "in_time_to_extend"),
        form="ExtendForm", tells=("sender_extended",), readers="sender", goes_out="note", effect=True,
    ),
    Action(
        "submit", _("Trình phê duyệt"), _("Đã trình lãnh đạo phê duyệt"), "điểm b khoản 2 Điều 7",
        {LEAD_SPECIALIST: _in(PROCESSING)}, SUBMITTED, form="SubmitForm", tells=("leader_submitted",),
        goes_out="body", effect=True,
    ),
    Action(
        "retract", _("Rút lại bản trình"), _("Cán bộ chuyên môn rút lại bản trình"), "Điều 8",
        {LEAD_SPECIALIST: _in(SUBMITTED)}, PROCESSING, form="PlainForm", undoes="submit",
    ),
    Action(
        "reject", _("Chuyển trả chỉnh sửa"), _("Lãnh đạo yêu cầu chỉnh sửa"), "khoản 2 Điều 8",
        {LEAD_LEADER: _in(SUBMITTED)}, PROCESSING,
        form="RejectForm", tells=("specialist_rejected",), readers="agency", effect=True, undoes="submit",
    ),
    Action(
        "approve", _("Phê duyệt"), _("Lãnh đạo đã phê duyệt"), "khoản 2 Điều 8",
        {LEAD_LEADER: _in(SUBMITTED)}, Fork("publishes_with_approval", ANSWERED, APPROVED),
        form="ApproveForm", tells=("sender_answered", "follower_news"), readers="agency", effect=True,
        never=("drafted_it",),
    ),
    Action(
        "revoke", _("Hủy phê duyệt"), _("Lãnh đạo hủy phê duyệt"), "Điều 8",
        {LEAD_LEADER: _in(APPROVED)}, PROCESSING, readers="agency", effect=True, undoes="approve",
    ),
    Action(
        "publish", _("Công khai kết quả"), _("Đã công khai kết quả"), "khoản 1 Điều 9",
        {LEAD_SPECIALIST: _in(APPROVED), LEAD_LEADER: _in(APPROVED), CENTRE: _in(APPROVED)}, ANSWERED,
        form="PlainForm", tells=("sender_answered", "follower_news"), effect=True,
    ),
    Action(
        "ask", _("Hỏi cơ quan xử lý"), _("Người gửi đặt câu hỏi"), "khoản 1 Điều 11",
        {SENDER: _TALKABLE, FOR_SENDER: _TALKABLE}, form="BodyFilesForm",
        tells=("holder_asked",), readers="sender", additive=True, effect=True,
    ),
    Action(
        "reply", _("Trả lời câu hỏi"), _("Đã trả lời câu hỏi của người gửi"), "khoản 2 Điều 11",
        {LEAD_SPECIALIST: _AGENCY_REPLIES, CENTRE: _CENTRE_REPLIES}, when=("question_open",), form="BodyFilesForm",
        tells=("sender_replied",), readers="sender", goes_out="body", additive=True, effect=True,
    ),
    Action(
        "inquire", _("Hỏi người gửi"), _("Cơ quan hỏi thêm người gửi"), "Công văn 16/3/2023, mục 2",
        {LEAD_SPECIALIST: WITH_AGENCY, CENTRE: OPEN}, form="BodyFilesForm",
        tells=("sender_inquiry",), readers="sender", goes_out="body", additive=True, effect=True,
    ),
    Action(
        "answer", _("Trả lời cơ quan xử lý"), _("Người gửi đã trả lời"), "Công văn 16/3/2023, mục 2",
        {SENDER: OPEN, FOR_SENDER: OPEN}, when=("inquiry_open",), form="BodyFilesForm",
        tells=("holder_told",), readers="sender", additive=True, effect=True,
    ),
    Action(
        "rate", _("Đánh giá kết quả"), _("Người gửi đã đánh giá"), "khoản 3 Điều 11",
        {SENDER: _in(ANSWERED), FOR_SENDER: _in(ANSWERED)}, when=("not_yet_rated",), form="RateForm",
        tells=("leader_unsatisfied",), readers="sender", additive=True, effect=True,
    ),
    Action(
        "conclude", _("Kết luận đánh giá"), _("Lãnh đạo kết luận về đánh giá"), "Công văn 16/3/2023, mục 2",
        {LEAD_LEADER: _in(ANSWERED)}, when=("rated_unsatisfied",), form="ConcludeForm",
        tells=("sender_concluded",), readers="sender", goes_out="note", additive=True, effect=True,
    ),
    Action(
        "reopen", _("Mở lại hồ sơ"), _("Mở lại để xem xét"), "Công văn 16/3/2023, mục 2",
        {LEAD_LEADER: _in(ANSWERED)}, PROCESSING, tells=("sender_reopened", "follower_news"),
        readers="sender", goes_out="note", effect=True,
    ),
    Action(
        "fulfil", _("Thực hiện cam kết"), _("Cập nhật thực hiện cam kết"), "Phụ lục I",
        {LEAD_SPECIALIST: _in(ANSWERED), LEAD_LEADER: _in(ANSWERED)}, when=("promise_open",), form="FulfilForm",
        tells=("sender_fulfilled", "follower_news"), goes_out="note", additive=True, effect=True,
        seat_conditions={LEAD_LEADER: ("promise_proven",)},
    ),
    Action(
        "note", _("Ghi chú nội bộ"), _("Ghi chú nội bộ"), "điểm b khoản 2 Điều 7",
        {CENTRE: OPEN, LEAD_SPECIALIST: WITH_AGENCY, LEAD_LEADER: WITH_AGENCY, COORDINATING: WITH_AGENCY},
        additive=True,
    ),
    Action(
        "explain", _("Giải trình trễ hạn"), _("Đã giải trình trễ hạn"), "khoản 4 Điều 16",
        {LATE_SPECIALIST: ALL, LATE_LEADER: ALL, LATE_CENTRE: ALL}, when=("late_clock_of_theirs",),
        form="ExplainForm", additive=True, effect=True,
    ),
    Action(
        "report_up", _("Báo cáo UBND tỉnh"), _("Đã báo cáo UBND tỉnh vì chưa có kết quả"), "khoản 5 Điều 3",
        {LEAD_LEADER: _in(PROCESSING, SUBMITTED)}, when=("late", "several_agencies"),
        tells=("sender_reported_up",), readers="sender", goes_out="note", additive=True,
    ),
    Action(
        "remind", _("Đôn đốc"), _("Đã đôn đốc"), "khoản 3 Điều 16",
        {PARENT_LEADER: OPEN, PROVINCE: OPEN}, tells=("holder_reminded",), readers="agency", additive=True, effect=True,
    ),
    Action(
        "set_secrecy", _("Đổi mức công khai"), _("Đổi mức công khai"), "khoản 2, 3 Điều 9",
        {CENTRE: _NOT_SEALED, LEAD_LEADER: _NOT_SEALED, SENDER: _NOT_SEALED},
        form="SecrecyForm", readers="sender", goes_out="note", effect=True,
    ),
    Action(
        "seal", _("Niêm phong"), _("Hồ sơ được niêm phong"), "khoản 3 Điều 9",
        {CENTRE: _NOT_SEALED, LEAD_SPECIALIST: _NOT_SEALED, LEAD_LEADER: _NOT_SEALED}, SEALED,
        form="SealForm", effect=True,
    ),
    Action(
        "unseal", _("Mở niêm phong"), _("Mở niêm phong"), "khoản 3 Điều 9",
        {TECHNICAL: _in(SEALED)}, CHECKED, effect=True,
    ),
    Action(
        "contact", _("Đổi thông tin liên hệ"), _("Người gửi đổi thông tin liên hệ"), "khoản 3 Điều 5",
        {SENDER: _NOT_SEALED}, form="ContactForm", readers="sender", additive=True, effect=True,
    ),
)  # fmt: skip

ACTIONS = {row.key: row for row in ROWS}
PUBLIC_TEXTS = frozenset({"submit"})
"""Actions whose text anybody may come to read."""
ON_BEHALF = tuple(row.key for row in ROWS if FOR_SENDER in row.by)

SYSTEM_EVENTS = {
    "lodge": _("Đã gửi phản ánh, kiến nghị"),
    "recount": _("Hạn được tính lại vì lịch làm việc thay đổi"),
    "hand_over": _("Chuyển cơ quan xử lý vì sắp xếp tổ chức"),
}

QUALIFIED_MARKS = ("distribute:elsewhere", "fulfil:confirm", "given:commitment")
MARKS = ("lodge", *ACTIONS, *QUALIFIED_MARKS)

VOIDING_STATES = CLOSED - {ANSWERED}


def told(action):
    """What the timeline says of an event."""
    return SYSTEM_EVENTS[action] if action in SYSTEM_EVENTS else ACTIONS[action].told
