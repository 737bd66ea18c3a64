"""The planner in a browser: what it computes and says, by keys, by mouse, on paper and for axe."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from urllib.parse import quote

import pytest

from criticalmass.answers.planning import Kinds, Theorem, missed
from criticalmass.answers.scenario import FIELDS, Scenario
from criticalmass.answers.study_trials import Trials, trials_of
from criticalmass.pages.planner import in_json, render
from criticalmass.theory import FeatureLabelBound
from criticalmass.words import planning as words
from criticalmass.words import planning_page
from support.browser import driven, needs_driver
from support.findings import finding_of
from support.planning import begun, every_source, rising, scenarios, sources_with_law, within

SETTINGS = 2000


@pytest.fixture(scope="module")
def trials():
    return trials_of(finding_of(rising))


@pytest.fixture(scope="module")
def sources(trials):
    return every_source(trials)


@pytest.fixture(scope="module")
def browser():
    with driven() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory, sources):
    """The page with theory alone, and that of a study."""
    folder = tmp_path_factory.mktemp("pages")
    sized = sources_with_law(sources[0])[:1]
    html_of = {
        "theory": render(),
        "study": render(sources[:2]),
        "sized": render(sized),
        "begun": render([trials_of(finding_of(begun))]),
    }
    for name, html in html_of.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {path.stem: path.as_uri() for path in folder.iterdir()}


@pytest.fixture
def opened(browser, pages):
    """Open a page in a window of its own; what it complains of fails the test."""
    contexts, complaints = [], []

    def opened(name="theory", link="", **options):
        contexts.append(
            browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        )
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(pages[name] + link)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def answer(page, side="a"):
    """What a page's sentence says, the numbers that can be typed among it."""
    return page.evaluate(
        """side => [...document.getElementById(`${side}-sentence`).childNodes].map(node =>
        node.querySelector?.("input") ? node.querySelector("input").value + node.textContent
        : node.textContent).join("")""",
        side,
    )


EVERY = """([sources, scenarios]) => scenarios.map((scenario, i) => {
  const source = JSON.parse(sources[i % sources.length],
    (_, value) => value === "Infinity" ? Infinity : value);
  const asked = i % 5 ? {} : pledge(source, scenario);  // its number is in the sentences, too
  const from = threshold(scenario);
  return {
    people: people(source, scenario, scenario.target).map(Object.values),
    from: from < 1 ? people(source, scenario, Math.max(from, lowest(source), .01))
      .map(Object.values) : [],
    pledge: i % 5 ? [] : [asked.number, asked.most, asked.possible],
    told: told(forms, source, scenario).map(filled),
    success: source.kind === "trials" ? [] : [1, 20, 500].map(n => successOf(source, scenario, n)),
  };
})"""


def every_number(source, scenario, i):
    """What the page computes of setting i, in Python."""
    threshold, size = scenario.threshold, scenario.population
    asked = None if i % 5 else source.pledge(scenario)
    group = size // min(scenario.kinds, size)
    bound = FeatureLabelBound(min(scenario.carriers / size, 1.0), scenario.gap)
    success = []
    for n in () if isinstance(source, Trials) else (1, 20, 500):
        people = min(n, size)
        kinds = 1 - math.exp(missed(size, group, people))
        success.append(kinds if isinstance(source, Kinds) else bound.success(people / size).item())
    from_on = max(threshold, source.lowest, 0.01)
    reached = source.people(scenario, from_on) if threshold < 1 else []
    return {
        "people": [list(one) for one in source.people(scenario, scenario.target)],
        "from": [list(one) for one in reached],
        "pledge": [asked.number, asked.most, pytest.approx(asked.possible, abs=1e-9)]
        if asked
        else [],
        "told": words.told(source, scenario),
        "success": pytest.approx(success, abs=1e-9),
    }


@needs_driver
def test_the_pages_numbers_and_sentences_are_pythons(opened, trials, sources):
    """2,000 settings of all numbers at once, by every kind of source."""
    sources = [*sources, *sources_with_law(trials), trials_of(finding_of(begun))]
    drawn = [within(sources[i % len(sources)], one) for i, one in enumerate(scenarios(SETTINGS))]
    page = opened()
    given = [json.dumps(in_json(source)) for source in sources]
    computed = page.evaluate(EVERY, [given, [vars(scenario) for scenario in drawn]])
    for i, (scenario, got) in enumerate(zip(drawn, computed, strict=True)):
        assert got == every_number(sources[i % len(sources)], scenario, i), scenario


@needs_driver
def test_large_numbers_are_pythons_too(opened, trials):
    """Populations of up to 10⁹ and many promises, where sums become integrals."""
    drawn = [
        Scenario(population=n, kept=kept, broken=broken, carriers=c, kinds=kinds)
        for n, kept, broken, c, kinds in (
            (10**9, 50_000, 1000, 3, 10**5), (10**9, 3, 90_000, 10**6, 50),
            (10**8, 100_000, 100_000, 10**5, 10**6), (10**6, 0, 0, 10**5, 1000),
            (1_000_001, 50, 10, 3, 50), (10**9, 60, 20, 3, 50),
        )
    ]  # fmt: skip
    drawn[4:] = [replace(drawn[4], target=0.8), replace(drawn[5], cost=0.5)]
    law, _ = sources_with_law(trials)
    sources = [Theorem(), Kinds(), Theorem(), Theorem(), law, law]
    given = [json.dumps(in_json(source)) for source in sources]
    computed = opened().evaluate(EVERY, [given, [vars(scenario) for scenario in drawn]])
    for i, (scenario, got) in enumerate(zip(drawn, computed, strict=True)):
        assert got == every_number(sources[i], scenario, i), scenario


@needs_driver
def test_the_page_opens_with_the_sentence_that_it_has_without_scripts(opened, trials):
    for name, source, scenario in (
        ("theory", Theorem(), Scenario()),
        ("study", trials, Scenario(10_000)),
    ):
        said = words.told(source, scenario)
        assert opened(name).text_content("#told") == said[0]
        still = opened(name, java_script_enabled=False)
        assert still.inner_text("#a-sentence") == said[0]
        assert still.locator("button:visible, input:visible, svg:visible").count() == 0


@needs_driver
def test_everything_can_be_done_by_keys(opened):
    page = opened()
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.id || document.activeElement.textContent")
        if names and name == "":
            break
        names.append(name)
    assert names[:3] == ["a-population", "a-slip", "a-target"]
    wanted = {f"a-{name}-slider" for name in FIELDS} | {"a-source", "compare", "a-others"}
    assert wanted <= set(names)
    page.focus("#a-slip")
    page.keyboard.press("ArrowUp")
    assert answer(page).startswith("In a population of 20000, if 11% of us forget, 34 of us")
    page.focus("#a-target-slider")
    page.keyboard.press("End")
    assert answer(page).endswith("for 99%.")
    assert page.get_attribute("#a-target-slider", "aria-valuetext") == "99%"
    page.focus("#a-population-slider")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert int(page.input_value("#a-population")) > 20_000
    page.focus("#compare")
    page.keyboard.press("Enter")
    assert page.get_attribute("#compare", "aria-expanded") == "true"
    assert page.is_visible("#b-sentence")
    page.select_option("#b-source", "theorem")
    assert answer(page, "b") == answer(page)
    page.wait_for_selector("#spoken:has-text('First: In')", state="attached")


@needs_driver
def test_a_number_is_typed_and_dragged(opened):
    page = opened()
    page.fill("#a-population", "500")
    assert "of 500, " in page.text_content("#told")
    assert page.evaluate("document.activeElement.id") == "a-population"
    box = page.locator("#a-slip").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + 45, box["y"] + 9)
    page.mouse.up()
    assert page.input_value("#a-slip") == "20"
    page.fill("#a-others", "-40")
    assert "nobody has to act" in page.text_content("#told")
    assert page.get_attribute("#a-others-slider", "min") == "-500"
    page.fill("#a-slip", "95")
    assert page.inner_text("#problem") == (
        "Share of us who forget lies between 0% and 90%; it stays as it was."
    )
    assert page.get_attribute("#a-slip", "aria-invalid") == "true"
    assert "if 20% of us" in page.text_content("#told")
    page.locator("#a-slip").blur()
    assert page.input_value("#a-slip") == "20"


@needs_driver
def test_a_target_that_the_trials_say_nothing_of_is_refused_and_the_nearest_one_named(opened):
    least = round(100 * trials_of(finding_of(begun)).lowest)
    why = f"For less than {least}% these trials say no number: with nobody success may be as high"
    page = opened("begun")
    page.fill("#a-target", "6")
    assert page.inner_text("#problem") == (
        f"Success that we want lies between {least}% and 99%; it stays as it was. {why} already."
    )
    page.locator("#a-target").blur()
    assert page.input_value("#a-target") == "90"
    page.focus("#a-target-slider")
    page.keyboard.press("Home")
    assert answer(page).endswith(f"for {least}%.")
    assert page.get_attribute("#a-target-slider", "min") == str(least)
    assert page.inner_text("#problem") == ""

    page.select_option("#a-source", "theorem")
    page.fill("#a-target", "6")
    assert page.inner_text("#problem") == ""
    page.locator("#a-target").blur()
    page.select_option("#a-source", "trials:mark")
    assert page.inner_text("#problem") == f"{why} already. So {least}% is taken."
    assert page.input_value("#a-target") == str(least)

    linked = opened("begun", "#target=6")
    assert linked.inner_text("#problem") == (
        f"The link says “target=6”. Success that we want lies between {least}% and 99%; "
        f"{least}% is taken. {why} already."
    )
    assert answer(linked).endswith(f"for {least}%.")
    assert opened("begun", "#target=6&source=theorem").inner_text("#problem") == ""


@needs_driver
def test_the_page_says_which_number_it_takes_where_more_are_meant_than_there_are(opened):
    page = opened("theory", "#carriers=1000000&kinds=50&population=30")
    said = page.inner_text("#a-follow")
    assert "if as many as 30 in 30 may carry the mark already" in said
    assert "so 30 is taken in place of 1,000,000." in said
    assert "with 30 kinds" in said
    assert (
        "There cannot be more kinds of records than people, so 30 is taken in place of 50." in said
    )
    marked = ["a-carriers", "a-kinds"]
    invalid = "[...document.querySelectorAll('[aria-invalid]')].map(each => each.id)"
    assert page.evaluate(invalid) == marked
    page.fill("#a-kinds", "60")
    page.locator("#a-kinds").blur()
    assert page.evaluate(invalid) == marked
    page.fill("#a-population", "1000000")
    assert page.evaluate(invalid) == []
    assert "in place of" not in page.inner_text("#a-follow")


@needs_driver
def test_the_picture_moves_with_the_numbers(opened):
    page = opened("study")
    before = page.inner_html("#picture svg")
    page.fill("#a-target", "80")
    assert page.inner_html("#picture svg") != before
    assert page.get_attribute("#picture svg", "aria-label").endswith("are enough for 80%.")
    page.fill("#a-population", "50000")
    assert page.locator("#picture svg polyline").count() == 2  # as heads, and as a share
    assert "NaN" not in page.inner_html("#picture svg")


@needs_driver
@pytest.mark.parametrize(
    ("name", "link", "shown"),
    [
        ("theory", "", ["The dot"]),
        ("theory", "#others=-500", []),
        ("study", "", ["The pale band", "The dot", "The bar"]),
        ("study", "#population=50000", ["The pale band", "The dot", "The bar", "Dashed"]),
        ("study", "#source=kinds&second.population=50000", ["The pale band", "The dot", "The bar",
         "Dashed"]),
    ],
)  # fmt: skip
def test_the_caption_explains_what_is_drawn_and_nothing_else(opened, name, link, shown):
    page = opened(name, link)
    caption = page.inner_text("figcaption")
    assert caption.startswith("From left to right more people join; the line says ")
    parts = ("The pale band", "The dot", "The bar", "Dashed")
    assert [part for part in parts if part in caption] == shown
    assert (page.locator("#picture polyline[stroke-dasharray]").count() > 0) == ("Dashed" in shown)
    assert (page.locator("#picture circle").count() > 0) == ("The dot" in shown)
    assert (page.locator("#picture polygon").count() > 0) == ("The pale band" in shown)
    assert (page.locator("#picture line[stroke-width='5']").count() > 0) == ("The bar" in shown)


@needs_driver
def test_a_narrow_legend_is_not_cut_where_two_curves_differ(opened):
    page = opened("study", "#population=50000", viewport={"width": 400, "height": 800})
    legend = " ".join(page.locator("#picture svg text").all_text_contents())
    assert "as many people as in the study" in legend
    assert "the same share as in the study" in legend
    assert "…" not in legend


@needs_driver
@pytest.mark.parametrize("population", [4000, 20_000, 50_000, 100_000])
def test_the_numbers_under_the_picture_do_not_touch(opened, population):
    page = opened("study", f"#population={population}&second.slip=5")
    boxes = page.evaluate("""() => [...document.querySelectorAll("#picture svg text")]
      .filter(text => /^[0-9,]+$/.test(text.textContent) && !text.getAttribute("font-weight"))
      .map(text => text.getBBox()).map(box => [box.x, box.x + box.width])""")
    assert len(boxes) > 3
    assert all(right + 4 < left for (_, right), (left, _) in pairwise(boxes))
    width = page.evaluate("document.querySelector('#picture svg').viewBox.baseVal.width")
    assert boxes[-1][1] <= width


@needs_driver
def test_a_law_is_one_curve_through_its_own_number(opened, trials):
    page = opened("sized", "#population=500000&slip=0")
    law, _ = sources_with_law(trials)
    (found,) = law.people(Scenario(500_000, slip=0.0), 0.9)
    assert page.locator("#picture svg polyline").count() == 1
    texts = page.locator("#picture svg text").all_text_contents()
    assert f"{found.middle:,}" in texts
    assert any("by the law of several sizes" in text for text in texts)
    # the curve meets the dot, which is at the law's number and the wanted success
    gap = page.evaluate("""() => {
      const dot = document.querySelector("#picture circle");
      const [x, y] = ["cx", "cy"].map(name => Number(dot.getAttribute(name)));
      const line = document.querySelector("#picture polyline").getAttribute("points").split(" ")
        .map(point => point.split(",").map(Number));
      const after = line.findIndex(([, height]) => height <= y);
      const [[x0, y0], [x1, y1]] = [line[after - 1], line[after]];
      return Math.abs(x0 + (x1 - x0) * (y - y0) / (y1 - y0) - x);
    }""")
    assert gap < 1.5
    assert "NaN" not in page.inner_html("#picture svg")


@needs_driver
def test_a_link_carries_the_state_and_an_edited_one_is_said(opened):
    page = opened("study", "#population=20000&slip=20&second.source=theorem&second.slip=5&cost=0.2")
    assert page.inner_text("#problem") == ""
    assert answer(page).startswith("In a population of 20000, if 20% of us forget")
    assert answer(page, "b").startswith("In a population of 10000, if 5% of us forget")
    again = opened("study", "#" + page.evaluate("location.hash").lstrip("#"))
    assert again.text_content("#told") == page.text_content("#told")
    assert page.text_content("#link") == page.url

    page = opened()
    unknown = "which this page does not know."
    strange = "which this page does not understand;"
    first, nasty = planning_page.names(Theorem()), "<img src=x onerror=a()>"
    for link, said in (
        ("#zap=1", f"“zap=1”, {unknown}"),
        ("#population=2.5", f"“population=2.5”, {strange} 20,000 is taken."),
        ("#population=4.000", f"“population=4.000”, {strange} 20,000 is taken."),
        ("#slip=few", f"“slip=few”, {strange} 10% is taken."),
        ("#source=nobody", f"“source=nobody”, {strange} “{first}” is taken."),
        ("#target=" + quote(nasty), f"“target={nasty}”, {strange} 90% is taken."),
        ("#%E0%A4%A", f"“�%A=”, {unknown}"),
        ("#__proto__=1&toString=2",
         f"“__proto__=1”, {unknown} The link says “toString=2”, {unknown}"),
        ("#q=1&r=1&s=1&t=1",
         f"“s=1”, {unknown} There is more in the link that this page does not take."),
    ):  # fmt: skip
        told = problem(page, link)
        assert told.startswith("The link says"), link
        assert told.endswith(said), link
        assert page.text_content("#told") == words.told(Theorem(), Scenario())[0]
        assert page.locator("img").count() == 0


def problem(page, link):
    """What a page says of a link."""
    page.evaluate(
        """link => {
          history.replaceState(null, "", link);
          dispatchEvent(new HashChangeEvent("hashchange"));
        }""",
        link,
    )
    return page.inner_text("#problem")


@needs_driver
def test_a_link_that_people_wrote_is_understood(opened):
    page = opened()
    for link, changes in (
        ("population=1e4", {"population": 10_000}),
        ("population=4,000", {"population": 4000}),
        ("population=1%20000%20000", {"population": 10**6}),
        ("population=1e+4", {"population": 10_000}),
        ("slip=20%", {"slip": 0.2}),
        ("slip=20%25&target=80%25", {"slip": 0.2, "target": 0.8}),
        ("slip=12,5", {"slip": 0.125}),
        ("target=80&target=80.0", {"target": 0.8}),
        ("others=-40", {"others": -40}),
        ("cost=.25&gap=5e-1", {"cost": 0.25, "gap": 0.5}),
    ):
        assert problem(page, "#" + link) == "", link
        assert page.text_content("#told") == words.told(Theorem(), Scenario(**changes))[0], link


@needs_driver
def test_a_link_says_what_is_taken_in_place_of_what_it_says(opened):
    page = opened("study")
    slip, many = planning_page.labels()["slip"], planning_page.labels()["population"]
    last = planning_page.names(Kinds())
    for link, said, told in (
        ("slip=95", f"“slip=95”. {slip} lies between 0% and 90%; 90% is taken.", "if 90%"),
        ("population=1e99", f"“population=1e99”. {many} lies between 1 and 1,000,000,000; "
         "1,000,000,000 is taken.", "of 1,000,000,000, if"),
        ("target=90&target=80", "“target” more than once; the last, 80%, is taken.", "for 80%"),
        ("target=90&target=x", "“target=x”, which this page does not understand; 90% is taken.",
         "for 90%"),
        ("source=theorem&source=kinds", f"“source” more than once; the last, “{last}”, is taken.",
         " of us are enough"),
    ):  # fmt: skip
        assert problem(page, "#" + link) == f"The link says {said}", link
        assert told in page.text_content("#told"), link


@needs_driver
def test_a_page_from_a_file_says_that_its_link_works_with_the_file_only(opened):
    said = "You opened this page from a file, so the link works only on your machine."
    page = opened()
    assert said in page.inner_text(".tools")
    assert page.get_attribute("text=Copy the link", "aria-describedby") == "from-file"
    page.route("https://planner.example/", lambda route: route.fulfill(body=html))
    html = render()
    page.goto("https://planner.example/")
    assert "Copy the link" in page.inner_text(".tools")
    assert said not in page.inner_text(".tools")


@needs_driver
def test_the_sentence_is_copied_and_the_picture_saved(opened, browser, pages):
    page = opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("text=Copy the sentence")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == words.told(Theorem(), Scenario())[0]
    with page.expect_download() as saved:
        page.click("text=Save the picture")
    assert saved.value.suggested_filename == "planner.png"
    assert saved.value.path().read_bytes()[:4] == b"\x89PNG"


@needs_driver
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_no_serious_finding(opened, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="no axe here (axe-playwright-python)"
    )
    page = opened("study", "#population=20000&cost=0.2&second.slip=5&zap=1", color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@needs_driver
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(opened, width):
    viewport = {"width": width, "height": 800}
    page = opened("study", "#population=20000&second.slip=5", viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    moving = "getComputedStyle(e).animationName !== 'none' || parseFloat(getComputedStyle(e)"
    moving = f"[...document.querySelectorAll('*')].filter(e => {moving}.transitionDuration) > 0)"
    assert page.evaluate(f"{moving}.length") == 0  # nothing moves by itself, whoever looks


@needs_driver
def test_paper_has_the_sentence_and_no_controls(opened):
    page = opened("theory", viewport={"width": 390, "height": 800})
    page.emulate_media(media="print")
    assert page.locator("button:visible, input:visible, select:visible").count() == 0
    written = page.evaluate(
        "[...document.querySelectorAll('.answer .number')].slice(0, 3).map("
        "e => getComputedStyle(e, '::before').content)"
    )
    assert written == ['"20,000"', '"10"', '"90"']
