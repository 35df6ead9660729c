"use strict";

// Where the browser can, the portal is put on the phone's home screen; without network a page of its own says so.
navigator.serviceWorker?.register("/phan-mem.js").catch(() => {});

window.addEventListener("beforeinstallprompt", (event) => {
  const button = document.querySelector("[data-install]");
  if (!button) return;
  event.preventDefault();
  button.hidden = false;
  button.addEventListener("click", () => {
    button.hidden = true;
    event.prompt();
  });
});
