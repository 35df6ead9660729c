"""Every form that a row of `workflow.procedure` names."""

from .action import NoteForm, PlainForm
from .centre import DistributeForm, RefuseForm
from .exchange import BodyFilesForm, CompleteForm, ContactForm, RateForm
from .handling import (
    AcceptForm,
    ApproveForm,
    BodyForm,
    ConcludeForm,
    ConsultForm,
    ExplainForm,
    ExtendForm,
    FulfilForm,
    RejectForm,
    ReturnForm,
    SealForm,
    SecrecyForm,
    SubmitForm,
)

FORMS = {
    form.__name__: form
    for form in (
        NoteForm,
        PlainForm,
        DistributeForm,
        RefuseForm,
        CompleteForm,
        AcceptForm,
        ReturnForm,
        ConsultForm,
        BodyForm,
        ExtendForm,
        SubmitForm,
        RejectForm,
        ApproveForm,
        BodyFilesForm,
        RateForm,
        ConcludeForm,
        FulfilForm,
        ExplainForm,
        SecrecyForm,
        SealForm,
        ContactForm,
    )
}
