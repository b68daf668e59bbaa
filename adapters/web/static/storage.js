/** What this browser keeps. Where it keeps nothing (a private window), for this page's life. */
const forNow = new Map();

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(`castmatch.${key}`)) ?? null;
  } catch {
    return forNow.get(key) ?? null;
  }
}

export function write(key, value) {
  forNow.set(key, value);
  try {
    if (value === null) localStorage.removeItem(`castmatch.${key}`);
    else localStorage.setItem(`castmatch.${key}`, JSON.stringify(value));
  } catch {
    // Full or forbidden: `forNow` has it.
  }
}
