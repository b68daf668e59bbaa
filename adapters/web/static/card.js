import { element } from "./dom.js";

/** A talent card; `number` is its place among several ("the second one"). All of it is text; the two addresses are checked to be https by the server. */
export function card(talent, { number, onAsk }) {
  return element(
    "li",
    { className: "card" },
    element(
      "div",
      { className: "card-head" },
      avatar(talent),
      element(
        "div",
        {},
        element("h3", { className: "card-name" }, number ? `${number}. ${talent.name}` : talent.name),
        element("p", { className: "card-subtitle" }, talent.subtitle),
      ),
    ),
    phrases(talent.reasons, "reasons", `Why ${talent.name}`),
    phrases(talent.misses, "misses", `What ${talent.name} does not fit`),
    element(
      "dl",
      { className: "facts" },
      ...talent.facts.flatMap(({ label, value }) => [
        element("dt", {}, label),
        element("dd", {}, value),
      ]),
    ),
    actions(talent, onAsk),
  );
}

function phrases(said, className, label) {
  return said.length
    ? element("ul", { className, "aria-label": label }, ...said.map((phrase) => element("li", {}, phrase)))
    : null;
}

function avatar(talent) {
  const initials = element("span", { className: "avatar", "aria-hidden": "true" }, talent.initials);
  if (talent.headshot) {
    const image = element("img", {
      alt: "",
      loading: "lazy",
      referrerPolicy: "no-referrer",
      onerror: () => image.remove(), // the initials are underneath
      src: talent.headshot,
    });
    initials.append(image);
  }
  return initials;
}

function actions(talent, onAsk) {
  const ask = element(
    "button",
    {
      type: "button",
      className: "link-button",
      onclick: () => onAsk(`Tell me about ${talent.name}`),
    },
    "Tell me more",
    element("span", { className: "hidden" }, ` about ${talent.name}`),
  );
  const reel = talent.reel
    ? element(
        "a",
        { href: talent.reel, target: "_blank", rel: "noopener noreferrer nofollow", className: "link-button" },
        "Watch reel",
        element("span", { className: "hidden" }, ` of ${talent.name} (opens in a new tab)`),
      )
    : null;
  return element("div", { className: "card-actions" }, ask, reel);
}
