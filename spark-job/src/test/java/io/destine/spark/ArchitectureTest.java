package io.destine.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.destine.spark");

  @Test
  void packagesFormADag() {
    slices().matching("io.destine.spark.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void reportsKnowNothingOfTheJob() {
    classes()
        .that()
        .resideInAPackage("io.destine.spark.report..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.destine.spark.report..", "java..", "com.fasterxml.jackson..")
        .check(CLASSES);
  }

  @Test
  void treeAggregateIsCalledFromOneClassAtMost() {
    Set<String> callers =
        CLASSES.stream()
            .flatMap(c -> c.getAccessesFromSelf().stream())
            .filter(access -> access.getTarget().getName().startsWith("treeAggregate"))
            .map(JavaAccess::getOriginOwner)
            .map(JavaClass::getName)
            .collect(Collectors.toSet());
    assertThat(callers).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void onlyCommandsWriteToStandardOutput() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.destine.spark.app..", "io.destine.spark.bench..")
        .should()
        .accessField(System.class, "out")
        .check(CLASSES);
  }

  @Test
  void tensorsStayInTheCore() {
    noClasses().should().dependOnClassesThat().resideInAPackage("org.nd4j..").check(CLASSES);
  }

  /** Spark's own channels aside, nothing from disk or network becomes an object by itself. */
  @Test
  void nothingIsReadByJavaSerialization() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.destine"));
  }
}
