/* What the colours of the map mean, as a list of buttons that hide and show. */

const NAMED = 11;

function tokens() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

function numbers(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function nameOf(column, code) {
  const others = column.name === "genre" && code === column.names.length - 1;
  return `--map-${others ? 12 : (code % NAMED) + 1}`;
}

/* The colours of a column by code, four bytes each; those hidden have no alpha. */
export function palette(column, hidden) {
  const token = tokens();
  const bytes = new Uint8Array(256 * 4);
  const put = (code, [red, green, blue]) => {
    bytes.set([red, green, blue, hidden.has(code) ? 0 : 255], code * 4);
  };
  if (column.names) column.names.forEach((_, code) => put(code, numbers(token(nameOf(column, code)))));
  else {
    const ends = ["--map-low", "--map-middle", "--map-high"].map((name) => numbers(token(name)));
    for (let code = 0; code < 255; code += 1) {
      const along = (code / 254) * 2;
      const [from, to] = along < 1 ? [ends[0], ends[1]] : [ends[1], ends[2]];
      put(code, from.map((value, i) => Math.round(value + (to[i] - value) * (along % 1 || (along === 2 ? 1 : 0)))));
    }
  }
  put(255, numbers(token("--map-unknown")));
  return bytes;
}

/* Fill an element with the legend of a column; `changed` is called when something is hidden. */
export function legend(element, column, hidden, changed) {
  element.replaceChildren();
  const entries = (column.names ?? []).map((each, code) => ({ ...each, code, token: nameOf(column, code) }));
  if (column.ends) element.append(scale(column));
  if (column.unknown) {
    entries.push({ name: "Not known", count: column.unknown, code: 255, token: "--map-unknown" });
  }
  const list = document.createElement("ul");
  for (const entry of entries) if (entry.count) list.append(line(entry, hidden, changed));
  element.append(list);
  const every = document.createElement("button");
  every.type = "button";
  every.className = "map-every";
  every.textContent = "Show all";
  every.addEventListener("click", () => {
    hidden.clear();
    for (const one of list.querySelectorAll("button")) one.setAttribute("aria-pressed", "true");
    changed();
  });
  if (entries.length > 1) element.append(every);
}

function line({ name, count, code, token }, hidden, changed) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(!hidden.has(code)));
  const swatch = document.createElement("span");
  swatch.className = "map-swatch";
  swatch.style.background = `var(${token})`;
  const label = document.createElement("bdi");
  label.textContent = name;
  const number = document.createElement("span");
  number.className = "number muted";
  number.textContent = count.toLocaleString("en");
  button.append(swatch, label, number);
  button.addEventListener("click", () => {
    if (!hidden.delete(code)) hidden.add(code);
    button.setAttribute("aria-pressed", String(!hidden.has(code)));
    changed();
  });
  item.append(button);
  return item;
}

function scale({ label, ends }) {
  const box = document.createElement("div");
  box.className = "map-scale";
  const bar = document.createElement("div");
  bar.className = "map-scale-bar";
  const [low, high] = ends.map((value) => {
    const text = document.createElement("span");
    text.className = "number small";
    text.textContent = Math.abs(value) >= 10 ? String(Math.round(value)) : String(Math.round(value * 100) / 100);
    return text;
  });
  const name = document.createElement("span");
  name.className = "small muted";
  name.textContent = label;
  box.append(bar, low, name, high);
  return box;
}
