// Keeps the conversation on the page. Without this script every form works as a plain page load.
"use strict";
(() => {
  const talk = document.getElementById("talk");
  const state = document.getElementById("state");
  const form = document.getElementById("ask");
  const field = document.getElementById("q");
  let busy = false;

  const say = (text) => {
    state.textContent = text;
    state.hidden = !text;
  };

  async function ask(question) {
    if (busy) return;
    busy = true;
    say("お待ちください…");
    try {
      const answer = await fetch("/answer", { method: "POST", body: new URLSearchParams({ q: question }) });
      if (!answer.ok) throw new Error(String(answer.status));
      talk.insertAdjacentHTML("beforeend", await answer.text());
      // As on a page without script: what stood here before the first answer is told in the answers it belongs to.
      document.getElementById("examples")?.remove();
      document.querySelector(".notices")?.remove();
      field.value = "";
      say("");
      const newest = talk.lastElementChild;
      newest.scrollIntoView({ block: "start" });
      newest.querySelector(".answer").focus({ preventScroll: true });
    } catch (error) {
      field.value = question;
      say(error.message === "429"
        ? "質問が続いたため、少し待ってからもう一度「聞く」を押してください。"
        : "つながりませんでした。書いた質問は残っています。もう一度「聞く」を押してください。");
      field.focus();
    } finally {
      busy = false;
    }
  }

  async function say_of_answer(said, body) {
    if (busy) return;
    busy = true;
    say("お待ちください…");
    try {
      const answer = await fetch("/feedback/piece", { method: "POST", body });
      if (!answer.ok) throw new Error(String(answer.status));
      const place = document.createElement("div");
      place.innerHTML = await answer.text();
      const piece = place.querySelector(".said");
      (said.closest(".said") || said).replaceWith(piece);
      piece.focus({ preventScroll: true });
      say("");
    } catch {
      say("つながりませんでした。少し待ってからもう一度お試しください。");
    } finally {
      busy = false;
    }
  }

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    event.preventDefault();
    if (new URL(event.target.action).pathname === "/feedback") {
      const body = new URLSearchParams(new FormData(event.target));
      if (button && button.name) body.set(button.name, button.value);
      say_of_answer(event.target, body);
      return;
    }
    ask(event.target === form ? field.value : button ? button.value : "");
  });
})();
