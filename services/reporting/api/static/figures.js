// What the pages of figures add where scripts run: a reading line under each chart (pointer, touch, arrow keys), series
// that can be put out of the way, and tables that can be filtered and sorted. Everything is on the page without it.
"use strict";

const marksOf = (chart) => [...chart.querySelectorAll("rect, circle")].filter((mark) => mark.querySelector("title"));

function readable(chart) {
  const line = document.createElement("p");
  line.className = "reading";
  line.setAttribute("aria-live", "polite");
  chart.after(line);
  chart.setAttribute("tabindex", "0");
  let place = -1;
  const show = (mark) => {
    chart.querySelector(".shown")?.classList.remove("shown");
    mark?.classList.add("shown");
    line.textContent = mark ? mark.querySelector("title").textContent : "";
  };
  chart.addEventListener("pointermove", (event) => {
    const mark = event.target.closest("rect, circle");
    if (mark) { place = marksOf(chart).indexOf(mark); show(mark); }
  });
  chart.addEventListener("pointerleave", () => show(null));
  chart.addEventListener("keydown", (event) => {
    const marks = marksOf(chart).filter((mark) => !mark.classList.contains("away"));
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { place = -1; show(null); return; }
    if (!step || !marks.length) return;
    event.preventDefault();
    place = (place + step + marks.length) % marks.length;
    show(marks[place]);
  });
}

function choosable(legend) {
  legend.removeAttribute("aria-hidden");
  const chart = legend.parentElement.querySelector("svg.chart");
  for (const item of legend.children) {
    const tone = item.querySelector("rect").getAttribute("class");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "series";
    button.setAttribute("aria-pressed", "true");
    button.append(...item.childNodes);
    item.append(button);
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", String(on));
      for (const mark of marksOf(chart)) if (mark.getAttribute("class").split(" ")[0] === tone) mark.classList.toggle("away", !on);
    });
  }
}

const valueOf = (row, column) => {
  const text = row.cells[column].textContent.trim();
  const number = Number(text.replaceAll(",", "").replace("%", ""));
  return text === "–" ? null : Number.isNaN(number) ? text : number;
};

function sortable(table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rising = head.getAttribute("aria-sort") === "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((one, two) => {
        const [a, b] = [valueOf(one, column), valueOf(two, column)];
        if (a === null || b === null) return (a === null) - (b === null);
        const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
        return rising ? order : -order;
      });
      body.append(...rows);
    });
  });
}

function filterable(table) {
  if (table.tBodies[0].rows.length < 8) return;
  const label = document.createElement("label");
  label.className = "filter";
  const input = document.createElement("input");
  input.type = "search";
  label.append(table.dataset.filter + " ", input);
  table.closest(".scroll").before(label);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  });
}

document.querySelectorAll("svg.chart").forEach(readable);
document.querySelectorAll("figure .legend").forEach(choosable);
document.querySelectorAll("table[data-filter]").forEach((table) => { sortable(table); filterable(table); });
