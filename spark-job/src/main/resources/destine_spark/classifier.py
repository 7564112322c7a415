"""The estimator and the model. Their parameters are in :mod:`destine_spark.params`."""

import inspect
import json
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, TypeVar, Union

from pyspark import keyword_only
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel

from destine_spark.errors import named_errors
from destine_spark.params import DEFAULTS, FitArguments, FitSetters, OutputSetters
from destine_spark.progress import Progress

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from typing_extensions import Unpack

R = TypeVar("R")


def _naming_errors(function: Callable[..., R]) -> Callable[..., R]:
    def call(*arguments: Any, **keywords: Any) -> R:
        with named_errors():
            return function(*arguments, **keywords)

    return call


class _Stored:
    """Saving and loading that raise mistakes as :class:`DestineError`."""

    # The types are those of the base classes.
    if not TYPE_CHECKING:

        def write(self) -> Any:
            with named_errors():
                writer = super().write()
            writer.save = _naming_errors(writer.save)
            return writer

        @classmethod
        def read(cls) -> Any:
            with named_errors():
                reader = super().read()
            reader.load = _naming_errors(reader.load)
            return reader


# Spark takes the module of a Python class as the package of its Java class.
_PACKAGE = "io.destine.spark.ml"


class DestineClassifier(
    _Stored,
    JavaEstimator["DestineModel"],
    FitSetters,
    JavaMLWritable,
    JavaMLReadable["DestineClassifier"],
):
    """Fits a network of decoupled self-attention between fields to a table of clicks.

    Columns need no indexing or assembling first: each is a field, and its values get ids in the
    fit. The label is 0 or 1. For the same rows and settings the model is identical to the model of
    the command ``train``, bit for bit.

    >>> classifier = DestineClassifier(labelCol="clicked", epochs=3, numericCols=["price"])
    >>> model = classifier.fit(clicks)
    >>> model.transform(clicks).select("probability", "prediction").first()

    Every parameter is an argument, and has a setter and a getter. A value out of bounds raises a
    :class:`DestineError` when the model is fitted.
    """

    __module__ = _PACKAGE

    @keyword_only
    def __init__(self, **params: "Unpack[FitArguments]") -> None:
        super().__init__()
        with named_errors():
            self._java_obj = self._new_java_obj(_PACKAGE + ".DestineClassifier", self.uid)
        self._setDefault(**DEFAULTS)
        self._set(**params)

    @keyword_only
    def setParams(self, **params: "Unpack[FitArguments]") -> "DestineClassifier":
        """Sets parameters by name."""
        return self._set(**params)

    def setSideTable(self, name: str, rows: "DataFrame") -> "DestineClassifier":
        """Sets the rows of a side table that the parameter ``sideTables`` defines."""
        with named_errors():
            self._call_java("setSideTable", name, rows)
        return self

    def setInitModel(self, value: Union[str, "DestineModel"]) -> "DestineClassifier":
        """Sets the model that fits start from: its directory, or a fitted or loaded model.

        A saved classifier stores only the directory, so save a fitted model as well.
        """
        if isinstance(value, DestineModel):
            # A fitted model's files exist as long as the model object.
            self._initial = value
            value = value.directory
        return self._set(initModel=value)

    if not TYPE_CHECKING:

        def fit(self, dataset: "DataFrame", params: Any = None) -> Any:
            """Fits a model and shows its progress: a line for each epoch on standard error.

            In a terminal or a notebook, a line below them is updated during the fit.

            :raises DestineError: with a sentence that names the parameter, column or path
            """
            with named_errors():
                return super().fit(dataset, params)

    def _fit_java(self, dataset: "DataFrame") -> Any:
        with Progress(self._java_obj):
            return super()._fit_java(dataset)

    def _create_model(self, java_model: Any) -> "DestineModel":
        return DestineModel(java_model)


def _documented() -> None:
    """Gives the constructor a signature with all parameters, and the class a list of them."""
    names = FitArguments.__annotations__
    arguments = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    lines = []
    for name, kind in names.items():
        default = DEFAULTS.get(name)
        arguments.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind
            )
        )
        shown = inspect.formatannotation(kind) + (f" = {default!r}" if name in DEFAULTS else "")
        lines.append(f"    {name}: {shown}\n        {getattr(FitSetters, name).doc}\n")
    for function in (DestineClassifier.__init__, DestineClassifier.setParams):
        setattr(function, "__signature__", inspect.Signature(arguments))
    text = inspect.cleandoc(DestineClassifier.__doc__ or "")
    DestineClassifier.__doc__ = text + "\n\nArguments, with their defaults:\n\n" + "".join(lines)


_documented()


class DestineModel(
    _Stored,
    JavaModel,
    OutputSetters,
    JavaMLWritable,
    JavaMLReadable["DestineModel"],
):
    """A fitted network.

    ``transform`` adds the logits, the probabilities and the prediction to a table with the columns
    of the fields. A saved model is a model directory, which the commands of the job and the scorer
    without Spark read as well; ``load`` also reads one that the command ``train`` has written.
    """

    __module__ = _PACKAGE

    def __init__(self, java_model: Any = None) -> None:
        super().__init__(java_model)
        self._setDefault(**DEFAULTS)

    if not TYPE_CHECKING:

        def transform(self, dataset: "DataFrame", params: Any = None) -> "DataFrame":
            """Adds the outputs to a table; see the class.

            :raises DestineError: with a sentence that names the parameter, column or path
            """
            with named_errors():
                return super().transform(dataset, params)

    @property
    def directory(self) -> str:
        """The directory of the model; that of a fit is deleted together with the model."""
        value: str = self._call_java("directory")
        return value

    @property
    def metrics(self) -> Dict[str, Any]:
        """Metrics of the validation rows and of the training, and the ``kernel`` used for it."""
        value: Dict[str, Any] = json.loads(self._call_java("metricsJson"))
        return value

    def featureImportances(
        self,
        dataset: "DataFrame",
        labelCol: Optional[str] = None,
        rows: int = 20000,
        repeats: int = 3,
        seed: int = 1,
    ) -> "DataFrame":
        """How much each field contributes, as a table with the most important field first.

        The values of a field are shuffled among the rows, and the model scores the rows
        again: ``logLoss`` is the increase in log loss, ``auc`` the decrease in AUC, each with its
        standard error (permutation importance).

        :param dataset: rows with labels, preferably rows that the fit has not used
        :param labelCol: column of the label; by default the label column of the fit
        :param rows: approximate number of rows in the sample
        :param repeats: shuffles of each field
        :param seed: seed of the sample and the shuffles
        :raises DestineError: with a sentence that names the parameter or column
        """
        with named_errors():
            table: "DataFrame" = self._call_java(
                "featureImportances", dataset, labelCol or self.getLabelCol(), rows, repeats, seed
            )
        return table

    def embeddings(self) -> "DataFrame":
        """The embeddings of the values, as a table with a row for each id, in no particular order.

        ``field`` is the field of the id, or the first of the fields that share it. ``use`` is the
        meaning of the id: ``value``, ``missing``, ``oov`` (values without an id of their own) or
        ``hashed`` (all values of a hash bucket). ``count`` is the number of
        occurrences of the value in the training rows of the run that assigned its id. ``value`` and
        ``count`` are null for the other uses. ``vector`` is an array of floats.
        """
        with named_errors():
            table: "DataFrame" = self._call_java("embeddings")
        return table

    @property
    def numClasses(self) -> int:
        """Number of labels: 2, for 0 and 1."""
        value: int = self._call_java("numClasses")
        return value

    @property
    def numFeatures(self) -> int:
        """Number of fields with a column, without crosses and label rates."""
        value: int = self._call_java("numFeatures")
        return value
