// Sends a form again by itself while its answer is being prepared. Without this script its button does the same.
"use strict";
setTimeout(() => document.querySelector("form[data-again]").submit(), 1000);
