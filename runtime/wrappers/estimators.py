"""Estimators of scikit-learn with a model inside, for its pipelines, searches and cross-validation."""

from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from runtime.errors import CompileError, DataError
from runtime.models import Model, clone_model

Array = npt.NDArray[Any]


class _Estimator(BaseEstimator):
    """The part all estimators share.

    Args:
        model: A compiled model, which is copied with new weights for each fit; or a function of `X`, `y` and
            `model_kwargs` that returns one.
        warm_start: True fits the model itself, or the one fitted last, and goes on from its weights.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of the model's `fit`; those given to the estimator's go before them.
    """

    model_: Any
    history_: Any

    def __init__(
        self,
        model: Any,
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Self:  # noqa: N803 (scikit-learn's name)
        """Fits the model.

        Args:
            X: Inputs, (samples, features).
            y: Targets, (samples,) or (samples, outputs).
            **kwargs: Arguments of the model's `fit`, such as epochs=5.

        Raises:
            CompileError: The model was not compiled with a loss and an optimizer.
        """
        inputs, y = validate_data(self, X, y, multi_output=True)
        targets = self._targets(np.asarray(y))
        model = self._model_for(inputs, targets)
        if not model.compiled or model.loss is None or model.optimizer is None:
            raise CompileError(
                f"The model '{model.name}' of {type(self).__name__} was not compiled with a loss.",
                hint="Call model.compile(optimizer=…, loss=…) first.",
            )
        self.history_ = model.fit(inputs, targets, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    @property
    def epoch_(self) -> int:
        """How many epochs the last fit took."""
        history = getattr(self, "history_", None)
        return 0 if history is None else len(history.epoch)

    def _model_for(self, X: Any, y: Any) -> Any:  # noqa: N803
        if self.warm_start and hasattr(self, "model_"):
            return self.model_
        if isinstance(self.model, Model):
            return self.model if self.warm_start else clone_model(self.model)
        return self.model(X=X, y=y, **(self.model_kwargs or {}))

    def _targets(self, y: Array) -> Array:
        """Targets as the model is fitted on them: columns, as Keras's estimators give them."""
        self._flat = y.ndim == 1
        return y.reshape(-1, 1) if self._flat else y

    def _outputs(self, X: Any) -> Array:  # noqa: N803
        check_is_fitted(self)
        inputs = validate_data(self, X, reset=False)
        return self.model_.predict(inputs, verbose=(self.fit_kwargs or {}).get("verbose", "auto"))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_clone__(self) -> Self:
        # The model inside is copied when it is fitted, and is compared with that of other copies till then.
        return type(self)(self.model, self.warm_start, self.model_kwargs, self.fit_kwargs)

    def __sklearn_tags__(self) -> Any:
        tags: Any = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags


class SKLearnClassifier(ClassifierMixin, _Estimator):
    """A classifier of scikit-learn with a model inside; its targets are made one-hot.

    Args:
        model: A compiled model, which is copied with new weights for each fit; or a function of `X`, `y` and
            `model_kwargs` that returns one.
        warm_start: True fits the model itself, or the one fitted last, and goes on from its weights.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of the model's `fit`; those given to the estimator's go before them.

    Source:
        https://keras.io/api/utils/sklearn_wrappers/
    """

    classes_: Array

    def decision_function(self, X: Any) -> Array:  # noqa: N803
        """The model's outputs, one column a class."""
        return self._outputs(X)

    def predict(self, X: Any) -> Array:  # noqa: N803
        """The class of each sample."""
        return self.classes_[self._outputs(X).argmax(axis=-1)]

    def _targets(self, y: Array) -> Array:
        kind = cast(str, type_of_target(y, raise_unknown=True))
        if kind not in ("binary", "multiclass"):
            raise DataError(
                f"SKLearnClassifier got targets of the kind {kind!r}.",
                hint="Give one class for each sample. Unknown label type: only classes fit.",
            )
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise DataError(
                f"SKLearnClassifier cannot learn from one class alone: {self.classes_.tolist()}.",
                hint="Classifier can't train when only one class is present: give samples of others, too.",
            )
        return np.eye(len(self.classes_))[np.searchsorted(self.classes_, y.reshape(-1))]

    def __sklearn_tags__(self) -> Any:
        tags: Any = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


class SKLearnRegressor(RegressorMixin, _Estimator):
    """A regressor of scikit-learn with a model inside.

    Args:
        model: A compiled model, which is copied with new weights for each fit; or a function of `X`, `y` and
            `model_kwargs` that returns one.
        warm_start: True fits the model itself, or the one fitted last, and goes on from its weights.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of the model's `fit`; those given to the estimator's go before them.

    Source:
        https://keras.io/api/utils/sklearn_wrappers/
    """

    def predict(self, X: Any) -> Array:  # noqa: N803
        """The number (or numbers) for each sample."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._flat and outputs.ndim == 2 and outputs.shape[1] == 1 else outputs

    def __sklearn_tags__(self) -> Any:
        tags: Any = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


class SKLearnTransformer(TransformerMixin, _Estimator):
    """A step of scikit-learn's pipelines that turns samples into a model's outputs.

    Args:
        model: A compiled model, which is copied with new weights for each fit; or a function of `X`, `y` and
            `model_kwargs` that returns one.
        warm_start: True fits the model itself, or the one fitted last, and goes on from its weights.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of the model's `fit`; those given to the estimator's go before them.

    Source:
        https://keras.io/api/utils/sklearn_wrappers/
    """

    def transform(self, X: Any) -> Array:  # noqa: N803
        """The model's outputs."""
        return self._outputs(X)

    def __sklearn_tags__(self) -> Any:
        tags: Any = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
