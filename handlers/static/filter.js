// Filters a list as one types. Without script the form's button does the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-filter]");
  if (!form) return;
  const id = form.dataset.filter;
  let waiting, asked = 0;

  async function filter() {
    const number = ++asked;
    const values = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const address = `${form.action}?${values}`;
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok || response.redirected) {
      form.submit();
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (number !== asked) return; // a later keystroke has been asked for
    document.getElementById(id).replaceWith(page.getElementById(id));
    for (const choice of form.querySelectorAll("select")) {
      const now = page.getElementById(choice.id);
      // What can be chosen may hang on what was chosen beside it.
      if (choice !== document.activeElement && choice.textContent !== now.textContent) choice.replaceWith(now);
    }
    history.replaceState(null, "", address);
  }

  function soon(event) {
    clearTimeout(waiting);
    // While Japanese is being converted, what stands in the field is not yet what is meant.
    if (!event.isComposing) waiting = setTimeout(filter, 200);
  }

  form.addEventListener("input", soon);
  form.addEventListener("compositionend", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    filter();
  });
})();
