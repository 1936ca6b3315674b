/* Behaviours of parts of a page.

   An element with data-module="ADDRESS" gets the behaviour that the module there exports as
   `mount(element)`, whenever the element comes into the page, and is marked data-mounted then; what
   mount returns is called when the element has gone. */

import { notify } from "./notice.js";

const mounted = new Map();

async function begin(element) {
  if (mounted.has(element)) return;
  mounted.set(element, null);
  try {
    const { mount } = await import(element.dataset.module);
    if (!element.isConnected) {
      mounted.delete(element);
      return;
    }
    const over = (await mount(element)) ?? null;
    if (element.isConnected) {
      mounted.set(element, over);
      element.dataset.mounted = "";
    } else {
      // It went while its behaviour began.
      over?.();
      mounted.delete(element);
    }
  } catch (error) {
    notify("A part of this page could not be started. Load the page again.");
    console.error(error);
  }
}

function end(element) {
  if (element.isConnected) return;
  mounted.get(element)?.();
  mounted.delete(element);
}

function within(node) {
  if (!(node instanceof Element)) return [];
  const inside = [...node.querySelectorAll("[data-module]")];
  return node.matches("[data-module]") ? [node, ...inside] : inside;
}

export function watch(root) {
  within(root).forEach(begin);
  new MutationObserver((records) => {
    for (const { removedNodes } of records) for (const node of removedNodes) within(node).forEach(end);
    for (const { addedNodes } of records) {
      for (const node of addedNodes) if (node.isConnected) within(node).forEach(begin);
    }
  }).observe(root, { childList: true, subtree: true });
}
