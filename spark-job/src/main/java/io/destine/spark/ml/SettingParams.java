package io.destine.spark.ml;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** Settings of a configuration as parameters of a stage. Written from the settings. */
public interface SettingParams extends Params {

  /** Setting {@code label}. */
  @SuppressWarnings("unchecked")
  default Param<String> labelCol() {
    return (Param<String>) SettingParam.of("label").param(this);
  }

  /** Value of {@link #labelCol}. */
  default String getLabelCol() {
    return (String) getOrDefault(labelCol());
  }

  /** Setting {@code weight}. */
  @SuppressWarnings("unchecked")
  default Param<String> weightCol() {
    return (Param<String>) SettingParam.of("weight").param(this);
  }

  /** Value of {@link #weightCol}. */
  default String getWeightCol() {
    return (String) getOrDefault(weightCol());
  }

  /** Setting {@code group}. */
  @SuppressWarnings("unchecked")
  default Param<String> groupCol() {
    return (Param<String>) SettingParam.of("group").param(this);
  }

  /** Value of {@link #groupCol}. */
  default String getGroupCol() {
    return (String) getOrDefault(groupCol());
  }

  /** Setting {@code date}. */
  @SuppressWarnings("unchecked")
  default Param<String> dateCol() {
    return (Param<String>) SettingParam.of("date").param(this);
  }

  /** Value of {@link #dateCol}. */
  default String getDateCol() {
    return (String) getOrDefault(dateCol());
  }

  /** Setting {@code split.seed}. */
  default LongParam splitSeed() {
    return (LongParam) SettingParam.of("split.seed").param(this);
  }

  /** Value of {@link #splitSeed}. */
  default long getSplitSeed() {
    return (long) getOrDefault(splitSeed());
  }

  /** Setting {@code split.key}. */
  @SuppressWarnings("unchecked")
  default Param<String> splitKeyCol() {
    return (Param<String>) SettingParam.of("split.key").param(this);
  }

  /** Value of {@link #splitKeyCol}. */
  default String getSplitKeyCol() {
    return (String) getOrDefault(splitKeyCol());
  }

  /** Setting {@code vocabulary.min-count}. */
  default IntParam minCount() {
    return (IntParam) SettingParam.of("vocabulary.min-count").param(this);
  }

  /** Value of {@link #minCount}. */
  default int getMinCount() {
    return (int) getOrDefault(minCount());
  }

  /** Setting {@code vocabulary.oov-buckets}. */
  default IntParam oovBuckets() {
    return (IntParam) SettingParam.of("vocabulary.oov-buckets").param(this);
  }

  /** Value of {@link #oovBuckets}. */
  default int getOovBuckets() {
    return (int) getOrDefault(oovBuckets());
  }

  /** Setting {@code vocabulary.max-values}. */
  default IntParam maxValues() {
    return (IntParam) SettingParam.of("vocabulary.max-values").param(this);
  }

  /** Value of {@link #maxValues}. */
  default int getMaxValues() {
    return (int) getOrDefault(maxValues());
  }

  /** Setting {@code quarantine.max-fraction}. */
  default DoubleParam maxBadFraction() {
    return (DoubleParam) SettingParam.of("quarantine.max-fraction").param(this);
  }

  /** Value of {@link #maxBadFraction}. */
  default double getMaxBadFraction() {
    return (double) getOrDefault(maxBadFraction());
  }

  /** Setting {@code model.embedding-dim}. */
  default IntParam embeddingDim() {
    return (IntParam) SettingParam.of("model.embedding-dim").param(this);
  }

  /** Value of {@link #embeddingDim}. */
  default int getEmbeddingDim() {
    return (int) getOrDefault(embeddingDim());
  }

  /** Setting {@code model.heads}. */
  default IntParam heads() {
    return (IntParam) SettingParam.of("model.heads").param(this);
  }

  /** Value of {@link #heads}. */
  default int getHeads() {
    return (int) getOrDefault(heads());
  }

  /** Setting {@code model.head-dim}. */
  default IntParam headDim() {
    return (IntParam) SettingParam.of("model.head-dim").param(this);
  }

  /** Value of {@link #headDim}. */
  default int getHeadDim() {
    return (int) getOrDefault(headDim());
  }

  /** Setting {@code model.layers}. */
  default IntParam layers() {
    return (IntParam) SettingParam.of("model.layers").param(this);
  }

  /** Value of {@link #layers}. */
  default int getLayers() {
    return (int) getOrDefault(layers());
  }

  /** Setting {@code model.attention}. */
  @SuppressWarnings("unchecked")
  default Param<String> attention() {
    return (Param<String>) SettingParam.of("model.attention").param(this);
  }

  /** Value of {@link #attention}. */
  default String getAttention() {
    return (String) getOrDefault(attention());
  }

  /** Setting {@code model.unary}. */
  @SuppressWarnings("unchecked")
  default Param<String> unary() {
    return (Param<String>) SettingParam.of("model.unary").param(this);
  }

  /** Value of {@link #unary}. */
  default String getUnary() {
    return (String) getOrDefault(unary());
  }

  /** Setting {@code model.residual}. */
  @SuppressWarnings("unchecked")
  default Param<String> residual() {
    return (Param<String>) SettingParam.of("model.residual").param(this);
  }

  /** Value of {@link #residual}. */
  default String getResidual() {
    return (String) getOrDefault(residual());
  }

  /** Setting {@code model.scale}. */
  default BooleanParam scale() {
    return (BooleanParam) SettingParam.of("model.scale").param(this);
  }

  /** Value of {@link #scale}. */
  default boolean getScale() {
    return (boolean) getOrDefault(scale());
  }

  /** Setting {@code model.relu-before-attention}. */
  default BooleanParam reluBeforeAttention() {
    return (BooleanParam) SettingParam.of("model.relu-before-attention").param(this);
  }

  /** Value of {@link #reluBeforeAttention}. */
  default boolean getReluBeforeAttention() {
    return (boolean) getOrDefault(reluBeforeAttention());
  }

  /** Setting {@code model.bias}. */
  default BooleanParam bias() {
    return (BooleanParam) SettingParam.of("model.bias").param(this);
  }

  /** Value of {@link #bias}. */
  default boolean getBias() {
    return (boolean) getOrDefault(bias());
  }

  /** Setting {@code model.wide}. */
  default BooleanParam wide() {
    return (BooleanParam) SettingParam.of("model.wide").param(this);
  }

  /** Value of {@link #wide}. */
  default boolean getWide() {
    return (boolean) getOrDefault(wide());
  }

  /** Setting {@code model.deep}. */
  default IntArrayParam deep() {
    return (IntArrayParam) SettingParam.of("model.deep").param(this);
  }

  /** Value of {@link #deep}. */
  default int[] getDeep() {
    return (int[]) getOrDefault(deep());
  }

  /** Setting {@code model.batch-norm}. */
  default BooleanParam batchNorm() {
    return (BooleanParam) SettingParam.of("model.batch-norm").param(this);
  }

  /** Value of {@link #batchNorm}. */
  default boolean getBatchNorm() {
    return (boolean) getOrDefault(batchNorm());
  }

  /** Setting {@code model.fm}. */
  default BooleanParam fm() {
    return (BooleanParam) SettingParam.of("model.fm").param(this);
  }

  /** Value of {@link #fm}. */
  default boolean getFm() {
    return (boolean) getOrDefault(fm());
  }

  /** Setting {@code model.attention-dropout}. */
  default DoubleParam attentionDropout() {
    return (DoubleParam) SettingParam.of("model.attention-dropout").param(this);
  }

  /** Value of {@link #attentionDropout}. */
  default double getAttentionDropout() {
    return (double) getOrDefault(attentionDropout());
  }

  /** Setting {@code model.deep-dropout}. */
  default DoubleParam deepDropout() {
    return (DoubleParam) SettingParam.of("model.deep-dropout").param(this);
  }

  /** Value of {@link #deepDropout}. */
  default double getDeepDropout() {
    return (double) getOrDefault(deepDropout());
  }

  /** Setting {@code train.batch-size}. */
  default IntParam batchSize() {
    return (IntParam) SettingParam.of("train.batch-size").param(this);
  }

  /** Value of {@link #batchSize}. */
  default int getBatchSize() {
    return (int) getOrDefault(batchSize());
  }

  /** Setting {@code train.epochs}. */
  default IntParam epochs() {
    return (IntParam) SettingParam.of("train.epochs").param(this);
  }

  /** Value of {@link #epochs}. */
  default int getEpochs() {
    return (int) getOrDefault(epochs());
  }

  /** Setting {@code train.seed}. */
  default LongParam seed() {
    return (LongParam) SettingParam.of("train.seed").param(this);
  }

  /** Value of {@link #seed}. */
  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  /** Setting {@code train.blocks-per-step}. */
  default IntParam blocksPerStep() {
    return (IntParam) SettingParam.of("train.blocks-per-step").param(this);
  }

  /** Value of {@link #blocksPerStep}. */
  default int getBlocksPerStep() {
    return (int) getOrDefault(blocksPerStep());
  }

  /** Setting {@code train.plateau-factor}. */
  default DoubleParam plateauFactor() {
    return (DoubleParam) SettingParam.of("train.plateau-factor").param(this);
  }

  /** Value of {@link #plateauFactor}. */
  default double getPlateauFactor() {
    return (double) getOrDefault(plateauFactor());
  }

  /** Setting {@code train.plateau-cuts}. */
  default IntParam plateauCuts() {
    return (IntParam) SettingParam.of("train.plateau-cuts").param(this);
  }

  /** Value of {@link #plateauCuts}. */
  default int getPlateauCuts() {
    return (int) getOrDefault(plateauCuts());
  }

  /** Setting {@code train.metric}. */
  @SuppressWarnings("unchecked")
  default Param<String> metric() {
    return (Param<String>) SettingParam.of("train.metric").param(this);
  }

  /** Value of {@link #metric}. */
  default String getMetric() {
    return (String) getOrDefault(metric());
  }

  /** Setting {@code train.optimizer}. */
  @SuppressWarnings("unchecked")
  default Param<String> optimizer() {
    return (Param<String>) SettingParam.of("train.optimizer").param(this);
  }

  /** Value of {@link #optimizer}. */
  default String getOptimizer() {
    return (String) getOrDefault(optimizer());
  }

  /** Setting {@code train.learning-rate}. */
  default DoubleParam learningRate() {
    return (DoubleParam) SettingParam.of("train.learning-rate").param(this);
  }

  /** Value of {@link #learningRate}. */
  default double getLearningRate() {
    return (double) getOrDefault(learningRate());
  }

  /** Setting {@code train.beta1}. */
  default DoubleParam beta1() {
    return (DoubleParam) SettingParam.of("train.beta1").param(this);
  }

  /** Value of {@link #beta1}. */
  default double getBeta1() {
    return (double) getOrDefault(beta1());
  }

  /** Setting {@code train.beta2}. */
  default DoubleParam beta2() {
    return (DoubleParam) SettingParam.of("train.beta2").param(this);
  }

  /** Value of {@link #beta2}. */
  default double getBeta2() {
    return (double) getOrDefault(beta2());
  }

  /** Setting {@code train.epsilon}. */
  default DoubleParam epsilon() {
    return (DoubleParam) SettingParam.of("train.epsilon").param(this);
  }

  /** Value of {@link #epsilon}. */
  default double getEpsilon() {
    return (double) getOrDefault(epsilon());
  }

  /** Setting {@code train.embedding-l2}. */
  default DoubleParam embeddingL2() {
    return (DoubleParam) SettingParam.of("train.embedding-l2").param(this);
  }

  /** Value of {@link #embeddingL2}. */
  default double getEmbeddingL2() {
    return (double) getOrDefault(embeddingL2());
  }

  /** Setting {@code train.clip-norm}. */
  default DoubleParam clipNorm() {
    return (DoubleParam) SettingParam.of("train.clip-norm").param(this);
  }

  /** Value of {@link #clipNorm}. */
  default double getClipNorm() {
    return (double) getOrDefault(clipNorm());
  }

  /** Setting {@code train.warmup-steps}. */
  default IntParam warmupSteps() {
    return (IntParam) SettingParam.of("train.warmup-steps").param(this);
  }

  /** Value of {@link #warmupSteps}. */
  default int getWarmupSteps() {
    return (int) getOrDefault(warmupSteps());
  }

  /** Setting {@code compute.kernel}. */
  @SuppressWarnings("unchecked")
  default Param<String> kernel() {
    return (Param<String>) SettingParam.of("compute.kernel").param(this);
  }

  /** Value of {@link #kernel}. */
  default String getKernel() {
    return (String) getOrDefault(kernel());
  }

  /** Setting {@code compute.rows-memory}. */
  default DoubleParam rowsMemory() {
    return (DoubleParam) SettingParam.of("compute.rows-memory").param(this);
  }

  /** Value of {@link #rowsMemory}. */
  default double getRowsMemory() {
    return (double) getOrDefault(rowsMemory());
  }

  /** Setting {@code output.block-rows}. */
  default IntParam blockRows() {
    return (IntParam) SettingParam.of("output.block-rows").param(this);
  }

  /** Value of {@link #blockRows}. */
  default int getBlockRows() {
    return (int) getOrDefault(blockRows());
  }
}
