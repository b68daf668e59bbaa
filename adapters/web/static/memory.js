import { setBlocks } from "./blocks.js";
import { element } from "./dom.js";

/** What is remembered of whoever sits here: shown, forgotten, exported, switched off. */
export class Memory {
  #dialog;
  #answer;
  #facts;
  #next;
  #switch;

  /** `onAsk(text)` sends what `/memory` is followed by; false where there is no connection. */
  constructor(dialog, { onAsk }) {
    this.#dialog = dialog;
    this.#answer = dialog.querySelector(".memory-answer");
    this.#facts = dialog.querySelector(".memory-facts");
    this.#next = dialog.querySelector(".memory-next");
    this.#switch = dialog.querySelector("#memory-switch");
    this.onAsk = onAsk;
    dialog.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-ask]");
      if (button && isSure(button)) this.ask(button.dataset.ask);
      else if (target === dialog) dialog.close();
    });
    dialog.querySelector("#memory-about").addEventListener("submit", (event) => {
      event.preventDefault();
      const about = event.target.elements.about;
      if (about.value.trim()) this.ask(`forget about ${about.value.trim()}`);
      about.value = "";
    });
  }

  /** Open, and say what a person typed after `/memory`. */
  ask(text) {
    if (!this.#dialog.open) {
      setBlocks(this.#answer, 0, []);
      this.#facts.replaceChildren();
      this.#next.replaceChildren();
      this.#dialog.showModal();
    }
    if (!this.onAsk(text)) this.#answer.textContent = "There is no connection just now. Try again when it is back.";
  }

  /** The server's answer. */
  show({ blocks, facts, on, exported, goes_on: goesOn, next_page: nextPage }) {
    this.#answer.replaceChildren();
    setBlocks(this.#answer, 0, blocks);
    if (facts) this.#facts.replaceChildren(...facts.map(forgettable));
    if (facts || goesOn) {
      this.#next.replaceChildren();
      if (goesOn) this.#next.append(element("button", { type: "button", className: "button danger", "data-ask": goesOn }, "Forget these"));
      if (nextPage) this.#next.append(element("button", { type: "button", className: "button", "data-ask": nextPage }, "More"));
    }
    if (on !== undefined) {
      this.#switch.dataset.ask = on ? "off" : "on";
      this.#switch.textContent = on ? "Turn off" : "Turn on";
    }
    if (exported) save(exported);
  }
}

/** Whether a button may act: what cannot be undone asks once, until it has or the focus leaves it. */
function isSure(button) {
  const { sure } = button.dataset;
  if (!sure) {
    button.dispatchEvent(new Event("blur"));
    return true;
  }
  const label = button.textContent;
  delete button.dataset.sure;
  button.textContent = sure;
  button.addEventListener("blur", () => {
    button.dataset.sure = sure;
    button.textContent = label;
  }, { once: true });
  return false;
}

function forgettable({ id, statement }) {
  const forget = element("button", { type: "button", className: "button", "data-ask": `forget ${id}`, "aria-label": `Forget: ${statement}` }, "Forget");
  return element("li", {}, element("span", { dir: "auto" }, statement), forget);
}

function save(exported) {
  const file = new Blob([JSON.stringify(exported, null, 2)], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(file), download: "castmatch-memory.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
