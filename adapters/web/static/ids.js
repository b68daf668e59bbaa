import { read, write } from "./storage.js";

const SHAPE = /^[A-Za-z0-9_-]{22}$/;

/** 128 random bits as URL-safe base64. (`crypto.randomUUID` is missing on plain http.) */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
}

/** Who writes here, as far as this browser can tell. */
export function personId() {
  const known = read("person");
  if (SHAPE.test(known)) return known;
  const person = newId();
  write("person", person);
  return person;
}

/** The conversation named in the address, else the last one of this browser, else a new one. */
export function currentConversation() {
  const named = location.hash.slice(1);
  if (SHAPE.test(named)) return named;
  const last = read("conversation");
  return SHAPE.test(last) ? last : newId();
}

/** Put a conversation into the address; `asNew` lets the Back button return to the one before. */
export function rememberConversation(conversation, { asNew = false } = {}) {
  write("conversation", conversation);
  if (location.hash.slice(1) === conversation) return;
  history[asNew ? "pushState" : "replaceState"](null, "", `#${conversation}`);
}
