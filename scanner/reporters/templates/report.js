"use strict";
// Filters and order of the findings; both live in the address after "#", so that a view can be linked: #severity=critical,high&text=web&sort=-path
// On paper everything is open.
(() => {
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  window.addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
})();
(() => {
  const form = document.querySelector("form.filters");
  if (!form) return;
  const body = document.querySelector("table.findings tbody");
  const rows = [...body.rows];
  const heads = [...document.querySelectorAll("th[data-sort]")];
  const boxes = [...form.querySelectorAll("[data-filter] input")];
  const search = form.elements.text;
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const keys = {
    severity: (row) => -Number(row.dataset.rank),
    what: (row) => row.cells[1].textContent,
    path: (row) => row.cells[2].textContent,
    origin: (row) => row.dataset.origin,
  };
  let sort = "";

  const filterOf = (box) => box.closest("[data-filter]").dataset.filter;

  function chosen() {
    const wanted = {};
    for (const box of boxes.filter((one) => one.checked)) (wanted[filterOf(box)] ??= []).push(box.value);
    return wanted;
  }

  function apply() {
    const wanted = Object.entries(chosen());
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = wanted.every(([name, values]) => values.includes(row.dataset[name])) && words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    form.querySelector("output").value = `${shown} of ${rows.length}`;
    document.querySelector(".none").hidden = shown > 0;
  }

  function order() {
    const name = sort.replace("-", "");
    const way = sort.startsWith("-") ? -1 : 1;
    const key = keys[name];
    const sorted = key ? [...rows].sort((a, b) => way * compare(key(a), key(b))) : rows;
    body.append(...sorted);
    for (const head of heads) {
      if (head.dataset.sort === name) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  }

  function compare(a, b) {
    return typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
  }

  function remember() {
    const state = new URLSearchParams();
    for (const [name, values] of Object.entries(chosen())) state.set(name, values.join(","));
    if (search.value) state.set("text", search.value);
    if (sort) state.set("sort", sort);
    history.replaceState(null, "", `#${state}`);
  }

  function recall() {
    const address = location.hash.slice(1);
    if (address && !address.includes("=")) return;
    const state = new URLSearchParams(address);
    for (const box of boxes) box.checked = (state.get(filterOf(box)) ?? "").split(",").includes(box.value);
    search.value = state.get("text") ?? "";
    sort = state.get("sort") ?? "";
    apply();
    order();
  }

  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { sort = ""; apply(); order(); remember(); }));
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      sort = sort === head.dataset.sort ? `-${sort}` : head.dataset.sort;
      order();
      remember();
    });
  }
  window.addEventListener("hashchange", recall);
  recall();
})();
