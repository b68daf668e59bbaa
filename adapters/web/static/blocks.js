import { element } from "./dom.js";

/**
 * Replace the blocks of a text from index `from` on. What did not change keeps its nodes, and a
 * text that grew keeps its text node, so that a selection in it stays.
 */
export function setBlocks(prose, from, htmls) {
  htmls.forEach((html, offset) => {
    const block = prose.children[from + offset];
    if (!block) prose.append(madeFrom(html));
    else if (block.html !== html) {
      morph(block, madeFrom(html));
      block.html = html;
    }
  });
  while (prose.children.length > from + htmls.length) prose.lastElementChild.remove();
}

/** A block holds one element of HTML that the server has sanitised. */
function madeFrom(html) {
  const block = element("div", { className: "block", innerHTML: html });
  block.html = html;
  if (block.querySelector("table, pre")) block.tabIndex = 0; // it may scroll sideways
  return block;
}

function morph(old, fresh) {
  old.tabIndex = fresh.tabIndex;
  const wanted = [...fresh.childNodes];
  wanted.forEach((node, index) => {
    const there = old.childNodes[index];
    if (!there) old.append(node);
    else if (there.nodeName !== node.nodeName || !sameAttributes(there, node)) there.replaceWith(node);
    else if (there.nodeType === Node.TEXT_NODE) setText(there, node.data);
    else morph(there, node);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

function setText(node, data) {
  if (data.startsWith(node.data)) node.appendData(data.slice(node.data.length));
  else node.data = data;
}

function sameAttributes(one, other) {
  const names = (node) => [...(node.attributes ?? [])].map(({ name, value }) => `${name}=${value}`);
  return names(one).join("\n") === names(other).join("\n");
}
