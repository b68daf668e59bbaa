const NEAR = 48;
/** How much of the view stays above the cards when they come in. */
const ABOVE_CARDS = 0.4;

/**
 * Keeps a list at its end while the reader is there, and offers the way back when not. Cards that
 * end a reply are read from the first, so they are not scrolled past.
 */
export class Scroll {
  #scroller;
  #jump;
  #isAtEnd = true;

  constructor(scroller, jump) {
    this.#scroller = scroller;
    this.#jump = jump;
    scroller.addEventListener("scroll", () => this.#look(), { passive: true });
    jump.addEventListener("click", () => {
      this.toEnd();
      scroller.focus({ preventScroll: true });
    });
    const observer = new ResizeObserver(() => this.follow());
    observer.observe(scroller);
    for (const child of scroller.children) observer.observe(child);
  }

  /** After content changed: stay at the end if the reader was there. */
  follow() {
    if (this.#isAtEnd && !this.#isSelecting()) this.#scroller.scrollTop = this.#readingEnd();
    this.#look();
  }

  toEnd() {
    this.#isAtEnd = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#look();
  }

  #readingEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const cards = this.#scroller.querySelector(".turn:last-child .cards:not([hidden])");
    if (!cards) return scrollHeight;
    const top = cards.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    return Math.max(scrollTop, scrollTop + top - clientHeight * ABOVE_CARDS);
  }

  /** Somebody who marks text does not want it to move. */
  #isSelecting() {
    const selection = getSelection();
    return !selection.isCollapsed && this.#scroller.contains(selection.anchorNode);
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    this.#jump.hidden = this.#isAtEnd;
  }
}
