package io.destine.spark.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** Default values of parameters. */
final class ParamDefaults {
  private ParamDefaults() {}

  /** Sets the defaults of an estimator or a model. */
  static <T extends DestineParams> void set(T of) {
    for (SettingParam setting : SettingParam.all()) {
      setting.defaultValue().ifPresent(value -> set(of, setting.name(), value));
    }
    set(of, of.validationFraction().name(), 0.1);
    set(of, of.predictionCol().name(), "prediction");
    set(of, of.probabilityCol().name(), "probability");
    set(of, of.rawPredictionCol().name(), "rawPrediction");
    set(of, of.explanationCol().name(), "");
    set(of, of.threshold().name(), 0.5);
    set(of, of.handleInvalid().name(), DestineParams.ERROR);
  }

  @SuppressWarnings("unchecked")
  static void set(Params of, String name, Object value) {
    of.setDefault((Param<Object>) of.getParam(name), value);
  }
}
