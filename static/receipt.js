"use strict";

const code = document.querySelector("[data-case-code]");
const copy = document.querySelector("[data-copy]");
const copied = document.querySelector("[data-copied]");

async function copyCode() {
  try {
    await navigator.clipboard.writeText(code.dataset.caseCode);
  } catch {
    // No clipboard without https, or not allowed: the old way, which needs the text selected.
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  copied.textContent = copied.dataset.copied;
}

copy.addEventListener("click", copyCode);
copy.hidden = false;
