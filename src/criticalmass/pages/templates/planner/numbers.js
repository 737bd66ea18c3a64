"use strict";
// The planner's numbers: functions that only compute, as criticalmass/answers/planning.py and
// study_trials.py have them.

/**
 * What somebody supposes; shares lie between 0 and 1.
 * @typedef {Object} Scenario
 * @property {number} population @property {number} slip @property {number} target
 * @property {number} others @property {number} cost @property {number} free_ride
 * @property {number} kept @property {number} broken @property {number} sure
 * @property {number} carriers @property {number} gap @property {number} kinds
 */

/**
 * Where the number comes from. What follows `recruitable` belongs to trials only.
 * @typedef {Object} Source
 * @property {"theorem" | "kinds" | "trials"} kind
 * @property {string} key @property {string} name @property {number} recruitable
 * @property {string} [strategy] @property {string} [study]
 * @property {number} [size] people of the study @property {number} [tried] the largest share tried
 * @property {number} [inactive] the share of the study's members who do nothing
 * @property {number[]} [targets] ascending
 * @property {number[][]} [masses] low, middle and high for each target, as shares
 * @property {number[]} [drawn_at] those whose draws are kept
 * @property {number[][]} [draws] what each of these may be
 * @property {number[]} [shares] ascending @property {number[][]} [curve] low, mean, high there
 * @property {Law} [law] how the number grows with the population
 */

/**
 * What several sizes say: how many must act in populations of any size for one success.
 * @typedef {Object} Law
 * @property {number} target the success @property {string} verdict
 * @property {number[]} measured the sizes that were tried, ascending
 * @property {number[]} sizes populations, ascending
 * @property {number[][]} people low, middle and high there
 * @property {number[]} scores of draws: −1 for low, 0 for the middle, 1 for high
 */

/**
 * A number by one reading: of the same population, by a law, as many heads as there, or the same
 * share.
 * @typedef {"same" | "law" | "heads" | "share"} Kind
 * @typedef {{reading: Kind, low: number, middle: number, high: number}} Reading
 */

const NEARLY = 1e-9;
const LARGE = 100000;

/** How many must act for a success, by each reading. @param {Source} source
 * @param {Scenario} scenario @param {number} target @returns {Reading[]} */
function acting(source, scenario, target) {
  if (source.kind === "theorem") {
    const n = guaranteed(scenario, target);
    return [{ reading: "same", low: -Infinity, middle: n, high: n }];
  }
  if (source.kind === "kinds") {
    const n = kindsWon(scenario, target);
    return [{ reading: "same", low: n, middle: n, high: n }];
  }
  const found = between(source.targets, source.masses, target);
  if (hasLaw(source, scenario)) {
    const factor = found[1] / measuredOf(source);
    const [low, middle, high] = grown(source.law, scenario.population).map((n) => factor * n);
    return [{ reading: "law", low: found[0] ? low : 0, middle,
      high: found[2] < Infinity ? high : Infinity }];
  }
  return sizesOf(source, scenario).map(([reading, size]) => {
    const [low, middle, high] = found.map((share) => share * size);
    return { reading, low, middle, high };
  });
}

/** The smallest success of which a source says how many people it takes; 0 if of every one.
 * @param {Source} source @returns {number} */
function lowest({ targets }) {
  return targets === undefined ? 0 : targets[0];
}

/** The size that a study's shares are of, by each reading. @param {Source} source
 * @param {Scenario} scenario @returns {[Kind, number][]} */
function sizesOf(source, scenario) {
  if (source.kind !== "trials" || source.size === scenario.population) {
    return [["same", scenario.population]];
  }
  if (hasLaw(source, scenario)) { // of so many people the share is what the law says
    return [["law", grown(source.law, scenario.population)[1] / measuredOf(source)]];
  }
  return [["heads", source.size], ["share", scenario.population]];
}

/** Whether a law speaks of the population: not of the study's own, nor of fewer than were tried.
 * @param {Source} source @param {Scenario} scenario @returns {boolean} */
function hasLaw({ law, size }, { population }) {
  return law !== undefined && population !== size && law.sizes[0] <= population
    && population <= law.sizes[law.sizes.length - 1];
}

/** The critical mass for the success that a law is about, as a share. @param {Source} source
 * @returns {number} */
function measuredOf(source) {
  return between(source.targets, source.masses, source.law.target)[1];
}

/** How many must act by a law, low, middle and high: straight in logarithms between two sizes.
 * @param {Law} law @param {number} population @returns {number[]} */
function grown({ sizes, people }, population) {
  let place = sizes.length - 1;
  while (sizes[place] > population) place--;
  if (population === sizes[place]) return people[place];
  const first = Math.log(sizes[place]), last = Math.log(sizes[place + 1]);
  const part = (Math.log(population) - first) / (last - first);
  return people[place].map((before, i) => Math.min(population,
    Math.exp((1 - part) * Math.log(before) + part * Math.log(people[place + 1][i]))));
}

/** What the number may be, each as probable: by the law, or by the reading that takes more.
 * @param {Source} source @param {Scenario} scenario @returns {number[]} */
function drawsOf(source, scenario) {
  if (source.kind !== "trials") return [acting(source, scenario, scenario.target)[0].middle];
  const shares = between(source.drawn_at, source.draws, scenario.target);
  if (!hasLaw(source, scenario)) {
    const size = Math.max(...sizesOf(source, scenario).map((one) => one[1]));
    return shares.map((share) => share * size);
  }
  const [low, middle, high] = grown(source.law, scenario.population);
  const factor = between(source.targets, source.masses, scenario.target)[1] / measuredOf(source);
  return source.law.scores.map((score, i) => shares[i] === Infinity ? Infinity
    : factor * (middle * (score < 0 ? middle / low : high / middle) ** score));
}

/** How many people carry the signal already, at most: no more than there are.
 * @param {Scenario} scenario @returns {number} */
function carrying({ carriers, population }) {
  return Math.min(carriers, population);
}

/** How many kinds of records there are: no more than there are people.
 * @param {Scenario} scenario @returns {number} */
function different({ kinds, population }) {
  return Math.min(kinds, population);
}

/** Theorem 1: how many are guaranteed to be enough. @param {Scenario} scenario
 * @param {number} target @returns {number} */
function guaranteed(scenario, target) {
  const shared = scenario.gap * (carrying(scenario) / scenario.population);
  return Math.max(shared === 0 ? 0 : (shared / (1 - target + shared)) * scenario.population, 1);
}

/** The smallest number with which so many kinds are won on average. @param {Scenario} scenario
 * @param {number} target @returns {number} */
function kindsWon(scenario, target) {
  const size = scenario.population, group = Math.floor(size / different(scenario));
  const wanted = Math.log1p(-target) + NEARLY;
  let low = 0, high = 1;
  while (missed(size, group, high) > wanted) [low, high] = [high, Math.min(2 * high, size)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (missed(size, group, middle) <= wanted) high = middle; else low = middle;
  }
  return high;
}

/** ln C(N−G, n)/C(N, n): that none of n people is of a group of G among N. @param {number} size
 * @param {number} group @param {number} people @returns {number} */
function missed(size, group, people) {
  if (group + people > size) return -Infinity;
  const few = Math.min(group, people), many = Math.max(group, people);
  let sum = 0;
  for (let i = 0; i < few; i++) sum += Math.log1p(-many / (size - i));
  return sum;
}

/** Values for a target, from those for some targets: straight in log share and log odds.
 * @param {number[]} targets @param {number[][]} values @param {number} target
 * @returns {number[]} */
function between(targets, values, target) {
  const last = targets.length - 1;
  if (target > targets[last]) return values[last].map(() => Infinity);
  let place = last;
  while (place > 0 && targets[place] > target) place--;
  if (target <= targets[place]) return values[place];
  const odds = (/** @type {number} */ p) => Math.log(p / (1 - p));
  const first = odds(targets[place]), next = odds(targets[place + 1]);
  const part = (odds(target) - first) / (next - first);
  return values[place].map((before, i) => {
    const after = values[place + 1][i];
    const straight = before > 0 && after > 0 && before < Infinity && after < Infinity;
    return straight
      ? Math.exp((1 - part) * Math.log(before) + part * Math.log(after))
      : Math.max(before, after);
  });
}

/** How many must join for so many to act; null if there are not so many.
 * @param {Scenario} scenario @param {number} n @param {number} recruitable
 * @returns {number | null} */
function joining(scenario, n, recruitable) {
  const needed = Math.max(n + scenario.others, 0) / (1 - scenario.slip);
  const most = Math.floor(recruitable * scenario.population + NEARLY);
  return needed - NEARLY <= most ? Math.max(Math.ceil(needed - NEARLY), 0) : null;
}

/** How many must join for a success, by each reading. @param {Source} source
 * @param {Scenario} scenario @param {number} target */
function people(source, scenario, target) {
  const join = (/** @type {number} */ n) => joining(scenario, n, source.recruitable);
  return acting(source, scenario, target).map(({ reading, low, middle, high }) => (
    { reading, low: join(low), middle: join(middle), high: join(high) }));
}

/** The success from which on joining pays; 0 if nobody asks. @param {Scenario} scenario
 * @returns {number} */
function threshold(scenario) {
  if (scenario.cost === 0) return 0;
  return scenario.free_ride === 1 ? Infinity : scenario.cost / (1 - scenario.free_ride);
}

/** How many must promise, and with what probability all are enough. @param {Source} source
 * @param {Scenario} scenario @returns {{number: number | null, most: number, possible: number}} */
function pledge(source, scenario) {
  const needed = drawsOf(source, scenario).map((n) => Math.ceil(Math.max(n + scenario.others, 0)));
  const acts = 3 + scenario.kept, fails = 1 + scenario.broken;
  const most = Math.max(Math.floor(source.recruitable * scenario.population + NEARLY), 1);
  const chance = (/** @type {number} */ promised) => enoughAct(promised, needed, acts, fails);
  return { number: fewest(chance, scenario.sure, most), most, possible: chance(most) };
}

/** The smallest number up to `most` whose chance is `sure`; chances rise.
 * @param {(n: number) => number} chance @param {number} sure @param {number} most
 * @returns {number | null} */
function fewest(chance, sure, most) {
  let low = -1, high = 0;
  while (chance(high) < sure) {
    if (high >= most) return null;
    [low, high] = [high, Math.min(2 * high + 1, most)];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (chance(middle) >= sure) high = middle; else low = middle;
  }
  return high;
}

/** The probability that of so many promises enough are kept, where the share that is kept has a
 * beta law, on average over what may be needed. @param {number} promised @param {number[]} needed
 * @param {number} acts @param {number} fails @returns {number} */
function enoughAct(promised, needed, acts, fails) {
  const tails = promised > LARGE ? new Float64Array() : tailsOf(promised, acts, fails);
  let sum = 0;
  for (const n of needed) {
    if (n > promised) continue;
    sum += promised > LARGE
      ? 1 - betainc(acts, fails, Math.min(Math.max((n - 0.5) / promised, 0), 1))
      : tails[n];
  }
  return sum / needed.length;
}

/** P(at least k of so many act) for every k. @param {number} promised @param {number} acts
 * @param {number} fails @returns {Float64Array} */
function tailsOf(promised, acts, fails) {
  const weights = new Float64Array(promised + 1);
  const start = Math.round((promised * acts) / (acts + fails));
  const ratio = (/** @type {number} */ k) => // P(k + 1) / P(k)
    ((promised - k) / (k + 1)) * ((k + acts) / (promised - k - 1 + fails));
  weights[start] = 1;
  for (let k = start; k < promised; k++) weights[k + 1] = weights[k] * ratio(k);
  for (let k = start; k > 0; k--) weights[k - 1] = weights[k] / ratio(k - 1);
  for (let k = promised; k > 0; k--) weights[k - 1] += weights[k];
  const all = weights[0];
  return weights.map((weight) => weight / all);
}

/** The regularised incomplete beta function I_x(a, b), by a continued fraction (Lentz).
 * @param {number} a @param {number} b @param {number} x @returns {number} */
function betainc(a, b, x) {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betainc(b, a, 1 - x);
  const front = Math.exp(
    lngamma(a + b) - lngamma(a) - lngamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1, d = 1 / (1 - ((a + b) * x) / (a + 1)), result = d;
  for (let m = 1; m < 10000; m++) {
    const before = result;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const step of [even, odd]) {
      d = 1 / (1 + step * d || tiny);
      c = 1 + step / c || tiny;
      result *= c * d;
    }
    if (Math.abs(result / before - 1) < 1e-15) break;
  }
  return front * result;
}

/** ln Γ(x) for x > 0, by Stirling's series. @param {number} x @returns {number} */
function lngamma(x) {
  let before = 0;
  for (; x < 12; x++) before += Math.log(x);
  const y = 1 / (x * x);
  const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - before;
}

/** Success when so many act, of a theorem or a count. @param {Source} source
 * @param {Scenario} scenario @param {number} n @returns {number} */
function successOf(source, scenario, n) {
  const size = scenario.population;
  if (n <= 0) return 0;
  if (source.kind === "kinds") {
    const group = Math.floor(size / different(scenario));
    return 1 - Math.exp(missed(size, group, Math.min(Math.floor(n), size)));
  }
  const alpha = Math.min(n / size, 1);
  const shared = scenario.gap * (carrying(scenario) / size);
  return Math.min(Math.max(1 - ((1 - alpha) / alpha) * shared, 0), 1);
}
