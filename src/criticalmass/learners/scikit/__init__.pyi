from .scikit_learner import ScikitLearner as ScikitLearner
