import { newId } from "./ids.js";
import { read, write } from "./storage.js";

/**
 * Messages that the server has not yet said it stored. They outlive a reload and are sent again
 * on every connection; the server answers each id once.
 */
export class Outbox {
  constructor(conversation) {
    this.key = `outbox.${conversation}`;
    this.messages = read(this.key) ?? [];
    /** Stored by the server, and not yet seen in a turn. */
    this.stored = [];
  }

  add(text) {
    const message = { id: newId(), text };
    this.#keep([...this.messages, message]);
    return message;
  }

  /** The server has it. */
  acknowledge(id) {
    const message = this.remove(id);
    if (message) this.stored = [...this.stored.slice(-20), message];
  }

  /** A turn has it: should that go, nothing is left to send. */
  seen(hasMessage) {
    this.stored = this.stored.filter(({ id }) => !hasMessage(id));
  }

  /** The server will never take it. */
  remove(id) {
    const removed = this.messages.find((message) => message.id === id);
    if (removed) this.#keep(this.messages.filter((message) => message !== removed));
    return removed;
  }

  #keep(messages) {
    this.messages = messages;
    write(this.key, messages.length ? messages : null);
  }
}
