// Which pages of a search stand first. Sphinx gives every page that holds a word the same score, and orders
// equal ones by title; here the words of a title count, and pages that hold nearly every word come last.
var Scorer = {
  score: (item) => {
    const [page, title, anchor, about, score] = item;
    item[3] = about || (typeof Summaries === "object" && Summaries[page]) || null; // shown after the title
    const asked = (new URLSearchParams(window.location.search).get("q") || "").toLowerCase();
    const split = (text) => text.toLowerCase().split(/[^\p{L}\p{N}_]+/u);
    const words = split(asked).filter((word) => word.length > 2).map((word) => word.replace(/s$/, ""));
    const inTitle = words.filter((word) => split(title).some((each) => each.startsWith(word)));
    const place = Scorer.places.find(([pages]) => pages.test(page));
    const isAbout = Scorer.subjects.some(([subject, home]) => subject.test(asked) && home === page);
    return score + 6 * inTitle.length + (place ? place[1] : 0) + (isAbout ? 12 : 0);
  },
  places: [
    [/^(around\/(benchmarks|changelog|readme)|README|parts\/|decisions\/|moved$)/, -12],
    [/^reference\/(keys|commands)/, -4],
    [/^reference\//, -6],
    [/^(tutorials\/|faq$)/, 1],
  ],
  // words that many pages hold and one is about
  subjects: [
    [/rating|continuous|regression/, "numbers"],
    [/binning|bins/, "study-files"],
    [/csv|excel|parquet|json/, "files"],
    [/own.*(name|file)/, "extending"],
    [/pull request|upstream|pytest/, "around/contributing"],
  ],
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 8,
  partialTitle: 2,
  term: 5,
  partialTerm: 1,
};
