"use strict";
const shown = JSON.parse(document.getElementById("shown").textContent);
const at = query => document.querySelector(query);
const near = at("#near"), dialog = at("dialog");

function make(kind, values = {}, ...children) {
  const made = Object.assign(document.createElement(kind), values);
  made.append(...children);
  return made;
}

// What a picture was made from stands under it.
function grown(node) {
  const item = make("li", {}, make("b", { textContent: node.kind }), node.text);
  if (node.made_from.length) item.append(make("ul", {}, ...node.made_from.map(grown)));
  return item;
}

function open(button) {
  const key = button.dataset.from, tree = shown.trees[key];
  if (!tree) return;
  const own = button.querySelector("img");
  const source = shown.pictures[key] || (own && own.src);
  const parts = [];
  if (source) parts.push(make("img", { src: source, alt: own ? own.alt : button.ariaLabel }));
  if (button.dataset.said) parts.push(make("p", { textContent: button.dataset.said }));
  at("dialog .about").replaceChildren(...parts, make("ul", {}, grown(tree)));
  hide();
  dialog.showModal();
}

function hover(button) {
  const source = shown.pictures[button.dataset.from];
  const parts = source ? [make("img", { src: source, alt: "" })] : [];
  near.replaceChildren(...parts, button.dataset.said);
  near.hidden = false;
  const box = button.getBoundingClientRect(), own = near.getBoundingClientRect();
  const left = Math.min(Math.max(box.left + box.width / 2 - own.width / 2, 8), innerWidth - own.width - 8);
  const under = box.bottom + 8;
  near.style.left = `${Math.max(left, 8)}px`;
  near.style.top = `${under + own.height > innerHeight ? Math.max(box.top - own.height - 8, 8) : under}px`;
}

const hide = () => { near.hidden = true; };

document.addEventListener("click", event => {
  const button = event.target.closest("button[data-from]");
  if (button) open(button);
  else if (event.target === dialog || event.target.closest(".close")) dialog.close();
});

for (const strip of document.querySelectorAll(".shots")) {
  const blocks = [...strip.children];
  blocks.forEach((block, n) => {
    block.tabIndex = n ? -1 : 0;
    block.onpointerenter = block.onfocus = () => hover(block);
    block.onpointerleave = block.onblur = hide;
  });
  strip.onkeydown = event => {
    const here = blocks.indexOf(event.target);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: blocks.length - 1 }[event.key];
    if (next === undefined || !blocks[next]) return;
    event.preventDefault();
    blocks[here].tabIndex = -1;
    blocks[next].tabIndex = 0;
    blocks[next].focus();
  };
}
addEventListener("scroll", hide, { passive: true });
