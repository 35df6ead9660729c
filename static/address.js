"use strict";

// While a commune's name is typed, what it may be; choosing one fills both lists. The button "Tìm" does it without this.
function offerCommunes(search, province, commune) {
  const box = search.querySelector("input");
  const list = search.querySelector("ul");
  const said = search.querySelector('[role="status"]');
  const words = search.dataset;
  let waiting, asking;

  async function ask(parameters) {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${words.communes}?${new URLSearchParams(parameters)}`, { signal: asking.signal });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  function clear() {
    clearTimeout(waiting);
    asking?.abort();
    list.replaceChildren();
    list.hidden = true;
  }

  function fill(chosen, options) {
    const [nothing] = commune.options;
    commune.replaceChildren(nothing, ...options.map((one) => new Option(one.name, one.code)));
    commune.value = chosen;
  }

  async function take(one) {
    clear();
    box.value = "";
    province.value = one.province;
    fill(one.code, [one]);
    said.textContent = `${words.taken} ${one.place}`;
    commune.focus();
    const all = await ask({ province: one.province });
    if (all && province.value === one.province && commune.value === one.code) fill(one.code, all.communes);
  }

  function suggestion(one) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.label;
    button.addEventListener("click", () => take(one));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  async function suggest() {
    const typed = box.value.trim();
    const found = typed.length > 1 ? await ask({ q: typed }) : null;
    if (!found || typed !== box.value.trim()) return;
    list.replaceChildren(...found.communes.map(suggestion));
    list.hidden = !found.communes.length;
    if (list.hidden) said.textContent = words.none;
    else said.textContent = found.more ? words.more : `${words.some} ${found.communes.length}`;
  }

  function move(event) {
    const stops = [box, ...list.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (step && next) {
      event.preventDefault();
      next.focus();
    }
  }

  search.addEventListener("keydown", (event) => {
    move(event);
    if (event.key === "Escape" && !list.hidden) {
      clear();
      said.textContent = "";
      box.focus();
    }
    if (event.key === "Enter" && event.target === box && box.value.trim()) {
      event.preventDefault();
      search.querySelector('[name="search"]').click();
    }
  });
  box.addEventListener("input", () => {
    clear();
    said.textContent = "";
    waiting = setTimeout(suggest, 250);
  });
  province.addEventListener("change", async () => {
    const asked = province.value;
    fill("", []);
    const all = asked ? await ask({ province: asked }) : null;
    if (all && province.value === asked) fill("", all.communes);
  });
}

{
  const places = ["[data-communes]", 'select[name="province"]', 'select[name="commune"]'];
  const found = places.map((one) => document.querySelector(one));
  if (found.every(Boolean)) offerCommunes(...found);
}
