package io.destine.spark.ml;

import org.apache.spark.ml.param.Param;

/**
 * Sets settings of a configuration. Written from the settings.
 *
 * @param <T> the stage
 */
public interface SettingSetters<T extends SettingSetters<T>> extends SettingParams {

  @SuppressWarnings("unchecked")
  private T with(Param<?> param, Object value) {
    set((Param<Object>) param, value);
    return (T) this;
  }

  /** Sets {@link #labelCol}. */
  default T setLabelCol(String value) {
    return with(labelCol(), value);
  }

  /** Sets {@link #weightCol}. */
  default T setWeightCol(String value) {
    return with(weightCol(), value);
  }

  /** Sets {@link #groupCol}. */
  default T setGroupCol(String value) {
    return with(groupCol(), value);
  }

  /** Sets {@link #dateCol}. */
  default T setDateCol(String value) {
    return with(dateCol(), value);
  }

  /** Sets {@link #splitSeed}. */
  default T setSplitSeed(long value) {
    return with(splitSeed(), value);
  }

  /** Sets {@link #splitKeyCol}. */
  default T setSplitKeyCol(String value) {
    return with(splitKeyCol(), value);
  }

  /** Sets {@link #minCount}. */
  default T setMinCount(int value) {
    return with(minCount(), value);
  }

  /** Sets {@link #oovBuckets}. */
  default T setOovBuckets(int value) {
    return with(oovBuckets(), value);
  }

  /** Sets {@link #maxValues}. */
  default T setMaxValues(int value) {
    return with(maxValues(), value);
  }

  /** Sets {@link #maxBadFraction}. */
  default T setMaxBadFraction(double value) {
    return with(maxBadFraction(), value);
  }

  /** Sets {@link #embeddingDim}. */
  default T setEmbeddingDim(int value) {
    return with(embeddingDim(), value);
  }

  /** Sets {@link #heads}. */
  default T setHeads(int value) {
    return with(heads(), value);
  }

  /** Sets {@link #headDim}. */
  default T setHeadDim(int value) {
    return with(headDim(), value);
  }

  /** Sets {@link #layers}. */
  default T setLayers(int value) {
    return with(layers(), value);
  }

  /** Sets {@link #attention}. */
  default T setAttention(String value) {
    return with(attention(), value);
  }

  /** Sets {@link #unary}. */
  default T setUnary(String value) {
    return with(unary(), value);
  }

  /** Sets {@link #residual}. */
  default T setResidual(String value) {
    return with(residual(), value);
  }

  /** Sets {@link #scale}. */
  default T setScale(boolean value) {
    return with(scale(), value);
  }

  /** Sets {@link #reluBeforeAttention}. */
  default T setReluBeforeAttention(boolean value) {
    return with(reluBeforeAttention(), value);
  }

  /** Sets {@link #bias}. */
  default T setBias(boolean value) {
    return with(bias(), value);
  }

  /** Sets {@link #wide}. */
  default T setWide(boolean value) {
    return with(wide(), value);
  }

  /** Sets {@link #deep}. */
  default T setDeep(int... value) {
    return with(deep(), value);
  }

  /** Sets {@link #batchNorm}. */
  default T setBatchNorm(boolean value) {
    return with(batchNorm(), value);
  }

  /** Sets {@link #fm}. */
  default T setFm(boolean value) {
    return with(fm(), value);
  }

  /** Sets {@link #attentionDropout}. */
  default T setAttentionDropout(double value) {
    return with(attentionDropout(), value);
  }

  /** Sets {@link #deepDropout}. */
  default T setDeepDropout(double value) {
    return with(deepDropout(), value);
  }

  /** Sets {@link #batchSize}. */
  default T setBatchSize(int value) {
    return with(batchSize(), value);
  }

  /** Sets {@link #epochs}. */
  default T setEpochs(int value) {
    return with(epochs(), value);
  }

  /** Sets {@link #seed}. */
  default T setSeed(long value) {
    return with(seed(), value);
  }

  /** Sets {@link #blocksPerStep}. */
  default T setBlocksPerStep(int value) {
    return with(blocksPerStep(), value);
  }

  /** Sets {@link #plateauFactor}. */
  default T setPlateauFactor(double value) {
    return with(plateauFactor(), value);
  }

  /** Sets {@link #plateauCuts}. */
  default T setPlateauCuts(int value) {
    return with(plateauCuts(), value);
  }

  /** Sets {@link #metric}. */
  default T setMetric(String value) {
    return with(metric(), value);
  }

  /** Sets {@link #optimizer}. */
  default T setOptimizer(String value) {
    return with(optimizer(), value);
  }

  /** Sets {@link #learningRate}. */
  default T setLearningRate(double value) {
    return with(learningRate(), value);
  }

  /** Sets {@link #beta1}. */
  default T setBeta1(double value) {
    return with(beta1(), value);
  }

  /** Sets {@link #beta2}. */
  default T setBeta2(double value) {
    return with(beta2(), value);
  }

  /** Sets {@link #epsilon}. */
  default T setEpsilon(double value) {
    return with(epsilon(), value);
  }

  /** Sets {@link #embeddingL2}. */
  default T setEmbeddingL2(double value) {
    return with(embeddingL2(), value);
  }

  /** Sets {@link #clipNorm}. */
  default T setClipNorm(double value) {
    return with(clipNorm(), value);
  }

  /** Sets {@link #warmupSteps}. */
  default T setWarmupSteps(int value) {
    return with(warmupSteps(), value);
  }

  /** Sets {@link #kernel}. */
  default T setKernel(String value) {
    return with(kernel(), value);
  }

  /** Sets {@link #rowsMemory}. */
  default T setRowsMemory(double value) {
    return with(rowsMemory(), value);
  }

  /** Sets {@link #blockRows}. */
  default T setBlockRows(int value) {
    return with(blockRows(), value);
  }
}
