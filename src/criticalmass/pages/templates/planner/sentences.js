"use strict";
// The planner's sentences: which of them are said, as criticalmass/words/planning.py chooses.

/** Open sentences by their names: about one of a thing, and about several.
 * @typedef {Record<string, [string, string]>} Forms */

/** A sentence with open places, and what goes there.
 * @typedef {{text: string, values: Record<string, string>}} Said */

/** A whole number with its thousands apart. @param {number} n @returns {string} */
function whole(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number with so many digits after the point; of two that are as near, the even one.
 * @param {number} x @param {number} digits @returns {string} */
function fixed(x, digits) {
  const text = x.toFixed(digits), scaled = x * 10 ** digits;
  const tie = scaled - Math.floor(scaled) === 0.5 && Math.floor(scaled) % 2 === 0;
  return tie ? (Math.floor(scaled) / 10 ** digits).toFixed(digits) : text;
}

/** A number that somebody chose, with all its digits. @param {number} x @returns {string} */
function chosen(x) {
  return String(Number(x.toPrecision(10)));
}

/** A share that somebody chose, in percent. @param {number} share @returns {string} */
function exactPercent(share) {
  return `${chosen(100 * share)}%`;
}

/** A share in percent with two significant digits. @param {number} share @returns {string} */
function percent(share) {
  if (share === 0) return "0%";
  const scaled = 100 * share;
  let digits = Math.max(0, 1 - Math.floor(Math.log10(Math.abs(scaled)) + 1e-9));
  while (scaled < 100 && fixed(scaled, digits) === "100") digits++;
  return `${fixed(scaled, digits)}%`;
}

/** A sentence about so many, still open. @param {Forms} forms @param {string} name
 * @param {Record<string, string>} [values] @param {number} [n] @returns {Said} */
function sentence(forms, name, values = {}, n = 2) {
  const one = new Intl.PluralRules(document.documentElement.lang).select(n) === "one";
  return { text: forms[name][one ? 0 : 1], values: { n: whole(n), ...values } };
}

/** A sentence with its places filled. @param {Said} said @returns {string} */
function filled({ text, values }) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Sentences that stand together as one. @param {Said[]} all @returns {Said} */
function together(all) {
  return { text: all.map(filled).join(" "), values: {} };
}

/** The answer and what it rests on. @param {Forms} forms @param {Source} source
 * @param {Scenario} scenario @returns {Said[]} */
function told(forms, source, scenario) {
  const found = people(source, scenario, scenario.target);
  return [
    answered(forms, found, scenario),
    ...restsOn(forms, source, scenario, found),
    ...beside(forms, scenario),
    ...pays(forms, source, scenario),
    promised(forms, source, scenario),
  ];
}

/** The sentence that answers. @param {Forms} forms @param {ReturnType<typeof people>} found
 * @param {Scenario} scenario @returns {Said} */
function answered(forms, found, scenario) {
  const given = {
    population: whole(scenario.population),
    slip: exactPercent(scenario.slip),
    target: exactPercent(scenario.target),
  };
  const of = (/** @type {"low" | "middle" | "high"} */ end) =>
    found.map((each) => each[end]).filter((n) => n !== null);
  const known = of("middle");
  if (!known.length) return sentence(forms, "never", given);
  const first = Math.min(...known), most = Math.max(...known);
  if (known.length < found.length) {
    return sentence(forms, "at_least", { first: whole(first), ...given });
  }
  if (most === 0) return sentence(forms, "nobody", given);
  if (first < most) {
    return sentence(forms, "two", { first: whole(first), second: whole(most), ...given });
  }
  const low = Math.min(...of("low")), highs = of("high"), high = Math.max(0, ...highs);
  if (highs.length < found.length) {
    return sentence(forms, "about_open", { low: whole(low), ...given }, most);
  }
  if (high === most && (low === 0 || low === most)) return sentence(forms, "exactly", given, most);
  return sentence(forms, "about", { low: whole(low), high: whole(high), ...given }, most);
}

/** What the answer rests on. @param {Forms} forms @param {Source} source @param {Scenario} scenario
 * @param {ReturnType<typeof people>} found @returns {Said[]} */
function restsOn(forms, source, scenario, found) {
  const population = whole(scenario.population);
  if (source.kind === "theorem") {
    const n = joining(scenario, kindsWon(scenario, scenario.target), 1);
    const name = found[0].middle === null ? "theorem_never" : "theorem";
    return [
      sentence(forms, name, { low: whole(carrying(scenario)), population }),
      ...fewer(forms, "fewer_carriers", scenario.carriers, scenario),
      sentence(forms, "theorem_kinds", { people: span(forms, { low: n, middle: n, high: n }) },
        different(scenario)),
      ...fewer(forms, "fewer_kinds", scenario.kinds, scenario),
    ];
  }
  if (source.kind === "kinds") {
    return [sentence(forms, "kinds", {}, different(scenario)),
      ...fewer(forms, "fewer_kinds", scenario.kinds, scenario)];
  }
  const { strategy, study } = source, size = whole(source.size);
  const rests = [sentence(forms, "trials", { strategy, study, size })];
  if (found.length === 2 && found.some((each) => each.middle !== null)) {
    const [heads, share] = found.map((each) => span(forms, each));
    rests.push(sentence(forms, "readings", { size, population, heads, share }));
  }
  if (source.law) rests.push(...byLaw(forms, source, scenario));
  if (source.inactive) {
    rests.push(sentence(forms, "slipped", { slip: exactPercent(source.inactive) }));
  }
  const middle = between(source.targets, source.masses, scenario.target)[1] * source.size;
  const tried = Math.round(source.tried * source.size);
  if (middle < Infinity && Math.ceil(middle - NEARLY) > tried) {
    const name = hasLaw(source, scenario) ? "law_guess" : "guess";
    rests.push(sentence(forms, name, { tried: whole(tried) }));
  }
  return rests;
}

/** What is taken in place of a number that is larger than the population. @param {Forms} forms
 * @param {string} name @param {number} value @param {Scenario} scenario @returns {Said[]} */
function fewer(forms, name, value, scenario) {
  if (value <= scenario.population) return [];
  return [sentence(forms, name, { value: whole(value), people: whole(scenario.population) })];
}

const FAR = 100;

/** What several sizes say of a population that is not the study's. @param {Forms} forms
 * @param {Source} source @param {Scenario} scenario @returns {Said[]} */
function byLaw(forms, source, scenario) {
  const { measured, target, verdict } = source.law, { population } = scenario;
  const [first, last] = [measured[0], measured[measured.length - 1]];
  if (!hasLaw(source, scenario)) {
    if (population >= first) return [];
    return [sentence(forms, "law_below", { first: whole(first), population: whole(population) })];
  }
  const said = [sentence(forms, `law_${verdict}`, { first: whole(first), last: whole(last) })];
  if (population > FAR * last) {
    said.push(sentence(forms, "law_far", { factor: whole(Math.floor(population / last)) }));
  }
  if (Math.abs(scenario.target - target) > NEARLY) {
    said.push(sentence(forms, "law_target", { measured: exactPercent(target) }));
  }
  return said;
}

/** What others who act cost or save. @param {Forms} forms @param {Scenario} scenario
 * @returns {Said[]} */
function beside(forms, { others }) {
  if (others === 0) return [];
  const name = others > 0 ? "against" : "helped";
  return [sentence(forms, name, { others: whole(Math.abs(others)) })];
}

/** From which number on joining pays, if it costs something. @param {Forms} forms
 * @param {Source} source @param {Scenario} scenario @returns {Said[]} */
function pays(forms, source, scenario) {
  const from = threshold(scenario), cost = chosen(scenario.cost);
  if (!from) return [];
  if (from >= 1) {
    const gain = chosen(Number((1 - scenario.free_ride).toFixed(9)));
    return [sentence(forms, "pays_never", { cost, gain })];
  }
  const known = lowest(source);
  const most = people(source, scenario, Math.max(from, known)).reduce((best, each) =>
    (each.middle ?? Infinity) > (best.middle ?? Infinity) ? each : best);
  const said = most.middle === null
    ? sentence(forms, "pays_unknown", { threshold: percent(from) })
    : most.middle <= 1
      ? sentence(forms, "pays_first")
      : from < known - NEARLY
        ? sentence(forms, "pays_below", { threshold: percent(from), people: span(forms, most) })
        : sentence(forms, "pays", { people: span(forms, most), cost });
  if (scenario.target > from) return [said];
  const target = exactPercent(scenario.target);
  return [said, sentence(forms, "pays_later", { threshold: percent(from), target })];
}

/** How many to ask for a promise, and why it takes so many. @param {Forms} forms
 * @param {Source} source @param {Scenario} scenario @returns {Said} */
function promised(forms, source, scenario) {
  const asked = pledge(source, scenario), sure = exactPercent(scenario.sure);
  if (asked.number === 0) return sentence(forms, "pledge_nobody");
  const { kept, broken } = scenario;
  const reason = sentence(forms, kept || broken ? "kept_known" : "kept_unknown", {
    share: percent((3 + kept) / (4 + kept + broken)), first: whole(kept), second: whole(broken) });
  if (asked.number === null) {
    const possible = probability(forms, asked.possible);
    const never = sentence(forms, "pledge_never", { sure, most: whole(asked.most), possible });
    return together([never, reason]);
  }
  const enough = sentence(forms, "pledge", { sure }, asked.number);
  return together([enough, reason,
    ...(source.kind === "trials" ? [sentence(forms, "over_range")] : [])]);
}

/** A probability, never rounded to certainty. @param {Forms} forms @param {number} p
 * @returns {string} */
function probability(forms, p) {
  if (p < 0.01) return forms.hardly[1];
  return p > 0.99 ? forms.nearly[1] : `${fixed(100 * p, 0)}%`;
}

/** A number with its range. @param {Forms} forms @param {{low: number | null,
 * middle: number | null, high: number | null}} found @returns {string} */
function span(forms, { low, middle, high }) {
  if (middle === null) return forms.span_never[1];
  const number = whole(middle), from = whole(low ?? 0);
  if (high === null) return filled(sentence(forms, "span_open", { people: number, low: from }));
  if (high === middle && (low === 0 || low === middle)) return number;
  return filled(sentence(forms, "span", { people: number, low: from, high: whole(high) }));
}
