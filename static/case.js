"use strict";

const isBegun = (text) => text.value.trim() !== text.defaultValue.trim();
const begunIn = (place, forms) => [...place.querySelectorAll(`${forms} textarea`)].some(isBegun);

// What a message will look like, as it is typed; without this the button "Xem trước" shows it.
function livePreview(form) {
  const text = form.querySelector("textarea[data-goes-out]");
  const shown = form.querySelector("[data-preview]");
  if (!text || !shown) return;
  const body = shown.querySelector("[data-preview-body]");
  const show = () => {
    shown.hidden = !text.value.trim();
    body.textContent = text.value;
  };
  text.addEventListener("input", show);
  show();
}

// Who has begun an internal note and opens a form that the sender reads, or the other way round, is asked first.
function askBeforeSwitching(place) {
  for (const summary of place.querySelectorAll("details.action > summary")) {
    const action = summary.parentElement;
    const { audience } = action.querySelector("form").dataset;
    const other = { sender: "internal", internal: "sender" }[audience];
    if (!other) continue;
    summary.addEventListener("click", (event) => {
      if (action.open || !begunIn(place, `form[data-audience="${other}"]`)) return;
      if (!window.confirm(place.dataset[audience === "sender" ? "askSender" : "askInternal"])) event.preventDefault();
    });
  }
}

// What was begun and not sent is not lost by a slip.
function warnBeforeLeaving() {
  let sending = false;
  document.addEventListener("submit", () => {
    sending = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && begunIn(document, "form[data-audience]")) event.preventDefault();
  });
}

for (const form of document.querySelectorAll("form[data-audience]")) livePreview(form);
if (document.querySelector("form[data-audience]")) warnBeforeLeaving();
for (const place of document.querySelectorAll("[data-ask-sender]")) askBeforeSwitching(place);
