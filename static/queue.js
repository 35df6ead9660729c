"use strict";

// The arrow keys go from case to case while one of them has the focus.
for (const list of document.querySelectorAll("[data-rows]")) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches(".queue-title")) return;
    const titles = [...list.querySelectorAll(".queue-title")];
    const next = titles[titles.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
