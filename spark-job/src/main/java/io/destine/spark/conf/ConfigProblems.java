package io.destine.spark.conf;

import java.util.List;

/** All problems of a configuration, one line each. */
public final class ConfigProblems extends UserError {
  private static final long serialVersionUID = 1;

  /** The given problems, at least one. */
  public ConfigProblems(List<String> problems) {
    super(problems);
  }
}
