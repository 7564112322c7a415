"""Parameters of the estimator and the model. Written from those of the Java classes."""

from typing import Any, Dict, List, TypedDict, TypeVar

from pyspark.ml.param import Param, Params, TypeConverters

T = TypeVar("T", bound="OutputSetters")


class FitArguments(TypedDict, total=False):
    """Arguments of an estimator."""

    attention: str
    attentionDropout: float
    batchNorm: bool
    batchSize: int
    beta1: float
    beta2: float
    bias: bool
    blockRows: int
    blocksPerStep: int
    clipNorm: float
    dateCol: str
    deep: List[int]
    deepDropout: float
    embeddingDim: int
    embeddingL2: float
    epochs: int
    epsilon: float
    fieldOptions: str
    fm: bool
    groupCol: str
    handleInvalid: str
    headDim: int
    heads: int
    inputCols: List[str]
    kernel: str
    labelCol: str
    layers: int
    learningRate: float
    maxBadFraction: float
    maxValues: int
    metric: str
    minCount: int
    multiCols: List[str]
    numericCols: List[str]
    oovBuckets: int
    optimizer: str
    plateauCuts: int
    plateauFactor: float
    predictionCol: str
    probabilityCol: str
    rawPredictionCol: str
    reluBeforeAttention: bool
    residual: str
    rowsMemory: float
    scale: bool
    seed: int
    splitKeyCol: str
    splitSeed: int
    threshold: float
    thresholds: List[float]
    unary: str
    validationFraction: float
    validationIndicatorCol: str
    warmupSteps: int
    weightCol: str
    wide: bool
    workingDirectory: str


class FitParams(Params):
    """Parameters and their values."""

    attention: "Param[str]" = Param(
        Params._dummy(),
        "attention",
        "attention terms; one of both, pairwise, unary, plain",
        typeConverter=TypeConverters.toString,
    )

    def getAttention(self) -> str:
        """Value of :py:attr:`attention`."""
        return self.getOrDefault(self.attention)

    attentionDropout: "Param[float]" = Param(
        Params._dummy(),
        "attentionDropout",
        "drop rate of attention",
        typeConverter=TypeConverters.toFloat,
    )

    def getAttentionDropout(self) -> float:
        """Value of :py:attr:`attentionDropout`."""
        return self.getOrDefault(self.attentionDropout)

    batchNorm: "Param[bool]" = Param(
        Params._dummy(),
        "batchNorm",
        "batch normalization in the MLP",
        typeConverter=TypeConverters.toBoolean,
    )

    def getBatchNorm(self) -> bool:
        """Value of :py:attr:`batchNorm`."""
        return self.getOrDefault(self.batchNorm)

    batchSize: "Param[int]" = Param(
        Params._dummy(),
        "batchSize",
        "rows of a step, a multiple of 16",
        typeConverter=TypeConverters.toInt,
    )

    def getBatchSize(self) -> int:
        """Value of :py:attr:`batchSize`."""
        return self.getOrDefault(self.batchSize)

    beta1: "Param[float]" = Param(
        Params._dummy(),
        "beta1",
        "decay rate of Adam's first moment",
        typeConverter=TypeConverters.toFloat,
    )

    def getBeta1(self) -> float:
        """Value of :py:attr:`beta1`."""
        return self.getOrDefault(self.beta1)

    beta2: "Param[float]" = Param(
        Params._dummy(),
        "beta2",
        "decay rate of Adam's second moment",
        typeConverter=TypeConverters.toFloat,
    )

    def getBeta2(self) -> float:
        """Value of :py:attr:`beta2`."""
        return self.getOrDefault(self.beta2)

    bias: "Param[bool]" = Param(
        Params._dummy(),
        "bias",
        "biases on the projections",
        typeConverter=TypeConverters.toBoolean,
    )

    def getBias(self) -> bool:
        """Value of :py:attr:`bias`."""
        return self.getOrDefault(self.bias)

    blockRows: "Param[int]" = Param(
        Params._dummy(),
        "blockRows",
        "rows of a block of the encoded data set, about; a split has 16 blocks at least",
        typeConverter=TypeConverters.toInt,
    )

    def getBlockRows(self) -> int:
        """Value of :py:attr:`blockRows`."""
        return self.getOrDefault(self.blockRows)

    blocksPerStep: "Param[int]" = Param(
        Params._dummy(),
        "blocksPerStep",
        "blocks of rows that steps take at a time; a 64th of the batch, 16 to 256",
        typeConverter=TypeConverters.toInt,
    )

    def getBlocksPerStep(self) -> int:
        """Value of :py:attr:`blocksPerStep`."""
        return self.getOrDefault(self.blocksPerStep)

    clipNorm: "Param[float]" = Param(
        Params._dummy(),
        "clipNorm",
        "largest gradient norm, 0 for no clipping",
        typeConverter=TypeConverters.toFloat,
    )

    def getClipNorm(self) -> float:
        """Value of :py:attr:`clipNorm`."""
        return self.getOrDefault(self.clipNorm)

    dateCol: "Param[str]" = Param(
        Params._dummy(),
        "dateCol",
        "column of the date a value is first seen",
        typeConverter=TypeConverters.toString,
    )

    def getDateCol(self) -> str:
        """Value of :py:attr:`dateCol`."""
        return self.getOrDefault(self.dateCol)

    deep: "Param[List[int]]" = Param(
        Params._dummy(),
        "deep",
        "widths of the MLP over the embeddings",
        typeConverter=TypeConverters.toListInt,
    )

    def getDeep(self) -> List[int]:
        """Value of :py:attr:`deep`."""
        return self.getOrDefault(self.deep)

    deepDropout: "Param[float]" = Param(
        Params._dummy(),
        "deepDropout",
        "drop rate in the MLP",
        typeConverter=TypeConverters.toFloat,
    )

    def getDeepDropout(self) -> float:
        """Value of :py:attr:`deepDropout`."""
        return self.getOrDefault(self.deepDropout)

    embeddingDim: "Param[int]" = Param(
        Params._dummy(),
        "embeddingDim",
        "d, embedding width",
        typeConverter=TypeConverters.toInt,
    )

    def getEmbeddingDim(self) -> int:
        """Value of :py:attr:`embeddingDim`."""
        return self.getOrDefault(self.embeddingDim)

    embeddingL2: "Param[float]" = Param(
        Params._dummy(),
        "embeddingL2",
        "penalty on all embeddings, every step",
        typeConverter=TypeConverters.toFloat,
    )

    def getEmbeddingL2(self) -> float:
        """Value of :py:attr:`embeddingL2`."""
        return self.getOrDefault(self.embeddingL2)

    epochs: "Param[int]" = Param(
        Params._dummy(),
        "epochs",
        "most epochs to train",
        typeConverter=TypeConverters.toInt,
    )

    def getEpochs(self) -> int:
        """Value of :py:attr:`epochs`."""
        return self.getOrDefault(self.epochs)

    epsilon: "Param[float]" = Param(
        Params._dummy(),
        "epsilon",
        "added to the optimiser's denominator; 1e-10 for adagrad",
        typeConverter=TypeConverters.toFloat,
    )

    def getEpsilon(self) -> float:
        """Value of :py:attr:`epsilon`."""
        return self.getOrDefault(self.epsilon)

    fieldOptions: "Param[str]" = Param(
        Params._dummy(),
        "fieldOptions",
        "options of fields by name, as an object in JSON or HOCON: { price { kind = "
        "numeric, transform = quantile, buckets = 50 } }",
        typeConverter=TypeConverters.toString,
    )

    def getFieldOptions(self) -> str:
        """Value of :py:attr:`fieldOptions`."""
        return self.getOrDefault(self.fieldOptions)

    fm: "Param[bool]" = Param(
        Params._dummy(),
        "fm",
        "the factorization-machine term",
        typeConverter=TypeConverters.toBoolean,
    )

    def getFm(self) -> bool:
        """Value of :py:attr:`fm`."""
        return self.getOrDefault(self.fm)

    groupCol: "Param[str]" = Param(
        Params._dummy(),
        "groupCol",
        "column that groups rows for GAUC",
        typeConverter=TypeConverters.toString,
    )

    def getGroupCol(self) -> str:
        """Value of :py:attr:`groupCol`."""
        return self.getOrDefault(self.groupCol)

    handleInvalid: "Param[str]" = Param(
        Params._dummy(),
        "handleInvalid",
        "what happens to a row whose values a field cannot read: error ends the job, "
        "skip drops the row, keep leaves its outputs null",
        typeConverter=TypeConverters.toString,
    )

    def getHandleInvalid(self) -> str:
        """Value of :py:attr:`handleInvalid`."""
        return self.getOrDefault(self.handleInvalid)

    headDim: "Param[int]" = Param(
        Params._dummy(),
        "headDim",
        "c, width of one head",
        typeConverter=TypeConverters.toInt,
    )

    def getHeadDim(self) -> int:
        """Value of :py:attr:`headDim`."""
        return self.getOrDefault(self.headDim)

    heads: "Param[int]" = Param(
        Params._dummy(),
        "heads",
        "H, attention heads of a layer",
        typeConverter=TypeConverters.toInt,
    )

    def getHeads(self) -> int:
        """Value of :py:attr:`heads`."""
        return self.getOrDefault(self.heads)

    inputCols: "Param[List[str]]" = Param(
        Params._dummy(),
        "inputCols",
        "columns that are fields of the network, in order, categorical unless another "
        "parameter names their kind; every column without another role when not set",
        typeConverter=TypeConverters.toListString,
    )

    def getInputCols(self) -> List[str]:
        """Value of :py:attr:`inputCols`."""
        return self.getOrDefault(self.inputCols)

    kernel: "Param[str]" = Param(
        Params._dummy(),
        "kernel",
        "what computes the network; one of auto, nd4j, vector",
        typeConverter=TypeConverters.toString,
    )

    def getKernel(self) -> str:
        """Value of :py:attr:`kernel`."""
        return self.getOrDefault(self.kernel)

    labelCol: "Param[str]" = Param(
        Params._dummy(),
        "labelCol",
        "column of the label: 0 or 1, true or false",
        typeConverter=TypeConverters.toString,
    )

    def getLabelCol(self) -> str:
        """Value of :py:attr:`labelCol`."""
        return self.getOrDefault(self.labelCol)

    layers: "Param[int]" = Param(
        Params._dummy(),
        "layers",
        "L; 0 leaves out the interaction part",
        typeConverter=TypeConverters.toInt,
    )

    def getLayers(self) -> int:
        """Value of :py:attr:`layers`."""
        return self.getOrDefault(self.layers)

    learningRate: "Param[float]" = Param(
        Params._dummy(),
        "learningRate",
        "step size before warm-up and cuts",
        typeConverter=TypeConverters.toFloat,
    )

    def getLearningRate(self) -> float:
        """Value of :py:attr:`learningRate`."""
        return self.getOrDefault(self.learningRate)

    maxBadFraction: "Param[float]" = Param(
        Params._dummy(),
        "maxBadFraction",
        "fraction of the rows that may be bad before the job stops",
        typeConverter=TypeConverters.toFloat,
    )

    def getMaxBadFraction(self) -> float:
        """Value of :py:attr:`maxBadFraction`."""
        return self.getOrDefault(self.maxBadFraction)

    maxValues: "Param[int]" = Param(
        Params._dummy(),
        "maxValues",
        "most values of a field, the most frequent; 0 for no limit",
        typeConverter=TypeConverters.toInt,
    )

    def getMaxValues(self) -> int:
        """Value of :py:attr:`maxValues`."""
        return self.getOrDefault(self.maxValues)

    metric: "Param[str]" = Param(
        Params._dummy(),
        "metric",
        "names the best epoch; of nights, that of the gate unless set; one of auc, log_loss",
        typeConverter=TypeConverters.toString,
    )

    def getMetric(self) -> str:
        """Value of :py:attr:`metric`."""
        return self.getOrDefault(self.metric)

    minCount: "Param[int]" = Param(
        Params._dummy(),
        "minCount",
        "training rows a value must occur in",
        typeConverter=TypeConverters.toInt,
    )

    def getMinCount(self) -> int:
        """Value of :py:attr:`minCount`."""
        return self.getOrDefault(self.minCount)

    multiCols: "Param[List[str]]" = Param(
        Params._dummy(),
        "multiCols",
        "fields that hold several values, as a list or a text with | between",
        typeConverter=TypeConverters.toListString,
    )

    def getMultiCols(self) -> List[str]:
        """Value of :py:attr:`multiCols`."""
        return self.getOrDefault(self.multiCols)

    numericCols: "Param[List[str]]" = Param(
        Params._dummy(),
        "numericCols",
        "fields that hold numbers, by buckets of ln(x)^2",
        typeConverter=TypeConverters.toListString,
    )

    def getNumericCols(self) -> List[str]:
        """Value of :py:attr:`numericCols`."""
        return self.getOrDefault(self.numericCols)

    oovBuckets: "Param[int]" = Param(
        Params._dummy(),
        "oovBuckets",
        "ids per field for all other values",
        typeConverter=TypeConverters.toInt,
    )

    def getOovBuckets(self) -> int:
        """Value of :py:attr:`oovBuckets`."""
        return self.getOrDefault(self.oovBuckets)

    optimizer: "Param[str]" = Param(
        Params._dummy(),
        "optimizer",
        "how gradients move parameters; one of sgd, adagrad, adam",
        typeConverter=TypeConverters.toString,
    )

    def getOptimizer(self) -> str:
        """Value of :py:attr:`optimizer`."""
        return self.getOrDefault(self.optimizer)

    plateauCuts: "Param[int]" = Param(
        Params._dummy(),
        "plateauCuts",
        "cuts without a new best before stopping",
        typeConverter=TypeConverters.toInt,
    )

    def getPlateauCuts(self) -> int:
        """Value of :py:attr:`plateauCuts`."""
        return self.getOrDefault(self.plateauCuts)

    plateauFactor: "Param[float]" = Param(
        Params._dummy(),
        "plateauFactor",
        "learning-rate factor on a plateau",
        typeConverter=TypeConverters.toFloat,
    )

    def getPlateauFactor(self) -> float:
        """Value of :py:attr:`plateauFactor`."""
        return self.getOrDefault(self.plateauFactor)

    predictionCol: "Param[str]" = Param(
        Params._dummy(),
        "predictionCol",
        "column of the prediction, 0 or 1; \"\" for none",
        typeConverter=TypeConverters.toString,
    )

    def getPredictionCol(self) -> str:
        """Value of :py:attr:`predictionCol`."""
        return self.getOrDefault(self.predictionCol)

    probabilityCol: "Param[str]" = Param(
        Params._dummy(),
        "probabilityCol",
        "column of the probabilities of the labels 0 and 1, a vector; \"\" for none",
        typeConverter=TypeConverters.toString,
    )

    def getProbabilityCol(self) -> str:
        """Value of :py:attr:`probabilityCol`."""
        return self.getOrDefault(self.probabilityCol)

    rawPredictionCol: "Param[str]" = Param(
        Params._dummy(),
        "rawPredictionCol",
        "column of the logits -z and z of the labels 0 and 1, a vector; \"\" for none",
        typeConverter=TypeConverters.toString,
    )

    def getRawPredictionCol(self) -> str:
        """Value of :py:attr:`rawPredictionCol`."""
        return self.getOrDefault(self.rawPredictionCol)

    reluBeforeAttention: "Param[bool]" = Param(
        Params._dummy(),
        "reluBeforeAttention",
        "ReLU on queries, keys and values",
        typeConverter=TypeConverters.toBoolean,
    )

    def getReluBeforeAttention(self) -> bool:
        """Value of :py:attr:`reluBeforeAttention`."""
        return self.getOrDefault(self.reluBeforeAttention)

    residual: "Param[str]" = Param(
        Params._dummy(),
        "residual",
        "where the residual is added; one of each_layer, last_layer, none",
        typeConverter=TypeConverters.toString,
    )

    def getResidual(self) -> str:
        """Value of :py:attr:`residual`."""
        return self.getOrDefault(self.residual)

    rowsMemory: "Param[float]" = Param(
        Params._dummy(),
        "rowsMemory",
        "share of an executor's heap for rows; what does not fit is read again",
        typeConverter=TypeConverters.toFloat,
    )

    def getRowsMemory(self) -> float:
        """Value of :py:attr:`rowsMemory`."""
        return self.getOrDefault(self.rowsMemory)

    scale: "Param[bool]" = Param(
        Params._dummy(),
        "scale",
        "divide pairwise logits by sqrt(c)",
        typeConverter=TypeConverters.toBoolean,
    )

    def getScale(self) -> bool:
        """Value of :py:attr:`scale`."""
        return self.getOrDefault(self.scale)

    seed: "Param[int]" = Param(
        Params._dummy(),
        "seed",
        "seed of initial values, row order and dropout",
        typeConverter=TypeConverters.toInt,
    )

    def getSeed(self) -> int:
        """Value of :py:attr:`seed`."""
        return self.getOrDefault(self.seed)

    splitKeyCol: "Param[str]" = Param(
        Params._dummy(),
        "splitKeyCol",
        "column whose equal values are on one side of the split",
        typeConverter=TypeConverters.toString,
    )

    def getSplitKeyCol(self) -> str:
        """Value of :py:attr:`splitKeyCol`."""
        return self.getOrDefault(self.splitKeyCol)

    splitSeed: "Param[int]" = Param(
        Params._dummy(),
        "splitSeed",
        "seed of the split and of the rows' places",
        typeConverter=TypeConverters.toInt,
    )

    def getSplitSeed(self) -> int:
        """Value of :py:attr:`splitSeed`."""
        return self.getOrDefault(self.splitSeed)

    threshold: "Param[float]" = Param(
        Params._dummy(),
        "threshold",
        "the prediction is 1 when the probability of the label 1 is above; not used "
        "with thresholds",
        typeConverter=TypeConverters.toFloat,
    )

    def getThreshold(self) -> float:
        """Value of :py:attr:`threshold`."""
        return self.getOrDefault(self.threshold)

    thresholds: "Param[List[float]]" = Param(
        Params._dummy(),
        "thresholds",
        "two numbers from 0 up, at most one of which is 0: the prediction is the label "
        "with the largest probability divided by its number",
        typeConverter=TypeConverters.toListFloat,
    )

    def getThresholds(self) -> List[float]:
        """Value of :py:attr:`thresholds`."""
        return self.getOrDefault(self.thresholds)

    unary: "Param[str]" = Param(
        Params._dummy(),
        "unary",
        "how a field is scored alone; one of mean_query, linear",
        typeConverter=TypeConverters.toString,
    )

    def getUnary(self) -> str:
        """Value of :py:attr:`unary`."""
        return self.getOrDefault(self.unary)

    validationFraction: "Param[float]" = Param(
        Params._dummy(),
        "validationFraction",
        "share of the rows that choose the best epoch and end the training, taken by a "
        "hash of the row; not used with validationIndicatorCol",
        typeConverter=TypeConverters.toFloat,
    )

    def getValidationFraction(self) -> float:
        """Value of :py:attr:`validationFraction`."""
        return self.getOrDefault(self.validationFraction)

    validationIndicatorCol: "Param[str]" = Param(
        Params._dummy(),
        "validationIndicatorCol",
        "column that is true for rows that choose the best epoch and end the training",
        typeConverter=TypeConverters.toString,
    )

    def getValidationIndicatorCol(self) -> str:
        """Value of :py:attr:`validationIndicatorCol`."""
        return self.getOrDefault(self.validationIndicatorCol)

    warmupSteps: "Param[int]" = Param(
        Params._dummy(),
        "warmupSteps",
        "steps of a linear rise from 0",
        typeConverter=TypeConverters.toInt,
    )

    def getWarmupSteps(self) -> int:
        """Value of :py:attr:`warmupSteps`."""
        return self.getOrDefault(self.warmupSteps)

    weightCol: "Param[str]" = Param(
        Params._dummy(),
        "weightCol",
        "column of the row weight: 0, or within a million times of the mean",
        typeConverter=TypeConverters.toString,
    )

    def getWeightCol(self) -> str:
        """Value of :py:attr:`weightCol`."""
        return self.getOrDefault(self.weightCol)

    wide: "Param[bool]" = Param(
        Params._dummy(),
        "wide",
        "a first-order weight per id",
        typeConverter=TypeConverters.toBoolean,
    )

    def getWide(self) -> bool:
        """Value of :py:attr:`wide`."""
        return self.getOrDefault(self.wide)

    workingDirectory: "Param[str]" = Param(
        Params._dummy(),
        "workingDirectory",
        "directory on storage that all executors reach, in which a fit keeps its "
        "encoded rows and the model; when not set, Spark's checkpoint directory, or "
        "without one the directory of temporary files in local mode and .destine in "
        "the user's home on the default file system elsewhere",
        typeConverter=TypeConverters.toString,
    )

    def getWorkingDirectory(self) -> str:
        """Value of :py:attr:`workingDirectory`."""
        return self.getOrDefault(self.workingDirectory)


class OutputSetters(FitParams):
    """Sets what a model adds to a table."""

    def setHandleInvalid(self: T, value: str) -> T:
        """Sets :py:attr:`handleInvalid`."""
        return self._set(handleInvalid=value)

    def setPredictionCol(self: T, value: str) -> T:
        """Sets :py:attr:`predictionCol`."""
        return self._set(predictionCol=value)

    def setProbabilityCol(self: T, value: str) -> T:
        """Sets :py:attr:`probabilityCol`."""
        return self._set(probabilityCol=value)

    def setRawPredictionCol(self: T, value: str) -> T:
        """Sets :py:attr:`rawPredictionCol`."""
        return self._set(rawPredictionCol=value)

    def setThreshold(self: T, value: float) -> T:
        """Sets :py:attr:`threshold`."""
        return self._set(threshold=value)

    def setThresholds(self: T, value: List[float]) -> T:
        """Sets :py:attr:`thresholds`."""
        return self._set(thresholds=value)


class FitSetters(OutputSetters):
    """Sets how a model is fitted."""

    def setAttention(self: T, value: str) -> T:
        """Sets :py:attr:`attention`."""
        return self._set(attention=value)

    def setAttentionDropout(self: T, value: float) -> T:
        """Sets :py:attr:`attentionDropout`."""
        return self._set(attentionDropout=value)

    def setBatchNorm(self: T, value: bool) -> T:
        """Sets :py:attr:`batchNorm`."""
        return self._set(batchNorm=value)

    def setBatchSize(self: T, value: int) -> T:
        """Sets :py:attr:`batchSize`."""
        return self._set(batchSize=value)

    def setBeta1(self: T, value: float) -> T:
        """Sets :py:attr:`beta1`."""
        return self._set(beta1=value)

    def setBeta2(self: T, value: float) -> T:
        """Sets :py:attr:`beta2`."""
        return self._set(beta2=value)

    def setBias(self: T, value: bool) -> T:
        """Sets :py:attr:`bias`."""
        return self._set(bias=value)

    def setBlockRows(self: T, value: int) -> T:
        """Sets :py:attr:`blockRows`."""
        return self._set(blockRows=value)

    def setBlocksPerStep(self: T, value: int) -> T:
        """Sets :py:attr:`blocksPerStep`."""
        return self._set(blocksPerStep=value)

    def setClipNorm(self: T, value: float) -> T:
        """Sets :py:attr:`clipNorm`."""
        return self._set(clipNorm=value)

    def setDateCol(self: T, value: str) -> T:
        """Sets :py:attr:`dateCol`."""
        return self._set(dateCol=value)

    def setDeep(self: T, value: List[int]) -> T:
        """Sets :py:attr:`deep`."""
        return self._set(deep=value)

    def setDeepDropout(self: T, value: float) -> T:
        """Sets :py:attr:`deepDropout`."""
        return self._set(deepDropout=value)

    def setEmbeddingDim(self: T, value: int) -> T:
        """Sets :py:attr:`embeddingDim`."""
        return self._set(embeddingDim=value)

    def setEmbeddingL2(self: T, value: float) -> T:
        """Sets :py:attr:`embeddingL2`."""
        return self._set(embeddingL2=value)

    def setEpochs(self: T, value: int) -> T:
        """Sets :py:attr:`epochs`."""
        return self._set(epochs=value)

    def setEpsilon(self: T, value: float) -> T:
        """Sets :py:attr:`epsilon`."""
        return self._set(epsilon=value)

    def setFieldOptions(self: T, value: str) -> T:
        """Sets :py:attr:`fieldOptions`."""
        return self._set(fieldOptions=value)

    def setFm(self: T, value: bool) -> T:
        """Sets :py:attr:`fm`."""
        return self._set(fm=value)

    def setGroupCol(self: T, value: str) -> T:
        """Sets :py:attr:`groupCol`."""
        return self._set(groupCol=value)

    def setHeadDim(self: T, value: int) -> T:
        """Sets :py:attr:`headDim`."""
        return self._set(headDim=value)

    def setHeads(self: T, value: int) -> T:
        """Sets :py:attr:`heads`."""
        return self._set(heads=value)

    def setInputCols(self: T, value: List[str]) -> T:
        """Sets :py:attr:`inputCols`."""
        return self._set(inputCols=value)

    def setKernel(self: T, value: str) -> T:
        """Sets :py:attr:`kernel`."""
        return self._set(kernel=value)

    def setLabelCol(self: T, value: str) -> T:
        """Sets :py:attr:`labelCol`."""
        return self._set(labelCol=value)

    def setLayers(self: T, value: int) -> T:
        """Sets :py:attr:`layers`."""
        return self._set(layers=value)

    def setLearningRate(self: T, value: float) -> T:
        """Sets :py:attr:`learningRate`."""
        return self._set(learningRate=value)

    def setMaxBadFraction(self: T, value: float) -> T:
        """Sets :py:attr:`maxBadFraction`."""
        return self._set(maxBadFraction=value)

    def setMaxValues(self: T, value: int) -> T:
        """Sets :py:attr:`maxValues`."""
        return self._set(maxValues=value)

    def setMetric(self: T, value: str) -> T:
        """Sets :py:attr:`metric`."""
        return self._set(metric=value)

    def setMinCount(self: T, value: int) -> T:
        """Sets :py:attr:`minCount`."""
        return self._set(minCount=value)

    def setMultiCols(self: T, value: List[str]) -> T:
        """Sets :py:attr:`multiCols`."""
        return self._set(multiCols=value)

    def setNumericCols(self: T, value: List[str]) -> T:
        """Sets :py:attr:`numericCols`."""
        return self._set(numericCols=value)

    def setOovBuckets(self: T, value: int) -> T:
        """Sets :py:attr:`oovBuckets`."""
        return self._set(oovBuckets=value)

    def setOptimizer(self: T, value: str) -> T:
        """Sets :py:attr:`optimizer`."""
        return self._set(optimizer=value)

    def setPlateauCuts(self: T, value: int) -> T:
        """Sets :py:attr:`plateauCuts`."""
        return self._set(plateauCuts=value)

    def setPlateauFactor(self: T, value: float) -> T:
        """Sets :py:attr:`plateauFactor`."""
        return self._set(plateauFactor=value)

    def setReluBeforeAttention(self: T, value: bool) -> T:
        """Sets :py:attr:`reluBeforeAttention`."""
        return self._set(reluBeforeAttention=value)

    def setResidual(self: T, value: str) -> T:
        """Sets :py:attr:`residual`."""
        return self._set(residual=value)

    def setRowsMemory(self: T, value: float) -> T:
        """Sets :py:attr:`rowsMemory`."""
        return self._set(rowsMemory=value)

    def setScale(self: T, value: bool) -> T:
        """Sets :py:attr:`scale`."""
        return self._set(scale=value)

    def setSeed(self: T, value: int) -> T:
        """Sets :py:attr:`seed`."""
        return self._set(seed=value)

    def setSplitKeyCol(self: T, value: str) -> T:
        """Sets :py:attr:`splitKeyCol`."""
        return self._set(splitKeyCol=value)

    def setSplitSeed(self: T, value: int) -> T:
        """Sets :py:attr:`splitSeed`."""
        return self._set(splitSeed=value)

    def setUnary(self: T, value: str) -> T:
        """Sets :py:attr:`unary`."""
        return self._set(unary=value)

    def setValidationFraction(self: T, value: float) -> T:
        """Sets :py:attr:`validationFraction`."""
        return self._set(validationFraction=value)

    def setValidationIndicatorCol(self: T, value: str) -> T:
        """Sets :py:attr:`validationIndicatorCol`."""
        return self._set(validationIndicatorCol=value)

    def setWarmupSteps(self: T, value: int) -> T:
        """Sets :py:attr:`warmupSteps`."""
        return self._set(warmupSteps=value)

    def setWeightCol(self: T, value: str) -> T:
        """Sets :py:attr:`weightCol`."""
        return self._set(weightCol=value)

    def setWide(self: T, value: bool) -> T:
        """Sets :py:attr:`wide`."""
        return self._set(wide=value)

    def setWorkingDirectory(self: T, value: str) -> T:
        """Sets :py:attr:`workingDirectory`."""
        return self._set(workingDirectory=value)


DEFAULTS: Dict[str, Any] = {
    "attention": "both",
    "attentionDropout": 0.0,
    "batchNorm": False,
    "batchSize": 1024,
    "beta1": 0.9,
    "beta2": 0.999,
    "bias": False,
    "blockRows": 32768,
    "clipNorm": 0.0,
    "deep": [],
    "deepDropout": 0.0,
    "embeddingDim": 16,
    "embeddingL2": 0.0,
    "epochs": 12,
    "fm": False,
    "handleInvalid": "error",
    "headDim": 16,
    "heads": 2,
    "kernel": "auto",
    "labelCol": "label",
    "layers": 2,
    "learningRate": 0.001,
    "maxBadFraction": 0.001,
    "maxValues": 0,
    "metric": "auc",
    "minCount": 2,
    "oovBuckets": 1,
    "optimizer": "adam",
    "plateauCuts": 2,
    "plateauFactor": 0.1,
    "predictionCol": "prediction",
    "probabilityCol": "probability",
    "rawPredictionCol": "rawPrediction",
    "reluBeforeAttention": False,
    "residual": "each_layer",
    "rowsMemory": 0.5,
    "scale": False,
    "seed": 1,
    "splitSeed": 1,
    "threshold": 0.5,
    "unary": "mean_query",
    "validationFraction": 0.1,
    "warmupSteps": 0,
    "wide": False,
}
