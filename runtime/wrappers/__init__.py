"""Models as estimators of scikit-learn.

Source: https://keras.io/api/utils/sklearn_wrappers/
"""

from runtime.wrappers.estimators import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]
