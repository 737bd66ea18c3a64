"""
A study file
============

The same study as a short file that others can read and run. ``criticalmass run`` reads it.
"""

# %%
# Write it, and read it.

from pathlib import Path
from tempfile import mkdtemp

from criticalmass import read_study

folder = Path(mkdtemp())
(folder / "study.toml").write_text("""
name = "Writers who want to be found"
population = { dataset = "synthetic-resumes", options = { n = 1000 } }
learner = { kind = "linear-text" }
placement = { low = 0.005, high = 0.2, points = 5, repetitions = 2 }

[strategies.mark]
kind = "feature-label"
target_label = "Writer"
signal = { kind = "insert-token", token = "~", every = 10 }
""")
study = read_study(folder / "study.toml")
print(len(study.population), "people,", len(study.trials()), "trials")

# %%
# A mistake in a file is one line that names the nearest valid key.

from criticalmass import CriticalMassError

(folder / "typo.toml").write_text('nam = "typo"\n')
try:
    read_study(folder / "typo.toml")
except CriticalMassError as error:
    print(error)

# %%
# Run it, and let it answer in a sentence.

from criticalmass import run
from criticalmass.answers.finding import findings
from criticalmass.studies.facts import facts_of
from criticalmass.words.finding import answer

rows = run(study, folder / "results")
for found in findings(facts_of(study), rows):
    print(answer(found))

# %%
# The same as a picture:

from criticalmass.pages.figures.success import Line, plot_success

curve = study.curve(rows)
line = Line("mark", curve, curve.outcomes, curve.critical_mass(0.9))
ax = plot_success([line], target=0.9, population_size=len(study.population))
