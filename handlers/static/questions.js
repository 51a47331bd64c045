// Keys for the queue: 1–9 open or choose, n and p go on and back, x and u decide and undo, b brings back, o, l and w
// open what is to be filled in. Every key has its button.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const opened = document.querySelectorAll("[data-open]")[Number(event.key) - 1];
  const control = opened || [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (control) {
    event.preventDefault();
    control.click();
    // What was opened is written in at once.
    if (control.matches("summary") && control.parentElement.open) control.parentElement.querySelector("input:not([type=hidden])").focus();
  }
});
