import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { currentConversation, newId, personId, rememberConversation } from "./ids.js";
import { Memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Scroll } from "./scroll.js";
import { Store } from "./store.js";
import { Turns } from "./turns.js";

const byId = (id) => document.getElementById(id);
const STATES = {
  connecting: "Connecting…",
  connected: "Connected",
  waiting: "Reconnecting…",
  ended: "Reload the page",
};

const scroll = new Scroll(byId("scroller"), byId("jump"));
const composer = new Composer(byId("composer"), { onSend: ask, onStop: stop, onRefuse: complain });
const memory = new Memory(byId("memory"), { onAsk: (text) => conversation.connection.send({ type: "memory", text }) });
let conversation;

/** Everything that belongs to one conversation; `open` replaces it. */
class Conversation {
  constructor(id) {
    this.id = id;
    this.store = new Store();
    this.outbox = new Outbox(id);
    this.isConnected = false;
    /** Messages that were stopped before their turn was known here. */
    this.unwanted = new Set();
    byId("turns").replaceChildren();
    this.turns = new Turns(byId("turns"), { onAsk: ask, onRetry: retry });
    this.connection = new Connection({
      hello: () => ({
        type: "hello",
        v: 1,
        conversation: id,
        person: personId(),
        epoch: this.store.epoch,
        revision: this.store.revision,
      }),
      onFrame: (frame) => this.#take(frame),
      onState: (state) => this.#state(state),
    });
  }

  say(text) {
    const message = this.outbox.add(text);
    this.connection.send({ type: "send", ...message });
    this.refresh();
    scroll.toEnd();
  }

  /** Stop all that is being answered, or will be. */
  stop() {
    for (const { id } of this.unsent) this.unwanted.add(id);
    for (const turn of this.store.open) this.connection.send({ type: "stop", turn: turn.id });
  }

  /** Messages that have no turn yet, as far as this page knows. */
  get unsent() {
    const { stored, messages } = this.outbox;
    return [...stored, ...messages].filter(({ id }) => !this.store.hasMessage(id));
  }

  refresh() {
    const { store, unsent } = this;
    this.turns.arrange(store.order, unsent, this.isConnected);
    byId("welcome").hidden = !this.isConnected || store.order.length + unsent.length > 0;
    composer.isReplying = store.open.length > 0 || (this.isConnected && unsent.length > 0);
    scroll.follow();
  }

  #take(frame) {
    if (frame.type === "ack") {
      this.outbox.acknowledge(frame.id);
    } else if (frame.type === "memory") {
      memory.show(frame);
    } else if (frame.type === "error") {
      complain(frame.text);
      const refused = frame.id && this.outbox.remove(frame.id);
      if (refused) composer.restore(refused.text);
    } else {
      const changed = this.store.apply(frame);
      this.outbox.seen((id) => this.store.hasMessage(id));
      for (const { turn } of changed) {
        this.turns.show(turn);
        if (this.unwanted.delete(turn.message.id)) this.connection.send({ type: "stop", turn: turn.id });
      }
      const ended = changed.filter(({ hasEnded }) => hasEnded);
      if (ended.length) announce(ended.map(({ turn }) => this.turns.spoken(turn)).join(" "));
      if (frame.type === "state") {
        complain("");
        for (const message of this.outbox.messages) this.connection.send({ type: "send", ...message });
      }
    }
    this.refresh();
  }

  #state(state) {
    this.isConnected = state === "connected";
    byId("connection").dataset.state = state;
    byId("connection-text").textContent = STATES[state];
    this.refresh();
  }
}

function open(id, options) {
  conversation?.connection.close();
  rememberConversation(id, options);
  byId("connection").dataset.state = "connecting";
  byId("connection-text").textContent = STATES.connecting;
  complain("");
  conversation = new Conversation(id);
  conversation.refresh();
}

function ask(text) {
  complain("");
  const command = /^\/memory\b\s*(.*)$/is.exec(text);
  if (command) {
    memory.ask(command[1]);
    return;
  }
  conversation.say(text);
  composer.focus();
}

function stop() {
  conversation.stop();
}

function retry(turn) {
  if (conversation.connection.send({ type: "retry", turn })) composer.focus();
  else complain("There is no connection just now. Try again when it is back.");
}

function complain(sentence) {
  byId("error").textContent = sentence;
  byId("error").hidden = !sentence;
}

function announce(text) {
  byId("announcer").textContent = text;
}

byId("new-conversation").addEventListener("click", () => {
  open(newId(), { asNew: true });
  composer.focus();
});
byId("open-memory").addEventListener("click", () => memory.ask("show"));
byId("examples").addEventListener("click", ({ target }) => {
  if (target.matches("button")) ask(target.textContent);
});
addEventListener("popstate", () => {
  if (currentConversation() !== conversation.id) open(currentConversation());
});

open(currentConversation());
composer.focus();
