package io.destine.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return isOn() ? RUN : LEFT_OUT;
    }

    private static boolean isOn() {
      return Boolean.getBoolean("destine.tests.full");
    }

    /**
     * How many cases a test takes: all in the full tier, a few in the short one, which lists the
     * others as left out.
     *
     * @param cases what they are, with the name of the test
     */
    public static int size(String cases, int all, int few) {
      if (isOn()) {
        return all;
      }
      if (SAID.add(cases)) {
        LeftOutTests.write((all - few) + " of " + all + " " + cases, "-Pfull runs them");
      }
      return few;
    }
  }
}
