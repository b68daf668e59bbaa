const MAX_TEXT = 8000;

/** The message box: grows with its text, Enter sends, Shift + Enter starts a new line. */
export class Composer {
  #text;
  #send;
  #stop;
  #isReplying = false;

  /** `onSend(text)`, `onStop()`, and `onRefuse(sentence)` for what cannot be sent. */
  constructor(form, { onSend, onStop, onRefuse }) {
    this.#text = form.querySelector("textarea");
    this.#send = form.querySelector(".send");
    this.#stop = form.querySelector(".stop");
    this.onSend = onSend;
    this.onRefuse = onRefuse;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("input", () => this.#fit());
    this.#stop.addEventListener("click", () => {
      onStop();
      this.focus();
    });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#isReplying && !event.isComposing) onStop();
    });
    this.#fit();
  }

  set isReplying(value) {
    this.#isReplying = value;
    this.#fit();
  }

  /** Give a text back to be changed, if the box is free. */
  restore(text) {
    if (this.#text.value.trim()) return;
    this.#text.value = text;
    this.#fit();
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  #submit() {
    const text = this.#text.value.trim();
    if (!text) return;
    if (text.length > MAX_TEXT) {
      this.onRefuse(`That message has ${text.length.toLocaleString("en")} characters; the most is ${MAX_TEXT.toLocaleString("en")}. Shorten it.`);
      return;
    }
    this.#text.value = "";
    this.#fit();
    this.onSend(text);
  }

  #fit() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
    const isEmpty = !this.#text.value.trim();
    this.#stop.hidden = !this.#isReplying;
    this.#send.hidden = this.#isReplying && isEmpty;
    this.#send.setAttribute("aria-disabled", String(isEmpty));
  }
}
