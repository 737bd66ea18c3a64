"use strict";
// The planner's page: what is moved, what it shows then, and the link that keeps it.

const data = JSON.parse(document.getElementById("planner-data").textContent, (_, value) =>
  value === "Infinity" ? Infinity : value);
const forms = /** @type {Forms} */ (data.sentences);
/** What each number may be, as people write it: shares in percent.
 * @type {Record<string, {low: number, high: number, step: number, whole: boolean, log: boolean,
 * percent: boolean, slide: [number, number, number]}>} */
const fields = data.fields;
const sides = ["a", "b"];
/** What is chosen on each side: the key of a source, and every number as people write it.
 * @type {Record<string, Record<string, any>>} */
const chosenOn = { a: { ...data.usual }, b: { ...data.usual } };
let compared = false;

const find = (/** @type {string} */ id) => document.getElementById(id);

/** @param {Record<string, any>} values @returns {Scenario} */
function scenarioOf(values) {
  return /** @type {any} */ (Object.fromEntries(Object.entries(fields).map(
    ([name, { percent: shown }]) => [name, shown ? values[name] / 100 : values[name]])));
}

/** @param {string} key @returns {Source | undefined} */
function sourceOf(key) {
  return data.sources.find((/** @type {Source} */ source) => source.key === key);
}

/** The smallest that a number may be on a side: the trials of a study know no number for less.
 * @param {string} side @param {string} name @returns {number} */
function leastOf(side, name) {
  const { low } = fields[name];
  if (name !== "target") return low;
  return Math.max(low, Number((100 * lowest(sourceOf(chosenOn[side].source))).toFixed(6)));
}

/** Whether a number may be what a field holds. @param {string} name @param {number} value */
function allowed(name, value) {
  const { low, high, whole: counts } = fields[name];
  return value >= low && value <= high && (!counts || Number.isInteger(value));
}

/** Why trials know no number for less than a target. @param {number} least @returns {string} */
function whyNotLess(least) {
  return filled(sentence(forms, "bad_target", { lowest: written("target", least) }));
}

/** Raises a target to the least that the source of a side knows, and says so.
 * @param {string} side @returns {string} */
function raise(side) {
  const least = leastOf(side, "target"), values = chosenOn[side];
  if (values.target >= least) return "";
  values.target = least;
  const raised = filled(sentence(forms, "raised", { lowest: written("target", least) }));
  return `${whyNotLess(least)} ${raised}`;
}

/** A number as people read it. @param {string} name @param {number} value @returns {string} */
function written(name, value) {
  const { whole: counts, percent: share } = fields[name];
  return (counts ? whole(value) : chosen(value)) + (share ? "%" : "");
}

// sliders: of a field in logarithms they have so many places, of another they are its numbers

/** @param {string} name @param {number} value @returns {number} */
function placeOf(name, value) {
  const { low, high, log, slide } = fields[name];
  return log ? Math.round((slide[1] * Math.log(value / low)) / Math.log(high / low)) : value;
}

/** @param {string} side @param {string} name @param {number} place @returns {number} */
function valueAt(side, name, place) {
  const { low, high, step, log, slide } = fields[name];
  const value = log
    ? Math.round(Number((low * (high / low) ** (place / slide[1])).toPrecision(3)))
    : low + Math.round((place - low) / step) * step;
  return Math.min(Math.max(Number(value.toFixed(6)), leastOf(side, name)), high);
}

// the link

/** A number as people write it: with a percent sign, with thousands apart (4,000), as a power
 * (1e4), with a comma for the point (12,5). NaN where its meaning is not clear, as of 4.000 people.
 * @param {string} text @param {{whole: boolean, percent: boolean}} field @returns {number} */
function numberOf(text, { whole: counts, percent: share }) {
  let bare = text.trim().replace(/^\+/, "").replace(/^−/, "-");
  if (share) bare = bare.replace(/\s*%$/, "");
  if (/^-?[1-9]\d{0,2}([,\s'’_]\d{3})+$/.test(bare)) bare = bare.replace(/[,\s'’_]/g, "");
  else bare = bare.replace(/^(-?\d+),(\d{1,2})$/, "$1.$2").replace(/^(-?0),(\d+)$/, "$1.$2");
  bare = bare.replace(/(e) (\d)/i, "$1$2"); // in a link + is a blank
  if (counts && /^-?[1-9]\d{0,2}\.\d{3}$/.test(bare)) return NaN;
  return /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(bare) ? Number(bare) : NaN;
}

/** Takes what the link says under one key, and says what it does not take as it stands there.
 * @param {string} key @param {string[]} texts what it says, once or more often
 * @returns {string} */
function take(key, texts) {
  const second = key.startsWith("second."), name = second ? key.slice(7) : key;
  const side = second ? "b" : "a", values = chosenOn[side], text = texts[texts.length - 1];
  const say = (/** @type {string} */ form, /** @type {Record<string, string>} */ more = {}) =>
    filled(sentence(forms, form, { value: `“${brief(key, 30)}=${brief(text, 40)}”`, ...more }));
  const twice = (/** @type {string} */ answer) =>
    say("link_twice", { value: `“${key}”`, answer });
  if (second) compared = true;
  if (name === "source") {
    const known = sourceOf(text) !== undefined;
    if (known) values.source = text;
    const answer = `“${sourceOf(values.source).name}”`;
    if (!known) return say("link_value", { answer });
    return texts.every((each) => each === text) ? "" : twice(answer);
  }
  if (!Object.hasOwn(fields, name)) return say("link_name");
  const field = fields[name], number = numberOf(text, field), least = leastOf(side, name);
  if (Number.isNaN(number) || (field.whole && Number.isFinite(number) && number % 1)) {
    return say("link_value", { answer: written(name, values[name]) });
  }
  values[name] = Math.min(Math.max(number, least), field.high);
  if (values[name] !== number) {
    const said = say("link_range", { field: find(`${side}-${name}-label`).textContent,
      lowest: written(name, least), highest: written(name, field.high),
      answer: written(name, values[name]) });
    return number < least && least > field.low ? `${said} ${whyNotLess(least)}` : said;
  }
  return texts.every((each) => numberOf(each, field) === number) ? ""
    : twice(written(name, number));
}

/** Reads the state from the link, and says what in it is not taken as it stands there.
 * @returns {string} */
function readLink() {
  Object.assign(chosenOn, { a: { ...data.usual }, b: { ...data.usual } });
  compared = false;
  const given = new URLSearchParams(location.hash.slice(1));
  const sourcesFirst = [...new Set(given.keys())].sort(
    (one, other) => Number(other.endsWith("source")) - Number(one.endsWith("source")));
  const problems = sourcesFirst.map((key) => take(key, given.getAll(key))).filter(Boolean);
  const most = 3, left = problems.length - most;
  if (left > 0) problems.splice(most, left, forms.link_more[1]);
  return [...problems, ...(compared ? sides : ["a"]).map(raise)].filter(Boolean).join(" ");
}

/** Writes the state into the link. */
function writeLink() {
  const link = new URLSearchParams();
  for (const side of compared ? sides : ["a"]) {
    for (const [name, value] of Object.entries(chosenOn[side])) {
      if (value !== data.usual[name] || (side === "b" && name === "source")) {
        link.set(side === "b" ? `second.${name}` : name, String(value));
      }
    }
  }
  history.replaceState(null, "", String(link) ? `#${link}` : location.pathname + location.search);
  find("link").textContent = location.href;
}

// what is shown

/** Puts a sentence into an element, with the numbers that can be typed in their places.
 * @param {string} side @param {Said} said */
function show(side, { text, values }) {
  const place = find(`${side}-sentence`);
  if (place.dataset.text !== text) {
    const typed = document.activeElement;
    place.dataset.text = text;
    place.replaceChildren(...text.split(/(\{\w+\})/).map((part) => {
      const name = part.slice(1, -1);
      if (!part.startsWith("{")) return part;
      const input = inputs[side][name];
      if (!input) return Object.assign(document.createElement("b"), { className: name });
      const number = document.createElement("span");
      number.className = "number";
      number.append(input, fields[name].percent ? "%" : "");
      return number;
    }));
    if (place.contains(typed)) /** @type {HTMLElement} */ (typed).focus();
  }
  for (const found of place.querySelectorAll("b")) found.textContent = values[found.className];
}

/** Shows everything anew, but no number that is being typed. */
function update() {
  const shown = compared ? sides : ["a"], scenes = [], answers = [];
  for (const side of sides) {
    find(`${side}-scenario`).hidden = !shown.includes(side);
    find(`${side}-controls`).hidden = !shown.includes(side);
  }
  for (const side of shown) {
    const values = chosenOn[side], scenario = scenarioOf(values), source = sourceOf(values.source);
    const [answer, ...follow] = told(forms, source, scenario);
    show(side, answer);
    answers.push(filled(answer));
    find(`${side}-follow`).replaceChildren(...follow.map((said) =>
      Object.assign(document.createElement("li"), { textContent: filled(said) })));
    const first = side === "a", { name } = source;
    scenes.push({ source, scenario, colour: first ? "var(--series-1)" : "var(--series-2)",
      label: first ? name : filled(sentence(forms, "second", { name })) });
    setControls(side, source);
  }
  document.body.classList.toggle("compared", compared);
  const [first, second] = answers;
  const text = second ? filled(sentence(forms, "compared", { first, second })) : first;
  find("told").textContent = text;
  const svg = /** @type {any} */ (find("picture").querySelector("svg"));
  const caption = draw(svg, forms, scenes, narrow.matches && !printing);
  find("picture").querySelector("figcaption").textContent = caption;
  svg.setAttribute("aria-label", filled(sentence(forms, "picture", { answer: text })));
  const compare = find("compare");
  compare.textContent = compared ? compare.dataset.off : compare.dataset.on;
  compare.setAttribute("aria-expanded", String(compared));
  writeLink();
  speak(text);
}

let speaking = 0;
/** Lets a screen reader say the answer once nothing moves any more. @param {string} text */
function speak(text) {
  clearTimeout(speaking);
  speaking = setTimeout(() => { find("spoken").textContent = text; }, 700);
}

/** Sets sliders and numbers to the state, and hides what a source has no use for.
 * @param {string} side @param {Source} source */
function setControls(side, source) {
  /** @type {HTMLSelectElement} */ (find(`${side}-source`)).value = source.key;
  for (const name of Object.keys(fields)) {
    const value = chosenOn[side][name];
    const slider = sliders[side][name], input = inputs[side][name];
    const { log, slide } = fields[name], least = leastOf(side, name);
    slider.min = String(log ? slide[0] : Math.max(slide[0], least));
    input.min = String(least);
    if (slider !== document.activeElement) slider.value = String(placeOf(name, value));
    slider.setAttribute("aria-valuetext", written(name, value));
    if (input !== document.activeElement) setNumber(side, name);
    mark(input, isTooMany(side, name));
    const control = /** @type {HTMLElement} */ (slider.closest(".control"));
    const uses = (control.dataset.only || "").split(" ");
    control.hidden = uses[0] !== "" && !uses.includes(source.kind);
    const output = control.querySelector("output");
    if (output) output.textContent = slider.getAttribute("aria-valuetext");
  }
}

/** Whether a number counts more of the people than there are. @param {string} side
 * @param {string} name @returns {boolean} */
function isTooMany(side, name) {
  return ["carriers", "kinds"].includes(name) && chosenOn[side][name] > chosenOn[side].population;
}

/** @param {string} side @param {string} name */
function setNumber(side, name) {
  const input = inputs[side][name], value = chosenOn[side][name];
  input.value = String(value);
  input.parentElement.dataset.text = fields[name].whole ? whole(value) : chosen(value);
  fit(input);
}

/** Marks a number that is not taken as it stands there. @param {HTMLInputElement} input
 * @param {boolean} wrong */
function mark(input, wrong) {
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Makes a number as wide as it is long. @param {HTMLInputElement} input */
function fit(input) {
  input.style.width = `${Math.max(input.value.length, 1) + 0.4}ch`;
}

/** Says what is wrong, or nothing. @param {string} problem */
function complain(problem) {
  find("problem").textContent = problem;
}

// what somebody does

/** Takes a number over, or says why not. @param {string} side @param {string} name
 * @param {number} value @param {HTMLInputElement} [input] where it was typed */
function move(side, name, value, input) {
  const { low, high } = fields[name], least = leastOf(side, name);
  if (!allowed(name, value) || value < least) {
    const said = filled(sentence(forms, "bad_number", {
      field: find(`${side}-${name}-label`).textContent, lowest: written(name, least),
      highest: written(name, high) }));
    complain(least > low && value < least ? `${said} ${whyNotLess(least)}` : said);
    if (input) mark(input, true);
    return;
  }
  complain("");
  chosenOn[side][name] = value;
  update();
}

/** Lets a number be dragged to the left and to the right. @param {string} side @param {string} name
 * @param {HTMLInputElement} input */
function draggable(side, name, input) {
  let from = 0, place = 0, dragged = false, held = false;
  input.addEventListener("pointerdown", (event) => {
    [from, place] = [event.clientX, placeOf(name, chosenOn[side][name])];
    [dragged, held] = [false, true];
  });
  input.addEventListener("pointermove", (event) => {
    if (!held || (!dragged && Math.abs(event.clientX - from) < 6)) return;
    if (!dragged) input.setPointerCapture(event.pointerId);
    dragged = true;
    input.blur();
    const { log, step } = fields[name], pixels = event.clientX - from;
    move(side, name, valueAt(side, name, place + (log ? pixels : Math.round(pixels / 4) * step)));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    input.addEventListener(end, () => { held = false; });
  }
}

/** @type {Record<string, Record<string, HTMLInputElement>>} */
const inputs = { a: {}, b: {} };
/** @type {Record<string, Record<string, HTMLInputElement>>} */
const sliders = { a: {}, b: {} };
for (const side of sides) {
  for (const name of Object.keys(fields)) {
    const input = inputs[side][name] = /** @type {any} */ (find(`${side}-${name}`));
    const slider = sliders[side][name] = /** @type {any} */ (find(`${side}-${name}-slider`));
    input.addEventListener("input", () => {
      fit(input);
      move(side, name, input.valueAsNumber, input);
    });
    input.addEventListener("change", () => {
      setNumber(side, name);
      mark(input, isTooMany(side, name));
    });
    slider.addEventListener("input", () =>
      move(side, name, valueAt(side, name, Number(slider.value))));
    draggable(side, name, input);
  }
  find(`${side}-source`).addEventListener("change", (event) => {
    chosenOn[side].source = /** @type {HTMLSelectElement} */ (event.target).value;
    complain(raise(side));
    update();
  });
}
find("compare").addEventListener("click", () => {
  compared = !compared;
  if (compared) {
    const keys = data.sources.map((/** @type {Source} */ source) => source.key);
    const next = keys[(keys.indexOf(chosenOn.a.source) + 1) % keys.length];
    chosenOn.b = { ...chosenOn.a, source: next };
    complain(raise("b"));
  }
  update();
});

const narrow = matchMedia("(max-width: 560px)");
let printing = false;
narrow.addEventListener("change", update);
addEventListener("beforeprint", () => { printing = true; update(); });
addEventListener("afterprint", () => { printing = false; update(); });
addEventListener("hashchange", () => { complain(readLink()); update(); });

document.body.classList.add("moving");
find("from-file").hidden = location.protocol !== "file:";
for (const hidden of document.querySelectorAll(".needs-script")) {
  /** @type {HTMLElement} */ (hidden).hidden = false;
}
complain(readLink());
update();
