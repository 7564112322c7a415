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
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.UniqueId;

/**
 * Marks a test, some of its cases or a class of tests for the full tier only: {@code mvn -B verify
 * -Pfull}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(Full.Tier.class)
public @interface Full {
  /**
   * The first invocation of a parameterised test that the short tier leaves out, counted from 1;
   * earlier invocations run in both tiers. A class or a test without invocations is left out
   * completely.
   */
  int from() default 1;

  /** Leaves annotated tests out of the short tier. */
  final class Tier implements ExecutionCondition {
    private static final ConditionEvaluationResult RUN = ConditionEvaluationResult.enabled("full");
    private static final ConditionEvaluationResult LEFT_OUT =
        ConditionEvaluationResult.disabled("-Pfull runs it");
    private static final ConditionEvaluationResult CASE_LEFT_OUT =
        ConditionEvaluationResult.disabled(LeftOutTests.CASES);
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (isOn()) {
        return RUN;
      }
      int from =
          AnnotationSupport.findAnnotation(context.getElement(), Full.class)
              .map(Full::from)
              .orElse(1);
      UniqueId.Segment test = UniqueId.parse(context.getUniqueId()).getLastSegment();
      return switch (test.getType()) {
        case "test-template" -> from > 1 ? RUN : LEFT_OUT;
        case LeftOutTests.INVOCATION -> LeftOutTests.number(test) < from ? RUN : CASE_LEFT_OUT;
        default -> LEFT_OUT;
      };
    }

    private static boolean isOn() {
      return Boolean.getBoolean("destine.tests.full");
    }

    /**
     * The number of cases of a test: all in the full tier, a few in the short tier, which lists the
     * others as left out.
     *
     * @param cases description of the cases, with the name of the test
     */
    public static int size(String cases, int all, int few) {
      if (isOn()) {
        return all;
      }
      if (SAID.add(cases)) {
        LeftOutTests.write((all - few) + " of " + all + " " + cases, LeftOutTests.CASES);
      }
      return few;
    }
  }
}
