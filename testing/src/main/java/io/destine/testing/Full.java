package io.destine.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A test or a class of tests for the full tier alone: {@code mvn -B verify -Pfull}. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(Full.Tier.class)
public @interface Full {
  /** Leaves the test out in the short tier. */
  final class Tier implements ExecutionCondition {
    private static final ConditionEvaluationResult RUN = ConditionEvaluationResult.enabled("full");
    private static final ConditionEvaluationResult LEFT_OUT =
        ConditionEvaluationResult.disabled("-Pfull runs it");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return isOn() ? RUN : LEFT_OUT;
    }

    /** Whether the full tier runs; sizes of tests may depend on it. */
    public static boolean isOn() {
      return Boolean.getBoolean("destine.tests.full");
    }
  }
}
