"use strict";
// The planner's picture: success against the number of people who join, for one or two scenarios.

/** @typedef {{source: Source, scenario: Scenario, label: string, colour: string}} Scene */

/** An element of a picture. @param {string} name
 * @param {Record<string, string | number>} attributes @param {string} [text]
 * @returns {SVGElement} */
function element(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The curve of a scenario by one reading, as points [people who join, low, mean, high].
 * @param {Scene} scene @param {number} size @param {number} from @param {number} to
 * @returns {[number, number, number, number][]} */
function curveOf({ source, scenario }, size, from, to) {
  const join = (/** @type {number} */ n) => (n + scenario.others) / (1 - scenario.slip);
  if (source.kind === "trials") {
    return source.shares.map((share, i) => {
      const [low, mean, high] = source.curve[i];
      return [join(share * size), low, mean, high];
    });
  }
  return Array.from({ length: 161 }, (_, i) => {
    const n = from * (to / from) ** (i / 160);
    const success = successOf(source, scenario, n * (1 - scenario.slip) - scenario.others);
    return [n, success, success, success];
  });
}

/** The numbers of people that the picture shows: its left and its right edge.
 * @param {Scene[]} scenes @returns {[number, number]} */
function edges(scenes) {
  const known = scenes.flatMap(({ source, scenario }) =>
    people(source, scenario, scenario.target).map((each) => each.middle)).filter((n) => n);
  const most = Math.max(...scenes.map(({ scenario }) => scenario.population));
  if (!known.length) return [1, Math.max(most, 10)];
  const low = Math.max(Math.min(...known) / 30, 0.5);
  return [low, Math.max(Math.min(Math.max(...known) * 30, most), 10 * low)];
}

/** Round numbers between two: 1, 2 and 5 times powers of ten, or fewer where their names touch.
 * @param {number} low @param {number} high @param {(n: number) => number} x where one is drawn
 * @returns {number[]} */
function ticks(low, high, x) {
  const apart = (/** @type {number} */ n, /** @type {number} */ i, /** @type {number[]} */ all) =>
    i === 0 || x(n) - x(all[i - 1]) > 4.5 * (whole(n).length + whole(all[i - 1]).length) + 8;
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const found = [];
    for (let power = 0; power < 10; power++) {
      for (const step of steps) {
        const n = step * 10 ** power;
        if (n >= low && n <= high) found.push(n);
      }
    }
    if (found.every(apart)) return found;
    if (steps.length === 1) return found.filter((_, i) => i % 2 === 0);
  }
  return [];
}

/** A text that is not too long. @param {string} text @param {number} most @returns {string} */
function brief(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** A text in lines that are not too long, as far as its words allow. @param {string} text
 * @param {number} most @returns {string[]} */
function lines(text, most) {
  const found = [""];
  for (const word of text.split(" ")) {
    const last = found[found.length - 1];
    if (last && last.length + word.length >= most) found.push(word);
    else found[found.length - 1] = last ? `${last} ${word}` : word;
  }
  return found.map((line) => brief(line, most));
}

/** Draws the scenarios into a picture, and says what is drawn. @param {SVGElement} svg
 * @param {Forms} forms @param {Scene[]} scenes @param {boolean} narrow @returns {string} */
function draw(svg, forms, scenes, narrow) {
  const shown = new Set(["shows"]);
  const readings = scenes.flatMap((scene) => sizesOf(scene.source, scene.scenario).map(
    ([reading, size]) => ({ scene, reading, size,
      name: lines(filled(sentence(forms, reading, { name: scene.label })), narrow ? 42 : 90) })));
  const rows = readings.map(({ name }) => 5 + 17 * name.length);
  const width = narrow ? 360 : 720, left = 48, right = width - 14, top = 34;
  const bottom = narrow ? 290 : 320, height = bottom + 52 + rows.reduce((sum, row) => sum + row, 0);
  const [from, to] = edges(scenes);
  const x = (/** @type {number} */ n) =>
    left + ((right - left) * Math.log(n / from)) / Math.log(to / from);
  const inside = (/** @type {number} */ n) => x(Math.min(Math.max(n, from), to));
  const y = (/** @type {number} */ success) => bottom - (bottom - top) * success;
  const quiet = { fill: "var(--muted)", "font-size": 13 };
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("font-family", "var(--font)");
  svg.replaceChildren();
  const clip = element("clipPath", { id: "plot" });
  const inner = { x: left, y: top - 4, width: right - left, height: bottom - top + 8 };
  clip.append(element("rect", inner));
  svg.append(clip);

  // axes
  for (const success of [0, 0.25, 0.5, 0.75, 1]) {
    const line = { x1: left, x2: right, y1: y(success), y2: y(success), stroke: "var(--rule)" };
    svg.append(element("line", line));
    svg.append(element("text", { x: left - 7, y: y(success) + 4, "text-anchor": "end", ...quiet },
      `${100 * success}%`));
  }
  for (const n of ticks(from, to, x)) {
    svg.append(element("line",
      { x1: x(n), x2: x(n), y1: bottom, y2: bottom + 5, stroke: "var(--muted)" }));
    const half = 3.9 * whole(n).length, place = { y: bottom + 20, "text-anchor": "middle",
      x: Math.min(x(n), right + 10 - half) };
    svg.append(element("text", { ...place, ...quiet }, whole(n)));
  }
  svg.append(element("text", { x: left - 40, y: 16, ...quiet }, forms.up[1]));
  svg.append(element("text",
    { x: (left + right) / 2, y: bottom + 40, "text-anchor": "middle", ...quiet }, forms.across[1]));

  // curves, and where they reach what is wanted
  const targets = [...new Set(scenes.map(({ scenario }) => scenario.target))];
  for (const target of targets) {
    svg.append(element("line", { x1: left, x2: right, y1: y(target), y2: y(target),
      stroke: "var(--muted)", "stroke-dasharray": "5 4" }));
    const text = filled(sentence(forms, "wanted", { target: exactPercent(target) }));
    svg.append(element("text", { x: left + 5, y: y(target) - 6, ...quiet }, text));
  }
  let legend = bottom + 64;
  readings.forEach(({ scene, reading, size, name }, row) => {
    if (reading === "share") shown.add("shows_dashed");
    const dashed = reading === "share" ? { "stroke-dasharray": "8 5" } : {};
    const stroke = { stroke: scene.colour, "stroke-width": 2.5, fill: "none", ...dashed };
    const plot = element("g", { "clip-path": "url(#plot)" });
    const points = curveOf(scene, size, from, to).filter(([n]) => n > 0);
    const place = (/** @type {number} */ n, /** @type {number} */ success) =>
      `${x(n).toFixed(1)},${y(success).toFixed(1)}`;
    if (scene.source.kind === "trials") {
      shown.add("shows_band");
      const edge = [...points.map(([n, low]) => place(n, low)),
        ...points.map(([n, , , high]) => place(n, high)).reverse()];
      plot.append(element("polygon",
        { points: edge.join(" "), fill: scene.colour, "fill-opacity": 0.15 }));
    }
    plot.append(element("polyline",
      { points: points.map(([n, , mean]) => place(n, mean)).join(" "), ...stroke }));
    svg.append(plot);
    const sample = { x1: left, x2: left + 30, y1: legend - 4, y2: legend - 4 };
    svg.append(element("line", { ...sample, ...stroke }));
    name.forEach((line, i) => svg.append(element("text",
      { x: left + 38, y: legend + 17 * i, fill: "var(--ink)", "font-size": 13 }, line)));
    legend += rows[row];
    for (const mark of marked(svg, scene, reading, { x, inside, y, bottom, row })) shown.add(mark);
  });
  return ["shows", "shows_band", "shows_dot", "shows_bar", "shows_dashed"]
    .filter((name) => shown.has(name)).map((name) => forms[name][1]).join(" ");
}

/** Marks the number of people that is enough, and its range; returns what it drew.
 * @param {SVGElement} svg @param {Scene} scene @param {string} reading
 * @param {{x: (n: number) => number, inside: (n: number) => number, y: (s: number) => number,
 * bottom: number, row: number}} plot
 * @returns {string[]} */
function marked(svg, { source, scenario, colour }, reading, { x, inside, y, bottom, row }) {
  const found = people(source, scenario, scenario.target).find((each) => each.reading === reading);
  if (!found || !found.middle) return [];
  const { low, middle, high } = found, at = y(scenario.target);
  svg.append(element("line", { x1: x(middle), x2: x(middle), y1: at, y2: bottom, stroke: colour,
    "stroke-width": 1.5 }));
  svg.append(element("circle", { cx: x(middle), cy: at, r: 5, fill: colour }));
  if (low !== 0 && high !== middle) {
    svg.append(element("line", { x1: inside(low ?? 0), x2: inside(high ?? Infinity),
      y1: bottom - 4 - 6 * row, y2: bottom - 4 - 6 * row, stroke: colour, "stroke-width": 5 }));
  }
  svg.append(element("text", { x: x(middle) + 8, y: at + 20 + 18 * row, fill: colour,
    "font-size": 15, "font-weight": 700, "paint-order": "stroke", stroke: "var(--page)",
    "stroke-width": 4 }, whole(middle)));
  return low !== 0 && high !== middle ? ["shows_dot", "shows_bar"] : ["shows_dot"];
}
