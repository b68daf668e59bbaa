/** What the server last said of the conversation, without the replies' text: the page holds that. */
export class Store {
  epoch = "";
  revision = 0;
  order = [];
  turns = new Map();

  /** Take over a `state` or `edit` frame; the turns in it, each with whether it has just ended. */
  apply(frame) {
    if (frame.type === "state") {
      this.epoch = frame.epoch;
      if (frame.whole) this.turns.clear();
    }
    this.revision = frame.revision;
    const changed = frame.turns.map((turn) => {
      const before = this.turns.get(turn.id);
      this.turns.set(turn.id, turn);
      return { turn, hasEnded: before !== undefined && before.phase !== "ended" && turn.phase === "ended" };
    });
    if (frame.order) {
      this.order = frame.order;
      const known = new Set(frame.order);
      for (const id of this.turns.keys()) if (!known.has(id)) this.turns.delete(id);
    }
    return changed.filter(({ turn }) => this.turns.has(turn.id));
  }

  get open() {
    return [...this.turns.values()].filter((turn) => turn.phase !== "ended");
  }

  hasMessage(id) {
    return [...this.turns.values()].some((turn) => turn.message.id === id);
  }
}
