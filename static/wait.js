"use strict";

// A page that waits for work in the background looks again by itself; without this there is a link.
if (document.querySelector("[data-waiting]")) setTimeout(() => window.location.reload(), 3000);
