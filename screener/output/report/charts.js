// The charts of a report, drawn by Observable Plot when they come near the window and again when their width changes.
// The data is the JSON block "data":
//   axes: [across, up] or null; points: [ticker, name, across, up, rank or 0, id of its page or ""]
//   sectors: [name, on the list, in the universe]; funnel: [condition, still in, failed, out as unknown]
//   spreads: {name, style, low, high, values, listed: [ticker, value]}, one a factor; lines: {item: [label, style]}
//   pages: {id: {ends: [day], item: [value or null], ladder: [label, amount], now: [cash]}}
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const color = (name) => `var(--${name})`;
  const NARROW = 520;

  // Numbers as the tables show them.
  const fixed = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  function short(value) {
    const size = Math.abs(value);
    if (size < 999.5) return Number.isInteger(value) || size >= 100 ? fixed(value, 0) : fixed(value, 2);
    for (const [scale, suffix] of [[1e3, "k"], [1e6, "M"], [1e9, "B"], [1e12, "T"]]) {
      if (size / scale < 999.95 || suffix === "T") return `${fixed(value / scale, 1)}${suffix}`;
    }
    return String(value);
  }
  const STYLES = {
    percent: (value) => `${fixed(value * 100, 1)}%`,
    multiple: (value) => `${fixed(value, 1)}×`,
    money: short,
    integer: (value) => fixed(value, 0),
    decimal1: (value) => fixed(value, 1),
    decimal: (value) => (Math.abs(value) >= 1e5 ? short(value) : fixed(value, 2)),
  };
  const format = (style) => STYLES[style] ?? STYLES.decimal;
  const tick = (said) => (value) => said(value).replace(/\.0(?=\D|$)/, "");

  function plot(figure, options) {
    const svg = Plot.plot({ ...options, ariaLabel: figure.querySelector("strong").textContent, ariaDescription: figure.dataset.says });
    // Links inside stay reachable in a group; an image would hide them.
    svg.setAttribute("role", figure.dataset.chart === "scatter" ? "group" : "img");
    // Plot labels its groups, which may not be labelled without a role; what is no link says nothing beside the words.
    for (const part of svg.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
    for (const part of svg.children) if (!part.querySelector("a")) part.setAttribute("aria-hidden", "true");
    return svg;
  }

  // Text above each bar instead of beside it: conditions and sectors may be long, and a phone is narrow.
  const above = (rows, label, width) =>
    Plot.text(rows, {
      y: (_, k) => k, x: 0, dy: -12, text: label, textAnchor: "start", lineAnchor: "bottom",
      lineWidth: (width - 10) / 14, textOverflow: "ellipsis", fill: "currentColor", fontSize: 12,
    });

  function funnel(figure, width) {
    const rows = data.funnel.map(([text, still, failed, unknown]) => ({ text, still, failed, unknown }));
    const parts = rows.flatMap((row, k) => [
      { k, x1: 0, x2: row.still, fill: color("in") },
      { k, x1: row.still, x2: row.still + row.unknown, fill: color("unsure") },
      { k, x1: row.still + row.unknown, x2: row.still + row.unknown + row.failed, fill: color("rest") },
    ]);
    const said = (row) => [
      row.still.toLocaleString("en"),
      row.failed ? `−${row.failed.toLocaleString("en")} failed` : "",
      row.unknown ? `−${row.unknown.toLocaleString("en")} unknown` : "",
    ].filter(Boolean).join("  ");
    return plot(figure, {
      width, height: 24 + rows.length * 44, marginLeft: 2, marginRight: 2, marginTop: 14, marginBottom: 2,
      x: { axis: null, domain: [0, rows[0].still] },
      y: { axis: null, type: "band", domain: rows.keys(), paddingInner: 0.62, paddingOuter: 0.3 },
      marks: [
        Plot.barX(parts.filter((part) => part.x2 > part.x1), { y: "k", x1: "x1", x2: "x2", fill: "fill", insetRight: 0.5 }),
        // A number is never what is cut off.
        above(rows, (row) => (width < NARROW ? `${fixed(row.still, 0)}   ${row.text}` : `${row.text}   ${said(row)}`), width),
      ],
    });
  }

  // The ten best are named where there is room: to the right, the left, above or below of their dots.
  function labels(listed, x, y, width) {
    const taken = listed.map((one) => [x(one[2]) - 4, y(one[3]) - 4, x(one[2]) + 4, y(one[3]) + 4]);
    const found = [];
    for (const one of listed.slice(0, 10)) {
      const size = 8.4 * one[0].length;
      const sides = [[7, 0, "start", 0], [-7, 0, "end", -size], [0, -11, "middle", -size / 2], [0, 11, "middle", -size / 2]];
      for (const [dx, dy, textAnchor, left] of sides) {
        const at = x(one[2]) + dx + left;
        const box = [at, y(one[3]) + dy - 6, at + size, y(one[3]) + dy + 6];
        const clash = taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
        if (clash || box[0] < left || box[2] > width || box[1] < 0) continue;
        taken.push(box);
        found.push(Plot.text([one], { x: "2", y: "3", text: "0", dx, dy, textAnchor, fontWeight: 600, fontSize: 11, fill: "currentColor", stroke: color("surface"), strokeWidth: 3 }));
        break;
      }
    }
    return found;
  }

  function scatter(figure, width) {
    const [across, up] = data.axes;
    const listed = data.points.filter((one) => one[4]).sort((one, other) => one[4] - other[4]);
    const rest = data.points.filter((one) => !one[4]);
    const height = Math.max(280, Math.min(560, width * 0.62));
    const [left, right, top, bottom] = [36, 12, 26, 36];
    const x = (value) => left + (value / 100) * (width - left - right);
    const y = (value) => height - bottom - (value / 100) * (height - top - bottom);
    const title = (one) => `${one[0]} ${one[1]}\n${up} ${fixed(one[3], 1)}, ${across} ${fixed(one[2], 1)}${one[4] ? `\nrank ${one[4]}` : ""}`;
    return plot(figure, {
      width, height, marginLeft: left, marginRight: right, marginTop: top, marginBottom: bottom,
      x: { domain: [0, 100], label: `${across} →`, ticks: 5, grid: true },
      y: { domain: [0, 100], label: `↑ ${up}`, ticks: 5, grid: true },
      marks: [
        Plot.dot(rest, { x: "2", y: "3", r: 2, fill: color("rest"), fillOpacity: 0.75 }),
        Plot.dot(listed, {
          x: "2", y: "3", r: 4.5, fill: color("in"), stroke: color("surface"), strokeWidth: 1,
          href: (one) => (one[5] ? `#${one[5]}` : null), ariaLabel: (one) => title(one).replaceAll("\n", ", "),
        }),
        ...labels(listed, x, y, width),
        Plot.tip(data.points, Plot.pointer({ x: "2", y: "3", title, pointerEvents: "none" })),
      ],
    });
  }

  function sectors(figure, width) {
    const mine = d3.sum(data.sectors, (row) => row[1]) || 1;
    const all = d3.sum(data.sectors, (row) => row[2]) || 1;
    const rows = data.sectors.map(([name, some, every]) => ({ name, list: some / mine, universe: every / all, some }));
    const most = d3.max(rows, (row) => Math.max(row.list, row.universe)) || 1;
    const percent = STYLES.percent;
    return plot(figure, {
      width, height: 24 + rows.length * 40, marginLeft: 2, marginRight: 8, marginTop: 14, marginBottom: 2,
      x: { axis: null, domain: [0, most] },
      y: { axis: null, type: "band", domain: rows.keys(), paddingInner: 0.65, paddingOuter: 0.3 },
      marks: [
        Plot.barX(rows, { y: (_, k) => k, x: "list", fill: color("in") }),
        Plot.tickX(rows, { y: (_, k) => k, x: "universe", stroke: "currentColor", strokeWidth: 3, insetBottom: -4 }),
        Plot.ruleX([0], { stroke: color("rest") }),
        above(rows, (row) => `${row.name}   ${percent(row.list)}${width < NARROW ? " / " : " of the list, "}${percent(row.universe)}${width < NARROW ? "" : " of the universe"}`, width),
      ],
    });
  }

  function spread(figure, width) {
    const { name, style, low, high, values, listed } = data.spreads[Number(figure.dataset.factor)];
    const inside = values.filter((value) => value >= low && value <= high);
    const said = format(style);
    const clamp = (value) => Math.min(high, Math.max(low, value));
    const single = low === high;
    const bins = d3.bin().domain([low, high]).thresholds(d3.ticks(low, high, Math.max(8, Math.min(28, width / 14))))(inside);
    const most = d3.max(bins, (bin) => bin.length) || 1;
    return plot(figure, {
      width, height: 150, marginLeft: 6, marginRight: 14, marginTop: 8, marginBottom: 24,
      x: { domain: single ? [low - 1, high + 1] : [low, high], label: null, ticks: Math.max(2, Math.floor(width / 90)), tickFormat: tick(said) },
      y: { axis: null, domain: [-0.28 * most, most] },
      marks: [
        Plot.rectY(bins, { x1: "x0", x2: (bin) => (single ? bin.x1 + 0.2 : bin.x1), y: "length", fill: color("rest"), insetLeft: 0.5, insetRight: 0.5 }),
        Plot.ruleY([0], { stroke: color("rest") }),
        Plot.tickX(listed, { x: (one) => clamp(one[1]), stroke: color("in"), strokeWidth: 1.5, insetTop: 108, strokeOpacity: 0.8 }),
        Plot.tip(listed, Plot.pointerX({ x: (one) => clamp(one[1]), y: 0, title: (one) => `${one[0]} ${name}: ${said(one[1])}` })),
      ],
    });
  }

  const day = (text) => new Date(`${text}T00:00:00Z`);

  function lines(figure, width) {
    const page = data.pages[figure.dataset.page];
    const wanted = figure.dataset.series.split(" ").map((one) => one.split(":"));
    const points = wanted.flatMap(([item, number]) =>
      page[item].map((value, k) => ({ end: day(page.ends[k]), value, item, label: data.lines[item][0], stroke: color(`s${number}`) })));
    const said = format(data.lines[wanted[0][0]][1]);
    const known = points.filter((one) => one.value !== null);
    const dash = { 1: null, 2: "6,3", 3: "2,3" };
    return plot(figure, {
      width, height: 170, marginLeft: 50, marginRight: 10, marginTop: 10, marginBottom: 24,
      x: { type: "utc", label: null, ticks: width < 300 ? 3 : 5, domain: d3.extent(page.ends, day) },
      y: { label: null, ticks: 4, tickFormat: tick(said), grid: true, zero: true, nice: true },
      marks: [
        Plot.ruleY([0], { stroke: color("rest") }),
        ...wanted.map(([item, number]) => Plot.lineY(points.filter((one) => one.item === item), {
          x: "end", y: (one) => one.value ?? NaN, stroke: color(`s${number}`), strokeWidth: 2, strokeDasharray: dash[number],
        })),
        Plot.dot(known, { x: "end", y: "value", r: 1.8, fill: "stroke" }),
        Plot.tip(known, Plot.pointer({ x: "end", y: "value", title: (one) => `${one.label}\n${one.end.toISOString().slice(0, 10)}: ${said(one.value)}` })),
      ],
    });
  }

  function ladder(figure, width) {
    const page = data.pages[figure.dataset.page];
    const steps = page.ladder.map(([label, amount]) => ({ label, amount, fill: color("s1") }));
    const cash = page.now[0];
    if (cash !== null) steps.push({ label: "cash", amount: cash, fill: color("s2") });
    return plot(figure, {
      width, height: 170, marginLeft: 50, marginRight: 10, marginTop: 18, marginBottom: 24,
      x: { type: "band", domain: steps.map((step) => step.label), label: null, padding: 0.3, tickSize: 0,
        tickFormat: (label) => (width < NARROW ? label.replace(" months", "m").replace("after ", ">") : label) },
      y: { label: null, ticks: 4, tickFormat: tick(short), grid: true },
      marks: [
        Plot.barY(steps, { x: "label", y: "amount", fill: "fill" }),
        Plot.text(steps, { x: "label", y: "amount", text: (step) => short(step.amount), dy: -7, fill: "currentColor" }),
        Plot.ruleY([0], { stroke: color("rest") }),
      ],
    });
  }

  const DRAWINGS = { funnel, scatter, sectors, spread, lines, ladder };
  const drawn = new Map();

  // Widths are all read before anything is drawn: in turns, every chart would have the whole page laid out again.
  function draw(wanted) {
    const sized = wanted.map((figure) => [figure, Math.floor(figure.clientWidth)]);
    for (const [figure, width] of sized) {
      if (!width || drawn.get(figure) === width) continue;
      drawn.set(figure, width);
      figure.querySelector(".plot").replaceChildren(DRAWINGS[figure.dataset.chart](figure, width));
    }
  }

  const figures = [...document.querySelectorAll("figure[data-chart]")];
  const resized = new ResizeObserver((entries) => {
    requestAnimationFrame(() => draw(entries.map((entry) => entry.target).filter((figure) => drawn.has(figure))));
  });
  const seen = new IntersectionObserver((entries) => {
    const near = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    for (const figure of near) seen.unobserve(figure);
    draw(near);
  }, { rootMargin: "600px" });
  for (const figure of figures) {
    seen.observe(figure);
    resized.observe(figure);
  }
  // Paper has all of them.
  addEventListener("beforeprint", () => draw(figures));
})();
