const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8000;
const SIGN_IN = 4401;
const NOT_UNDERSTOOD = 4400;

/**
 * A socket that comes back by itself: on each (re)connection it says what `hello()` returns and
 * then hands every frame to `onFrame`. States: connecting, connected, waiting, ended.
 */
export class Connection {
  #socket = null;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #closed = false;

  constructor({ hello, onFrame, onState }) {
    Object.assign(this, { hello, onFrame, onState });
    this.wake = () => this.#socket === null && this.#open();
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.#open();
  }

  /** Send a frame if connected; false if not. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.#socket?.close();
  }

  #open() {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    this.#socket = socket;
    socket.onopen = () => this.send(this.hello());
    socket.onmessage = ({ data }) => {
      if (this.#closed) return;
      const frame = JSON.parse(data);
      if (frame.type === "state") {
        this.#pause = FIRST_PAUSE;
        this.onState("connected");
      }
      this.onFrame(frame);
    };
    socket.onclose = ({ code }) => this.#lost(code);
  }

  #lost(code) {
    this.#socket = null;
    if (this.#closed) return;
    if (code === SIGN_IN) {
      location.assign("/sign-in");
    } else if (code === NOT_UNDERSTOOD) {
      this.onState("ended");
    } else {
      this.onState("waiting");
      this.#timer = setTimeout(() => this.#open(), this.#pause * (0.5 + Math.random()));
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }
}
