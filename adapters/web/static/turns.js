import { setBlocks } from "./blocks.js";
import { card } from "./card.js";
import { arrange, element } from "./dom.js";

/** The list of turns: what was said, and the reply as it stands. Changes only what changed. */
export class Turns {
  #list;
  #items = new Map();
  #pending = new Map();

  /** `onAsk(text)` sends a message, `onRetry(turnId)` tries a reply again. */
  constructor(list, { onAsk, onRetry }) {
    this.#list = list;
    this.onAsk = onAsk;
    this.onRetry = onRetry;
  }

  /** Show one turn as the server sent it. */
  show(turn) {
    let item = this.#items.get(turn.id);
    if (!item) this.#items.set(turn.id, (item = made(turn)));
    this.#showReply(item, turn);
  }

  /** Put everything in its order: the server's turns, then messages that wait to be sent. */
  arrange(order, unsent, isConnected) {
    for (const id of this.#items.keys()) if (!order.includes(id)) this.#items.delete(id);
    const waiting = unsent.map((message) => {
      const item = this.#pending.get(message.id) ?? madePending(message);
      item.querySelector(".unsent").textContent = isConnected
        ? "Sending…"
        : "Will be sent when the connection is back.";
      return [message.id, item];
    });
    this.#pending = new Map(waiting);
    arrange(this.#list, [
      ...order.map((id) => this.#items.get(id)?.node).filter(Boolean),
      ...this.#pending.values(),
    ]);
  }

  /** The reply's text, for those who hear the page. */
  spoken(turn) {
    const { pages } = this.#items.get(turn.id);
    const part = (selector) =>
      [...pages.querySelectorAll(selector)].map((node) => node.innerText.trim()).filter(Boolean);
    const names = part(".card-name");
    const found = names.length ? [`${names.length === 1 ? "Card" : "Cards"}: ${names.join(", ")}.`] : [];
    return [...part(".prose"), ...part(".notice-text"), ...found].join(" ");
  }

  #showReply({ reply, pages, activity }, turn) {
    arrange(pages, turn.pages.map((page) => this.#page(pages, page, turn)));
    const isOpen = turn.phase !== "ended";
    reply.setAttribute("aria-busy", String(isOpen));
    activity.hidden = !isOpen;
    activity.lastElementChild.textContent = turn.activity || (turn.phase === "running" ? "writing…" : "");
  }

  #page(pages, page, turn) {
    const node = [...pages.children].find((child) => child.pageId === page.id) ?? madePage(page.id);
    setBlocks(node.querySelector(".prose"), page.from, page.blocks);
    if (page.cards) {
      const number = (index) => (page.cards.length > 1 ? index + 1 : 0);
      const cards = page.cards.map((talent, index) => card(talent, { number: number(index), onAsk: this.onAsk }));
      node.querySelector(".cards").replaceChildren(...cards);
    }
    node.querySelector(".cards").hidden = !node.querySelector(".cards").children.length;
    this.#notice(node.querySelector(".notice"), page, turn);
    return node;
  }

  #notice(notice, page, turn) {
    notice.hidden = !page.notice && !page.retryable;
    const [text, retry] = notice.children;
    text.textContent = page.notice;
    retry.hidden = !page.retryable || !page.final;
    retry.onclick = () => this.onRetry(turn.id);
  }
}

function made(turn) {
  const pages = element("div", { className: "pages" });
  const activity = element(
    "p",
    { className: "activity" },
    element("span", { className: "typing", "aria-hidden": "true" }, ...[1, 2, 3].map(() => element("i"))),
    element("span"),
  );
  const reply = element("article", { className: "reply", "aria-label": "CastMatch" }, pages, activity);
  return { node: element("li", { className: "turn" }, said(turn.message.text), reply), reply, pages, activity };
}

function madePending({ text }) {
  const article = said(text);
  article.append(element("p", { className: "unsent" }));
  return element("li", { className: "turn" }, article);
}

function said(text) {
  return element("article", { className: "said", "aria-label": "You" }, element("p", { className: "bubble", dir: "auto" }, text));
}

function madePage(pageId) {
  const page = element(
    "div",
    { className: "page" },
    element("div", { className: "prose", dir: "auto" }),
    element("ul", { className: "cards", "aria-label": "Talents", hidden: true }),
    element(
      "div",
      { className: "notice", hidden: true },
      element("p", { className: "notice-text" }),
      element("button", { type: "button", className: "button retry" }, "Try again"),
    ),
  );
  page.pageId = pageId;
  return page;
}
