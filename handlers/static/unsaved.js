// Asks before what was written into a form is lost by going elsewhere.
"use strict";
let written = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-guarded]")) written = true; });
document.addEventListener("submit", () => { written = false; });
window.addEventListener("beforeunload", (event) => { if (written) event.preventDefault(); });
